import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentAtWork } from '../../../../src/core/agents/loop/agent-at-work';
import { ownCalls } from '../../../../src/core/agents/loop/own-calls';
import type { Outcome } from '../../../../src/core/agents/collaboration/ask';
import type { JsonObject } from '../../../../src/core/base/json';
import { sha256 } from '../../../../src/core/node-sha256';
import type { Purse } from '../../../../src/core/providers/routing';
import { textOf } from '../../../../src/core/tools/files/tool-arguments';
import type { Tool } from '../../../../src/core/tools/tool';
import { answer, MemoryCalls, type Script } from '../scripted';
import { asked, calls, goOn, openSite, profile, results, work, type Site } from './at-work';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.folder.remove());

/** Hands work on without saying anything in between; keeps how it ended. */
function handing(outcomes: Outcome[], allowance: { usd?: number; tokens?: number } = {}) {
  return (at: AgentAtWork): readonly Tool[] => [
    {
      declaration: {
        name: 'delegate',
        description: 'Hands work to another agent.',
        parameters: { type: 'object', properties: {} },
      },
      prepare: async (args: JsonObject) => ({
        effects: [{ type: 'delegate', agent: textOf(args, 'agent') }],
        shown: args,
        idempotent: true,
        async run({ signal }) {
          const to = textOf(args, 'agent');
          const participant = `${at.participant}/${to}-${sha256(textOf(args, 'task')).slice(0, 6)}`;
          const as = { participant, join: () => at.task.join(participant) };
          const outcome = await at.ask(
            to,
            {
              task: textOf(args, 'task'),
              given: [{ from: 'x', summary: 's', output: 'GIVEN', artifacts: [] }],
            },
            { signal, chain: [...at.chain, to], allowance: { ...allowance, asks: 3 }, as },
          );
          outcomes.push(outcome);
          const text = outcome.status === 'done' ? JSON.stringify(outcome.result.output) : outcome.message;
          return { text, isError: outcome.status !== 'done', isForeign: true };
        },
      }),
    },
  ];
}

const boss = profile({
  name: 'backend',
  tools: ['read_file', 'write_file', 'delegate'],
  prompt: 'You lead.',
});
const security = profile({
  name: 'security',
  tools: ['read_file', 'write_file', 'run_command'],
  prompt: 'You look for holes.',
  output: {
    type: 'object',
    properties: { summary: { type: 'string' }, holes: { type: 'integer' } },
    required: ['summary', 'holes'],
    additionalProperties: false,
  },
});
const FOUND = '{"summary":"Two holes.","holes":2}';

/** The boss asks once and then answers; the other does as `child` says, by its own turns. */
function story(child: (turn: number) => ReturnType<typeof answer>): Script {
  return ({ request }) => {
    const turn = request.messages.filter(({ role }) => role === 'assistant').length;
    if (request.system?.includes('You look for holes.') === true) return child(turn);
    return turn === 0
      ? calls(['delegate', { agent: 'security', task: 'Look at a.ts.' }])
      : answer('All done.');
  };
}

const staffed = (outcomes: Outcome[], allowance = {}) => ({
  profiles: [boss, security],
  toolsOf: handing(outcomes, allowance),
});

