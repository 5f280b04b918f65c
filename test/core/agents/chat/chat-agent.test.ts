import { describe, expect, it } from 'vitest';
import { createChatAgents } from '../../../../src/core/agents/chat/chat-agent';
import type { JsonObject } from '../../../../src/core/base/json';
import { BatonError } from '../../../../src/core/model/errors';
import { sha256 } from '../../../../src/core/node-sha256';
import { OverBudget } from '../../../../src/core/providers/routing';
import { answer, claude, MemoryCalls, ScriptedRouter, step, task } from '../scripted';

const agents = (script: ConstructorParameters<typeof ScriptedRouter>[0], more: object = {}) => {
  const router = new ScriptedRouter(script);
  return { router, chat: createChatAgents({ router, sha256, ...more }) };
};
const textsOf = (router: ScriptedRouter, at = 0) =>
  router.asked[at]?.request.messages.map((message) => ('text' in message ? message.text : '')) ?? [];

const SCHEMA: JsonObject = {
  type: 'object',
  properties: { verdict: { type: 'string', enum: ['good', 'bad'] } },
  required: ['verdict'],
  additionalProperties: false,
};
const judging = step({ prompt: 'Judge it.', output: { schema: SCHEMA, artifacts: [] } });

describe('a step that a model does', () => {
  it('becomes a text, a first sentence and a page', async () => {
    const { router, chat } = agents([answer('# Verdict\n\nAll is **well** here. More follows.')]);
    const given = task({ step: step({ key: 'judge', prompt: 'How is it?' }) });
    const result = await chat.perform(given);
    expect(result).toMatchObject({
      output: { text: '# Verdict\n\nAll is **well** here. More follows.' },
      summary: 'All is well here.',
      artifacts: [{ path: 'answers/judge.md', mediaType: 'text/markdown' }],
    });
    expect(given.files.get('answers/judge.md')).toBe('# Verdict\n\nAll is **well** here. More follows.\n');
    expect(router.asked).toHaveLength(1);
    expect(router.asked[0]?.request).toMatchObject({ maxOutputTokens: 4096, tools: [] });
    expect(textsOf(router)).toEqual(['How is it?']);
  });

  it('is asked with what the step wishes for', async () => {
    const { router, chat } = agents([answer('Done.')]);
    await chat.perform(
      task({
        step: step({
          prompt: 'x',
          provider: ['gemini', 'claude'],
          model: 'm',
          maxTokens: 300,
          temperature: 0.2,
        }),
        config: { parallelism: 1, failFast: false, checkpoint: 'level', routing: 'cheapest' },
      }),
    );
    expect(router.asked[0]).toMatchObject({
      wish: {
        providers: ['gemini', 'claude'],
        model: 'm',
        routing: 'cheapest',
        needs: { tools: false, structuredOutput: false },
      },
      request: { maxOutputTokens: 300, temperature: 0.2 },
    });
  });

  it('asks for no more room than the model has', async () => {
    const script = [answer('', { finish: 'length' }), answer('Here it is.')];
    const { router, chat } = agents(script, { outputLimit: () => 8_000 });
    await chat.perform(task({ step: step({ prompt: 'x' }) }));
    expect(router.asked.map(({ request }) => request.maxOutputTokens)).toEqual([4096, 8_000]);
    const full = agents(script, { outputLimit: () => 4096 });
    await expect(full.chat.perform(task({ step: step({ prompt: 'x' }) }))).rejects.toMatchObject({
      code: 'cut-by-length',
    });
  });

  it('records the decision before the answer, and the answer with what it cost', async () => {
    const { chat } = agents([answer('Done.')]);
    const given = task({ step: step({ prompt: 'x' }) });
    await chat.perform(given);
    expect(given.calls.told).toEqual(['1 routing-decision', '1 recorded']);
    expect(given.calls.recorded[0]).toMatchObject({
      model: claude,
      usage: { usd: 0.01 },
      answer: { text: 'Done.' },
      latencyMs: 7,
    });
  });

  it('takes the answer that an interrupted attempt left, and asks nobody', async () => {
    const before = task({ step: step({ prompt: 'x' }) });
    await agents([answer('Done before.')]).chat.perform(before);
    const { router, chat } = agents([]);
    const again = task({
      step: step({ prompt: 'x' }),
      attempt: 2,
      calls: new MemoryCalls(before.calls.recorded),
    });
    expect(await chat.perform(again)).toMatchObject({ output: { text: 'Done before.' } });
    expect(router.asked).toHaveLength(0);
    expect(again.seen).toEqual(['Done before.']);
  });

  it('asks again where anything of the question changed', async () => {
    const before = task({ step: step({ prompt: 'x' }) });
    await agents([answer('Done before.')]).chat.perform(before);
    const { router, chat } = agents([answer('Done now.')]);
    const again = task({
      step: step({ prompt: 'x' }),
      comment: 'Shorter, please.',
      calls: new MemoryCalls(before.calls.recorded),
    });
    expect(await chat.perform(again)).toMatchObject({ output: { text: 'Done now.' } });
    expect(textsOf(router)[0]).toContain('Shorter, please.');
  });

  it.each([
    ['the budget does not allow it', new OverBudget({} as never), 'over-budget'],
    [
      'a provider blocks what is asked',
      new BatonError('content-blocked', 'Claude refused.'),
      'content-blocked',
    ],
    ['all providers fail', new BatonError('providers-failed', 'Claude: down.'), 'providers-failed'],
  ])('lets the reason through when %s', async (_name, error, code) => {
    const { router, chat } = agents([error]);
    await expect(chat.perform(task({ step: step({ prompt: 'x' }) }))).rejects.toMatchObject({ code });
    expect(router.asked).toHaveLength(1);
  });

  it('goes on once where the answer was cut, and puts the parts together', async () => {
    const { router, chat } = agents([
      answer('It begins ', { finish: 'length', rawFinish: 'max_tokens' }),
      answer('and ends.'),
    ]);
    const given = task({ step: step({ prompt: 'x' }) });
    expect(await chat.perform(given)).toMatchObject({ output: { text: 'It begins and ends.' } });
    expect(router.asked[1]?.request.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(given.calls.recorded).toHaveLength(2);
  });

  it('fails with a sentence that helps when it is cut twice', async () => {
    const cut = answer('part', { finish: 'length' });
    const { router, chat } = agents([cut, cut, cut]);
    await expect(chat.perform(task({ step: step({ prompt: 'x' }) }))).rejects.toMatchObject({
      code: 'cut-by-length',
      message: expect.stringContaining('Raise "maxTokens"') as string,
    });
    expect(router.asked).toHaveLength(2);
  });

  it('asks with more room where thinking left none for the answer', async () => {
    const { router, chat } = agents([answer('', { finish: 'length' }), answer('Here it is.')]);
    const given = task({ step: step({ prompt: 'x' }) });
    expect(await chat.perform(given)).toMatchObject({ output: { text: 'Here it is.' } });
    expect(router.asked.map(({ request }) => request.maxOutputTokens)).toEqual([4096, 16_384]);
    expect(router.asked[1]?.request.messages).toHaveLength(1);
  });

  it('goes on where the provider paused, once', async () => {
    const opaque = { provider: 'claude', data: { signed: 'thought' } };
    const { router, chat } = agents([
      answer('First ', { finish: 'paused', rawFinish: 'pause_turn', opaque }),
      answer('second.'),
    ]);
    expect(await chat.perform(task({ step: step({ prompt: 'x' }) }))).toMatchObject({
      output: { text: 'First second.' },
    });
    expect(router.asked[1]?.request.messages[1]).toMatchObject({ role: 'assistant', opaque });
    const paused = answer('p', { finish: 'paused' });
    await expect(
      agents([paused, paused]).chat.perform(task({ step: step({ prompt: 'x' }) })),
    ).rejects.toMatchObject({ code: 'answer-paused' });
  });

  it('is shorter with the results of others where it was too long for the model', async () => {
    const { router, chat } = agents([new BatonError('context-too-long', 'too long'), answer('Done.')]);
    const long = { key: 'big', title: 'big', status: 'completed', summary: 's', artifacts: [] } as const;
    const given = task({ step: step({ prompt: 'x' }), upstream: [{ ...long, output: 'y'.repeat(50_000) }] });
    await chat.perform(given);
    const lengths = router.asked.map((_call, at) => textsOf(router, at)[0]?.length ?? 0);
    expect(lengths[0]).toBeGreaterThan(20_000);
    expect(lengths[1]).toBeLessThan(7_000);
  });
});

describe('a step with a schema', () => {
  it('becomes the document', async () => {
    const { router, chat } = agents([answer('{"verdict":"good"}')]);
    const result = await chat.perform(task({ step: judging }));
    expect(result).toEqual({ output: { verdict: 'good' }, summary: 'Answered: verdict.', artifacts: [] });
    expect(router.asked[0]?.request.output).toEqual({ name: 'think', schema: SCHEMA });
    expect(router.wishes[0]?.needs.structuredOutput).toBe(true);
  });

  it('is mended with the faults named, and what people saw is taken back', async () => {
    const { router, chat } = agents([
      answer('{"verdict":"meh"}'),
      answer('No JSON at all'),
      answer('```json\n{"verdict":"bad"}\n```'),
    ]);
    const given = task({ step: judging });
    expect(await chat.perform(given)).toMatchObject({ output: { verdict: 'bad' } });
    expect(textsOf(router, 1).at(-1)).toContain('output.verdict must be one of ["good","bad"]');
    expect(textsOf(router, 2).at(-1)).toContain('not JSON');
    expect(given.seen.filter((text) => text.startsWith('~'))).toHaveLength(2);
    expect(given.calls.recorded).toHaveLength(3);
  });

  it('fails after two corrections, naming what does not fit', async () => {
    const bad = answer('{"verdict":"meh"}');
    const { router, chat } = agents([bad, bad, bad, bad]);
    await expect(chat.perform(task({ step: judging }))).rejects.toMatchObject({
      code: 'output-schema',
      message: expect.stringContaining('output.verdict must be one of') as string,
    });
    expect(router.asked).toHaveLength(3);
  });

  it('never puts half a document together: it is asked for again with more room', async () => {
    const { router, chat } = agents([
      answer('{"verdict":', { finish: 'length' }),
      answer('{"verdict":"bad"}'),
    ]);
    expect(await chat.perform(task({ step: judging }))).toMatchObject({ output: { verdict: 'bad' } });
    expect(router.asked[1]?.request).toMatchObject({ maxOutputTokens: 16_384, messages: [{ role: 'user' }] });
  });

  it('keeps to the limit that the file names', async () => {
    const { router, chat } = agents([answer('{"verdict":', { finish: 'length' }), answer('{}')]);
    const given = task({ step: { ...judging, maxTokens: 200 } });
    await expect(chat.perform(given)).rejects.toMatchObject({ code: 'cut-by-length' });
    expect(router.asked).toHaveLength(1);
  });

  it('goes on after a crash between two corrections without asking for the first again', async () => {
    const before = task({ step: judging });
    const { chat } = agents([answer('{"verdict":"meh"}'), new Error('crash')]);
    await expect(chat.perform(before)).rejects.toThrow('crash');
    const second = agents([answer('{"verdict":"good"}')]);
    const again = task({ step: judging, attempt: 2, calls: new MemoryCalls(before.calls.recorded) });
    expect(await second.chat.perform(again)).toMatchObject({ output: { verdict: 'good' } });
    expect(textsOf(second.router)).toHaveLength(3);
    expect(second.router.asked).toHaveLength(1);
  });
});

describe('who does it', () => {
  it.each([
    [step({ agent: 'ArchitectAgent', prompt: 'x' }), 'architect', 'named in the file'],
    [step({ key: 'write-docs', prompt: 'x' }), 'writer', 'writer: write documentation 0.95'],
    [step({ action: 'run-api-spec', key: 'x', title: 'x' }), 'api', 'api: api-spec 0.'],
    [step({ key: 'x', title: 'x', prompt: 'x' }), 'orchestrator', 'no agent is named'],
  ])('is chosen by what the file says (%#)', (given, agent, why) => {
    const { chat } = agents([]);
    const assigned = chat.assign(given);
    expect(assigned).toMatchObject({ agent, engine: 'model' });
    expect('why' in assigned && assigned.why).toContain(why);
    expect('why' in assigned && assigned.why).toContain('claude is first by priority');
  });

  it('is nobody when no model can be asked', () => {
    const { router, chat } = agents([]);
    router.none = 'Claude: no key.';
    expect(chat.assign(step({ prompt: 'x' }))).toEqual({ none: 'Claude: no key.' });
  });

  it('is no model where the step names the local engine alone', () => {
    expect(agents([]).chat.assign(step({ prompt: 'x', provider: ['local'] }))).toEqual({
      none: 'it names the local engine, which asks no model.',
    });
  });
});
