import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../engine/simulated-clock';
import { answerOf, callOf, endOf, failureOf, routerOver, scripted, type Scripted } from './scripted';

describe('a provider whose last requests failed', () => {
  /** Claude, which answers as `state` says, before Gemini, which is well. */
  function two(how: Scripted = 'server') {
    const clock = new SimulatedClock();
    const state = { isBroken: true };
    const claude = scripted(clock, 'claude', () =>
      state.isBroken ? how : { answers: 'claude', takesMs: 100 },
    );
    const gemini = scripted(clock, 'gemini');
    const router = routerOver(clock, [claude, gemini]);
    const ask = async () => {
      const { call, events } = callOf();
      const { model } = await answerOf(clock, router.ask(call));
      const [first] = events;
      return { by: model.provider, why: first?.type === 'routing-decision' ? first.why : '' };
    };
    return { clock, state, claude, gemini, router, ask };
  }

  it('is asked after the others for a while, and they say why', async () => {
    const { claude, ask } = two();
    await ask();
    expect(claude.got).toHaveLength(2);
    for (let i = 0; i < 3; i++)
      expect(await ask()).toEqual({
        by: 'gemini',
        why: 'Gemini takes the place of Claude: its last 2 requests failed',
      });
    expect(claude.got).toHaveLength(2);
  });

  it('is first again after ten seconds, and for good once it answers', async () => {
    const { clock, state, ask } = two();
    await ask();
    state.isBroken = false;
    clock.sleep(9_999);
    expect((await ask()).by).toBe('gemini');
    clock.sleep(1);
    expect((await ask()).by).toBe('claude');
    expect(await ask()).toEqual({ by: 'claude', why: 'Claude is first by priority' });
  });

  it('is left alone longer each time that it fails again', async () => {
    const { clock, claude, ask } = two();
    await ask();
    clock.sleep(10_000);
    await ask();
    const asked = claude.got.length;
    clock.sleep(19_000);
    await ask();
    expect(claude.got).toHaveLength(asked);
  });

  it('is left alone for five times of what was waited for in vain', async () => {
    const { clock, claude, ask } = two({ fault: 'timeout', takesMs: 60_000 });
    await ask();
    await ask();
    expect(claude.got).toHaveLength(2);
    clock.sleep(290_000);
    const begun = clock.monotonic();
    await ask();
    expect(clock.monotonic() - begun).toBeLessThan(1_000);
    clock.sleep(10_000);
    await ask();
    expect(claude.got).toHaveLength(3);
  });

  it('is looked at by one request, while all others go elsewhere', async () => {
    const { clock, state, claude, router, ask } = two();
    await ask();
    state.isBroken = false;
    clock.sleep(10_000);
    const before = claude.got.length;
    const ends = Array.from({ length: 8 }, () => endOf(clock, router.ask(callOf().call)));
    const by = (await Promise.all(ends)).map((end) => ('answer' in end ? end.answer.model.provider : ''));
    expect(by.filter((name) => name === 'claude')).toHaveLength(1);
    expect(claude.got.length - before).toBe(1);
  });

  it('is asked all the same when nobody else answers', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', ['server', 'server']);
    const gemini = scripted(clock, 'gemini', [{ answers: 'gemini' }, 'auth']);
    const router = routerOver(clock, [claude, gemini]);
    await answerOf(clock, router.ask(callOf().call));
    expect((await answerOf(clock, router.ask(callOf().call))).model.provider).toBe('claude');
  });

  it('keeps its place where all of them failed', async () => {
    const clock = new SimulatedClock();
    let isBroken = true;
    const down = (name: string) => scripted(clock, name, () => (isBroken ? 'server' : { answers: name }));
    const router = routerOver(clock, [down('claude'), down('gemini')]);
    await failureOf(clock, router.ask(callOf().call));
    isBroken = false;
    expect((await answerOf(clock, router.ask(callOf().call))).model.provider).toBe('claude');
  });

  it('does not count what is no fault of its own', async () => {
    const { claude, ask } = two('invalid-request');
    for (let i = 0; i < 4; i++) await ask();
    expect(claude.got).toHaveLength(4);
  });
});