describe('an agent that another one asks', () => {
  it('works with its own words, tools and form, and hands its result back', async () => {
    await site.folder.put('a.ts', 'eval(x)');
    const outcomes: Outcome[] = [];
    const script = story((turn) => (turn === 0 ? calls(['read_file', { path: 'a.ts' }]) : answer(FOUND)));
    const { chat, router } = site.chat(script, staffed(outcomes));
    const given = work(site);
    expect(await chat.perform(given)).toMatchObject({ output: { text: 'All done.' } });
    expect(outcomes).toMatchObject([
      { status: 'done', result: { from: 'security', summary: 'Two holes.', output: { holes: 2 } }, asks: 0 },
    ]);
    expect(outcomes[0]?.usage).toMatchObject({ inputTokens: 20, outputTokens: 10, usd: 0.02 });
    const child = router.asked[1]?.request;
    expect(child?.system).toContain('The agent "backend" asks you');
    expect(JSON.stringify(child?.messages[0])).toContain('GIVEN');
    expect(
      given.tools.events.map((event) => event.type === 'started' && event.call.agent).filter(Boolean),
    ).toEqual(['backend', 'security']);
    expect(given.seen.join('')).toMatch(/\[build\/security-[0-9a-f]{6}\]\n\{"summary"/);
    expect(results(router, 3)[0]).toContain('"holes":2');
  });

  it('may never do more than who asks it', async () => {
    const script = story((turn) =>
      turn === 0 ? calls(['run_command', { program: 'node', arguments: ['--version'] }]) : answer(FOUND),
    );
    const { chat, router } = site.chat(script, staffed([]));
    const given = work(site);
    await chat.perform(given);
    const names = router.asked[1]?.request.tools.map(({ name }) => name);
    expect(names).toEqual(['read_file', 'write_file', 'delegate']);
    expect(given.tools.told[0]).toBe('run_command refused by tool (unknown-tool)');
  });

  it('holds the whole attempt when a person is asked, and goes on where it was', async () => {
    const outcomes: Outcome[] = [];
    const script = story((turn) =>
      turn === 0 ? calls(['write_file', { path: 'fix.ts', content: 'fixed' }]) : answer(FOUND),
    );
    const before = work(site);
    const [call] = await asked(site.chat(script, staffed(outcomes)).chat.perform(before));
    expect(call).toMatchObject({ agent: 'security', tool: 'write_file' });
    before.tools.answers.set(call?.key ?? '', { type: 'allow', hash: call?.hash ?? '', without: [] });
    const again = goOn(site, before);
    const second = site.chat(script, staffed(outcomes));
    expect(await second.chat.perform(again)).toMatchObject({ output: { text: 'All done.' } });
    expect(await site.read('fix.ts')).toBe('fixed');
    expect(second.router.asked).toHaveLength(2);
    expect(outcomes).toHaveLength(1);
    // What the first attempt paid for is the child's all the same.
    expect(outcomes[0]?.usage).toMatchObject({ usd: 0.02 });
  });

  it('goes on from its own answers, also beside another one that was asked the same', async () => {
    const recorded = new MemoryCalls();
    const first = ownCalls(recorded, 'build/security-000001', sha256);
    const second = ownCalls(recorded, 'build/security-000002', sha256);
    const hash = sha256('a request');
    const said = (text: string) => ({
      ...{ model: { provider: 'claude', model: 'm' }, requestHash: hash, latencyMs: 1 },
      ...{ answer: { text }, usage: { inputTokens: 1, outputTokens: 1, estimated: false } },
    });
    await first.record(first.begin(), said('Two holes.'));
    await second.record(second.begin(), said('None.'));
    const after = new MemoryCalls(recorded.recorded);
    expect(await ownCalls(after, 'build/security-000002', sha256).answered(hash)).toMatchObject({
      answer: { text: 'None.' },
    });
    expect(await ownCalls(after, 'build/security-000003', sha256).answered(hash)).toBeUndefined();
    expect(await after.answered(hash)).toBeUndefined();
  });

  it('fails alone when its answer never fits, when nobody has its name, and when its money is used up', async () => {
    const outcomes: Outcome[] = [];
    await site
      .chat(
        story(() => answer('{"holes":"many"}')),
        staffed(outcomes),
      )
      .chat.perform(work(site));
    expect(outcomes[0]).toMatchObject({ status: 'failed', code: 'output-schema', usage: { usd: 0.03 } });

    const nobody = { profiles: [boss], toolsOf: handing(outcomes) };
    await site
      .chat(
        story(() => answer(FOUND)),
        nobody,
      )
      .chat.perform(work(site));
    expect(outcomes[1]).toMatchObject({ status: 'failed', code: 'unknown-agent' });

    const { chat, router } = site.chat(
      story(() => answer(FOUND)),
      staffed(outcomes, { usd: 0.5 }),
    );
    const free: Purse = { reserve: async () => ({ settle: async () => {}, release: async () => {} }) };
    const routerAsk = router.ask.bind(router);
    router.ask = async (call) => {
      await call.purse.reserve(
        { provider: 'claude', model: 'm' },
        { inputTokens: 1, outputTokens: 1, usd: 1 },
        call.signal,
      );
      return routerAsk(call);
    };
    await chat.perform(work(site, { purse: free }));
    expect(outcomes[2]).toMatchObject({ status: 'failed', code: 'budget' });
  });

  it('lets what it has read count for who asked it', async () => {
    await site.folder.put('.env', 'NAME=x\n');
    const script = story((turn) => (turn === 0 ? calls(['read_file', { path: '.env' }]) : answer(FOUND)));
    const before = work(site);
    const [secret] = await asked(site.chat(script, staffed([])).chat.perform(before));
    before.tools.answers.set(secret?.key ?? '', { type: 'allow', hash: secret?.hash ?? '', without: [] });
    const again = goOn(site, before);
    await site.chat(script, staffed([])).chat.perform(again);
    const handed = again.tools.events.findLast((event) => event.type === 'completed');
    expect(handed?.type === 'completed' && handed.call.result).toMatchObject({ readsSecrets: true });
  });
});

describe('what agents share', () => {
  const shared = (text: string): Tool => ({
    declaration: { name: 'read_shared', description: 'x', parameters: { type: 'object', properties: {} } },
    prepare: async () => ({
      effects: [],
      shown: {},
      idempotent: true,
      run: async () => ({ text, isError: false, isForeign: text !== '' }),
    }),
  });

  it('stands in the prompt as it was when the work began, also after a crash', async () => {
    const before = work(site);
    const first = site.chat([answer('Done.')], { toolsOf: () => [shared('plan, version 2, by lead')] });
    await first.chat.perform(before);
    expect(JSON.stringify(first.router.asked[0]?.request.messages)).toMatch(
      /share so far:\\n<data-[^]*plan, version 2/,
    );
    const second = site.chat([], { toolsOf: () => [shared('plan, version 9, by lead')] });
    await second.chat.perform(goOn(site, before));
    expect(second.router.asked).toHaveLength(0);
  });

  it('is not spoken of where nothing is shared', async () => {
    const { chat, router } = site.chat([answer('Done.')], { toolsOf: () => [shared('')] });
    await chat.perform(work(site));
    expect(JSON.stringify(router.asked[0]?.request.messages)).not.toContain('share so far');
  });
});

describe('the form of an agent', () => {
  const form = (text: string, ...more: readonly string[]) =>
    site.chat(
      [text, ...more].map((one) => answer(one)),
      {
        profiles: [
          { ...security, name: 'backend', checks: [{ type: 'unique', unique: 'holes[]', say: 'twice' }] },
        ],
      },
    );

  it('is told and kept: an answer that does not fit is mended with its faults named', async () => {
    const { chat, router } = form('{"summary":"x"}', FOUND);
    expect(await chat.perform(work(site))).toMatchObject({
      output: { holes: 2 },
      summary: 'Two holes.',
      artifacts: [],
    });
    expect(router.asked[0]?.request.system).toContain(
      'It fits this JSON Schema: {"additionalProperties":false',
    );
    expect(JSON.stringify(router.asked[1]?.request.messages.at(-1))).toContain('output.holes is missing');
  });

  it('fails with the reason after two corrections', async () => {
    const bad = '{"summary":"x"}';
    await expect(form(bad, bad, bad).chat.perform(work(site))).rejects.toMatchObject({
      code: 'output-schema',
      message: expect.stringContaining('output.holes is missing') as string,
    });
  });

  it('leaves room for words where the task wants words', async () => {
    const { chat } = form('Two holes. Both in a.ts.');
    expect(await chat.perform(work(site))).toMatchObject({
      output: { text: 'Two holes. Both in a.ts.' },
      artifacts: [{ path: 'answers/build.md' }],
    });
  });

  it('gives way to the one that the step asks for', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
    const { chat, router } = form('No words here', '{"ok":true}');
    const given = work(site, {
      step: { ...work(site).step, output: { schema, artifacts: [] } },
    });
    expect(await chat.perform(given)).toMatchObject({ output: { ok: true } });
    expect(router.asked[0]?.request.system).not.toContain('"holes"');
    expect(router.asked[0]?.request.output?.schema).toEqual(schema);
  });
});

