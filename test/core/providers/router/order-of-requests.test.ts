import { describe, expect, it } from 'vitest';
import type { CallFault } from '../../../../src/core/model/model-call';
import { SimulatedClock } from '../../engine/simulated-clock';
import { reasonsOf } from '../../../../src/core/providers/routing';
import { answerOf, callOf, factsOf, failureOf, routerOver, scripted, type Scripted } from './scripted';

const refused: Scripted = { fault: 'network', raw: 'ECONNREFUSED' };
const limited = (retryAfterMs: number): Scripted => ({ fault: 'rate-limited', retryAfterMs });
const many = (step: Scripted) => Array.from({ length: 9 }, () => step);

describe('the order of retry and fallback', () => {
  const atOnce: readonly [string, Scripted][] = [
    ['a refused connection', refused],
    ['a refused key', 'auth'],
    ['no money', 'quota'],
    ['a model that is gone', 'model-gone'],
    ['429 for longer than two seconds', limited(2_001)],
    ['429 without an end', 'rate-limited'],
    ['a timeout', 'timeout'],
    ['a page of somebody else', 'not-the-provider'],
    ['a certificate that is not trusted', 'tls'],
    ['a request that this vendor does not take', 'invalid-request'],
  ];
  it.each(atOnce)('asks the next provider at once after %s', async (_name, step) => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', many(step));
    const gemini = scripted(clock, 'gemini');
    const { model } = await answerOf(clock, routerOver(clock, [claude, gemini]).ask(callOf().call));
    expect(model.provider).toBe('gemini');
    expect(claude.got).toHaveLength(1);
    expect(gemini.got[0]?.at).toBe(0);
  });

  const once: readonly CallFault[] = [
    'server',
    'overloaded',
    'network',
    'incomplete',
    'invalid-response',
    'malformed-tool-call',
  ];
  it.each(once)('asks again once within a second, then the next, after "%s"', async (fault) => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', many(fault));
    const gemini = scripted(clock, 'gemini');
    await answerOf(clock, routerOver(clock, [claude, gemini]).ask(callOf().call));
    expect(claude.got).toHaveLength(2);
    const [first, second] = claude.got.map(({ at }) => at);
    expect(second).toBeGreaterThan(first ?? 0);
    expect(second).toBeLessThanOrEqual(1_000);
    expect(gemini.got[0]?.at).toBe(second);
  });

  it('takes the answer of the second request', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', ['server']);
    const { model, requests } = await answerOf(
      clock,
      routerOver(clock, [claude, scripted(clock, 'gemini')]).ask(callOf().call),
    );
    expect([model.provider, requests]).toEqual(['claude', 2]);
  });

  it('waits where it is when a 429 is over within two seconds', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [limited(1_500)]);
    const { model } = await answerOf(
      clock,
      routerOver(clock, [claude, scripted(clock, 'gemini')]).ask(callOf().call),
    );
    expect(model.provider).toBe('claude');
    expect(claude.got.map(({ at }) => at)).toEqual([0, 1_500]);
  });

  it('backs off on the last candidate only, and asks it three times at most', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', many('server'));
    const gemini = scripted(clock, 'gemini', many('server'));
    const error = await failureOf(clock, routerOver(clock, [claude, gemini]).ask(callOf().call));
    expect(error).toMatchObject({ code: 'providers-failed', retryable: false });
    expect([claude.got.length, gemini.got.length]).toEqual([2, 3]);
    const [, second, third] = gemini.got.map(({ at }) => at);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(2_000);
  });

  it('sends six requests at most for one call', async () => {
    const clock = new SimulatedClock();
    const providers = ['a', 'b', 'c', 'd', 'e'].map((name) => scripted(clock, name, many('overloaded')));
    const error = await failureOf(clock, routerOver(clock, providers).ask(callOf().call));
    expect(providers.map(({ got }) => got.length)).toEqual([2, 2, 2, 0, 0]);
    expect(error.message).toContain('D, E: not asked');
  });

  it.each([
    [0, 1],
    [1, 2],
    [2, 3],
    [9, 3],
  ])('with maxRetries %i asks a provider at most %i times', async (maxRetries, requests) => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', many('server'), { maxRetries });
    await failureOf(clock, routerOver(clock, [claude]).ask(callOf().call));
    expect(claude.got).toHaveLength(requests);
  });

  it('does not ask a last candidate again that will never answer', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', many('auth'));
    await failureOf(clock, routerOver(clock, [claude]).ask(callOf().call));
    expect(claude.got).toHaveLength(1);
  });

  it('goes back to whom waiting may help when the last one is out for good', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', ['server', 'server']);
    const gemini = scripted(clock, 'gemini', ['auth']);
    const { model } = await answerOf(clock, routerOver(clock, [claude, gemini]).ask(callOf().call));
    expect([model.provider, claude.got.length]).toEqual(['claude', 3]);
  });

  it('waits as long as a last candidate asks for, up to a minute', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [limited(45_000)]);
    await answerOf(clock, routerOver(clock, [claude]).ask(callOf().call));
    expect(claude.got.map(({ at }) => at)).toEqual([0, 45_000]);
  });

  it('does not wait for a provider that wants to be left alone for an hour', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [limited(3_600_000)]);
    const router = routerOver(clock, [claude]);
    const error = await failureOf(clock, router.ask(callOf().call));
    expect(error.message).toBe('No model answered: Claude asks for fewer requests.');
    expect(clock.monotonic()).toBe(0);
    expect(router.health('claude').coolingUntil).toBe(clock.now() + 3_600_000);
    expect((await failureOf(clock, router.ask(callOf().call))).message).toBe(
      'No model answered: Claude: it asks for fewer requests, for another 1 h 00 m.',
    );
    expect(claude.got).toHaveLength(1);
  });

  it('never dodges a refusal by asking another one', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', ['content-blocked']);
    const gemini = scripted(clock, 'gemini');
    const watched = callOf();
    const error = await failureOf(clock, routerOver(clock, [claude, gemini]).ask(watched.call));
    expect(error).toMatchObject({ code: 'content-blocked', retryable: false });
    expect([claude.got.length, gemini.got.length]).toEqual([1, 0]);
    expect(watched.events.at(-1)).toMatchObject({ type: 'error', next: 'give-up' });
  });

  it('gives what is too long only to a model that takes more', async () => {
    const clock = new SimulatedClock();
    const providers = ['small', 'smaller', 'big'].map((name) => scripted(clock, name));
    providers[0] = scripted(clock, 'small', ['context-too-long']);
    const sizes: Record<string, number> = { 'small-model': 1_000, 'smaller-model': 500, 'big-model': 9_000 };
    const facts = ({ model }: { model: string }) => factsOf(model, { context: sizes[model] ?? 0 });
    const { model } = await answerOf(clock, routerOver(clock, providers, { facts }).ask(callOf().call));
    expect(model.provider).toBe('big');
    expect(providers[1]?.got).toHaveLength(0);
  });

  it('says that it is too long when nobody takes more', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', many('context-too-long'));
    const gemini = scripted(clock, 'gemini');
    const error = await failureOf(clock, routerOver(clock, [claude, gemini]).ask(callOf().call));
    expect(error).toMatchObject({ code: 'context-too-long', retryable: false });
    expect([claude.got.length, gemini.got.length]).toEqual([1, 0]);
  });

  it('takes an error that no adapter knows for an answer that did not end', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [{ throws: new TypeError('terminated') }, { throws: 'a text' }]);
    const watched = callOf();
    await answerOf(clock, routerOver(clock, [claude, scripted(clock, 'gemini')]).ask(watched.call));
    expect(watched.events.filter(({ type }) => type === 'error')).toMatchObject([
      { fault: 'incomplete', next: 'retry' },
      { fault: 'incomplete', next: 'fallback' },
    ]);
  });

  it.each(['', '  \n'])('never takes empty text for a complete answer', async (answers) => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', many({ answers }));
    const { model } = await answerOf(
      clock,
      routerOver(clock, [claude, scripted(clock, 'gemini')]).ask(callOf().call),
    );
    expect(model.provider).toBe('gemini');
  });

  it.each(['length', 'paused'] as const)(
    'gives an answer that ended with "%s" to the agent',
    async (finish) => {
      const clock = new SimulatedClock();
      const claude = scripted(clock, 'claude', [{ answers: '', finish }]);
      const { answer } = await answerOf(clock, routerOver(clock, [claude]).ask(callOf().call));
      expect(answer.finish).toBe(finish);
    },
  );

  it('goes on with the others when one cannot even be set up', async () => {
    const clock = new SimulatedClock();
    const broken = {
      ...scripted(clock, 'claude'),
      provider: () => Promise.reject(new Error('a file is missing')),
    };
    const router = routerOver(clock, [broken, scripted(clock, 'gemini')]);
    const { model, requests } = await answerOf(clock, router.ask(callOf().call));
    expect([model.provider, requests]).toEqual(['gemini', 1]);
    const alone = await failureOf(clock, routerOver(clock, [broken]).ask(callOf().call));
    expect(alone.message).toBe('No model answered: Claude cannot be set up: a file is missing.');
  });

  it('says of every provider in one line why it did not answer', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', many('overloaded'));
    const openai = scripted(clock, 'openai', many('auth'));
    const gemini = { ...scripted(clock, 'gemini'), unusable: 'no key' };
    const error = await failureOf(clock, routerOver(clock, [claude, gemini, openai]).ask(callOf().call));
    expect(error.message).toBe(
      'No model answered: Claude is overloaded (3 requests); Openai refuses the key; Gemini: no key.',
    );
    expect(reasonsOf(error)).toEqual([
      { provider: 'claude', title: 'Claude', standing: 'failed', why: 'is overloaded (3 requests)' },
      { provider: 'openai', title: 'Openai', standing: 'failed', why: 'refuses the key' },
      { provider: 'gemini', title: 'Gemini', standing: 'unable', why: 'no key' },
    ]);
  });

  it('says why there is nobody to ask', async () => {
    const clock = new SimulatedClock();
    const gemini = { ...scripted(clock, 'gemini'), unusable: 'no key' };
    const error = await failureOf(clock, routerOver(clock, [gemini]).ask(callOf().call));
    expect(error).toMatchObject({ code: 'no-provider', message: 'No model can be asked: Gemini: no key.' });
    expect(await failureOf(clock, routerOver(clock, []).ask(callOf().call))).toMatchObject({
      code: 'no-provider',
    });
  });
});