describe('the model of an agent', () => {
  const both = [
    { provider: 'claude', model: 'a' },
    { provider: 'gemini', model: 'b' },
  ];
  const preferring = async (prefer: readonly string[], fields: Parameters<typeof work>[1] = {}) => {
    const model = { prefer, needs: { tools: true, structuredOutput: false } };
    const { chat, router } = site.chat([answer('Done.')], { profiles: [profile({ model })] });
    router.chain = both;
    await chat.perform(work(site, fields));
    return router.asked[0]?.wish;
  };

  it('is the first it prefers that can be asked, the others behind it', async () => {
    expect(await preferring(['openai', 'gemini'])).toMatchObject({ providers: ['gemini', 'claude'] });
    expect(await preferring(['gemini/b'])).toMatchObject({
      providers: ['gemini', 'claude'],
      model: 'gemini/b',
    });
    expect((await preferring(['claude', 'gemini']))?.providers).toBeUndefined();
    expect((await preferring(['openai']))?.providers).toBeUndefined();
  });

  it('is what the step or the workflow says before that', async () => {
    const own = work(site).step;
    expect(await preferring(['gemini'], { step: { ...own, provider: ['claude'] } })).toMatchObject({
      providers: ['claude'],
    });
    expect((await preferring(['gemini/b'], { step: { ...own, model: 'a' } }))?.model).toBe('a');
  });
});
