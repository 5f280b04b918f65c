import { describe, expect, it } from 'vitest';
import { NeedsPerson } from '../../../../../src/core/agents/agent';
import type { Ask, AskAs, Outcome, Task } from '../../../../../src/core/agents/collaboration/ask';
import { CancelledError } from '../../../../../src/core/base/abort';
import type { JsonValue } from '../../../../../src/core/base/json';
import { BatonError } from '../../../../../src/core/model/errors';
import type { AskedCall } from '../../../../../src/core/model/tool-call';
import { group, settle as settleOnce, type Group } from '../../collaboration/recorder';
import { bodies, keyOf, reopened, said, scopeOf, talker, type Talker } from './talking';

/** A call passes through more hands than a message. */
async function settle(): Promise<void> {
  for (let round = 0; round < 10; round++) await settleOnce();
}

const done = (from: string, output: JsonValue, summary = 'Done.'): Outcome => ({
  status: 'done',
  result: { from, summary, output, artifacts: [] },
  usage: { usd: 0.1, inputTokens: 10, outputTokens: 5 },
  asks: 0,
});

const needs = (tool: string) =>
  new NeedsPerson({
    kind: 'policy',
    calls: [
      {
        key: tool,
        agent: 'security',
        tool,
        rule: 'shell',
        why: 'Runs a command.',
        shown: {},
        effects: [],
        hash: tool,
      } satisfies AskedCall,
    ],
  });

interface Asked {
  readonly agent: string;
  readonly task: Task;
  readonly options: Parameters<AskAs>[2];
}

/** Agents that answer as told, and what they were asked. */
function agents(answers: Readonly<Record<string, () => Outcome | Promise<Outcome>>>) {
  const asked: Asked[] = [];
  const ask: AskAs = async (agent, task, options) => {
    asked.push({ agent, task, options });
    const answer = answers[agent];
    if (answer === undefined) throw new Error(`${agent} fell over`);
    return answer();
  };
  return { ask, asked };
}

const finding = (rule: string, severity: string, line: number) => ({
  rule,
  severity,
  message: `${rule} here`,
  file: 'src/a.ts',
  line,
});

async function lead(answers: Parameters<typeof agents>[0], from?: Group) {
  const all = from ?? (await group([]));
  const { ask, asked } = agents(answers);
  const orchestrator: Talker = talker(all, 'review', { ask, work: { participant: 'review' } });
  return { all, asked, ...orchestrator };
}

describe('handing work to one agent', () => {
  it('tells it the task and the data, and gives its result as words of others', async () => {
    const { call, asked } = await lead({ security: () => done('security', { risk: 'low' }) });
    const outcome = await call('delegate', {
      agent: 'Security',
      task: 'Look at the login.',
      data: 'src/login.ts',
    });
    expect(outcome.isForeign).toBe(true);
    expect(outcome.text).toMatch(
      /^<data-\w{12} what="result of security">\n\{"risk":"low"\}\n<\/data-\w{12}>$/,
    );
    expect(outcome.data).toMatchObject({ from: 'security', output: { risk: 'low' } });
    expect(asked[0]).toMatchObject({
      agent: 'security',
      task: { task: 'Look at the login.', given: [{ from: 'orchestrator', output: 'src/login.ts' }] },
      options: { chain: ['orchestrator', 'security'], allowance: { asks: 4 } },
    });
  });

  it('is seen: who was asked what, and what came back; then the other leaves', async () => {
    const { call, all } = await lead({ security: () => done('security', { risk: 'low' }, 'Low risk.') });
    await call('delegate', { agent: 'security', task: 'Look at the login.' });
    const child = bodies(all, 'agent-joined')[1]?.participant ?? '';
    expect(child).toMatch(/^review\/security-[0-9a-f]{6}$/);
    expect(said(all)).toEqual([
      `review > ${child} request {"task":"Look at the login."}`,
      `${child} > review response {"output":{"risk":"low"},"summary":"Low risk."}`,
    ]);
    expect(bodies(all, 'agent-left')).toEqual([{ type: 'agent-left', participant: child, reason: 'ended' }]);
    // Neither of the two finds the other's words among its unread messages.
    const { postbox } = await all.collaboration.join(child, 'review', 1);
    expect(await postbox.receive()).toEqual([]);
    expect((await call('read_messages')).text).toContain('Nothing is unread');
  });

  it('lets policy see whom it would ask, under the name that rights know', async () => {
    const { tools } = await lead({});
    const prepared = await tools.get('delegate')?.prepare({ agent: 'qa', task: 'x' }, scopeOf());
    expect(prepared).toMatchObject({
      effects: [{ type: 'delegate', agent: 'testing' }],
      shown: { agent: 'testing', task: 'x' },
      idempotent: true,
    });
  });

  it('says why one failed, and what refuses to be asked', async () => {
    const { call, all } = await lead({
      security: () => ({
        ...done('x', null),
        status: 'failed',
        agent: 'security',
        code: 'output-schema',
        message: 'No.',
      }),
    });
    const failed = await call('delegate', { agent: 'security', task: 'x' });
    expect(failed).toMatchObject({ isError: true, text: 'security did not do it (output-schema): No.' });
    expect((await call('delegate', { agent: 'writer', task: 'x' })).text).toContain('writer fell over');
    expect((await call('delegate', { agent: 'orchestrator', task: 'x' })).text).toContain('(circle)');
    expect(said(all).map((line) => line.split(' ')[3])).toEqual(['request', 'error', 'request']);
  });

  it('asks one after the other what a turn asks at once, so that all of them find what is left', async () => {
    let working = 0;
    let most = 0;
    const works = async () => {
      working += 1;
      most = Math.max(most, working);
      await settle();
      working -= 1;
      return done('x', 1);
    };
    const { call } = await lead({ security: works, testing: works });
    const both = await Promise.all([
      call('delegate', { agent: 'security', task: 'x' }),
      call('delegate', { agent: 'testing', task: 'x' }),
    ]);
    expect(both.map(({ isError }) => isError)).toEqual([false, false]);
    expect(most).toBe(1);
  });

  it('asks no more than it may, over all its calls', async () => {
    const { call, asked } = await lead({ security: () => done('security', 1) });
    for (let turn = 0; turn < 7; turn++) await call('delegate', { agent: 'security', task: 'x' }, { turn });
    expect(asked).toHaveLength(5);
    expect((await call('delegate', { agent: 'security', task: 'x' })).text).toContain('(asks)');
  });

  it('lets through what holds the whole attempt; the other is expected back, and its request stays open', async () => {
    const { call, all } = await lead({ security: () => Promise.reject(needs('run_command')) });
    const held = call('delegate', { agent: 'security', task: 'x' });
    await expect(held).rejects.toBeInstanceOf(NeedsPerson);
    expect(bodies(all, 'agent-left')).toEqual([expect.objectContaining({ reason: 'interrupted' })]);
    expect(bodies(all, 'message-sent')).toHaveLength(1);
    const over = await lead({ security: () => Promise.reject(new BatonError('over-budget', 'Too dear.')) });
    await expect(over.call('delegate', { agent: 'security', task: 'x' })).rejects.toMatchObject({
      code: 'over-budget',
    });
  });

  it('ends with the attempt, and says so', async () => {
    const stop = new AbortController();
    const all = await group([]);
    const ask: Ask = (_agent, _task, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new CancelledError())));
    const own = talker(all, 'review', { ask, task: { signal: stop.signal } });
    const asked = own.call('delegate', { agent: 'security', task: 'x' });
    asked.catch(() => {});
    await settle();
    stop.abort(new CancelledError());
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
    await settle();
    expect(bodies(all, 'request-expired')).toHaveLength(1);
    expect(bodies(all, 'agent-left')).toMatchObject([{ reason: 'ended' }]);
  });

  it('keeps names apart and short, however deep agents ask and however long a step is called', async () => {
    const all = await group([]);
    const { ask } = agents({ security: () => done('security', 1) });
    const long = `${'step-'.repeat(19)}a/orchestrator-123456`.slice(0, 100);
    const own = talker(all, long, { ask });
    expect((await own.call('delegate', { agent: 'security', task: 'x' })).isError).toBe(false);
    const child = bodies(all, 'agent-joined')[1]?.participant ?? '';
    expect(child.length).toBeLessThanOrEqual(100);
    expect(child).toMatch(/\/security-[0-9a-f]{6}$/);
  });
});

describe('handing work on across a crash', () => {
  const args = { agent: 'security', task: 'Look at the login.' };
  const answers = { security: () => done('security', { risk: 'low' }, 'Low risk.') };

  it.each([
    ['before it answered', 1],
    ['after it answered', 2],
  ])('says nothing twice when the program ended %s', async (_when, messages) => {
    const never: Ask = () => new Promise(() => {});
    const all = await group([]);
    const first = talker(all, 'review', { ask: messages === 1 ? never : agents(answers).ask });
    const begun = first.call('delegate', args);
    begun.catch(() => {});
    await settle();
    expect(said(all)).toHaveLength(messages);
    const next = await reopened(all);
    const again = await lead(answers, next);
    again.begun.keys.add(keyOf('review', 'delegate', args));
    expect((await again.call('delegate', args)).text).toContain('{"risk":"low"}');
    expect(said(next)).toHaveLength(2);
    expect(said(next).map((line) => line.split(' ')[3])).toEqual(['request', 'response']);
    expect((await again.call('read_messages')).text).toContain('Nothing is unread');
  });

  it('has the same done again where it is asked again, each time by one of its own', async () => {
    const again = await lead(answers);
    await again.call('delegate', args, { turn: 1 });
    await again.call('delegate', args, { turn: 2 });
    expect(again.asked).toHaveLength(2);
    const names = again.asked.map(({ options }) => options.as.participant);
    expect(new Set(names).size).toBe(2);
    expect(said(again.all)).toHaveLength(4);
  });

  it('goes on after a person decided what the other asked for', async () => {
    const all = await group([]);
    let asked = 0;
    const held = () => (asked++ === 0 ? Promise.reject(needs('run_command')) : done('security', 1));
    const first = await lead({ security: held }, all);
    await expect(first.call('delegate', args)).rejects.toBeInstanceOf(NeedsPerson);
    await (await first.work.join()).leave('interrupted');
    const again = await lead({ security: held }, all);
    again.begun.keys.add(keyOf('review', 'delegate', args));
    expect((await again.call('delegate', args)).isError).toBe(false);
    expect(said(all).map((line) => line.split(' ')[3])).toEqual(['request', 'response']);
  });
});

describe('handing work to several agents', () => {
  const twoFindings = {
    security: () => done('security', { findings: [finding('eval', 'medium', 3), finding('sql', 'high', 9)] }),
    quality: () => done('quality', { findings: [finding('eval', 'high', 3)] }),
  };

  it('lets them work side by side, and merges what they found by rule and place', async () => {
    const { call, all, asked } = await lead(twoFindings);
    const { text, data, isForeign } = await call('delegate_many', {
      agents: ['security', 'quality'],
      task: 'Review it.',
      pattern: 'parallel',
    });
    expect(isForeign).toBe(true);
    expect(asked.map(({ agent }) => agent)).toEqual(['security', 'quality']);
    expect(text).toContain(
      'Findings of all, merged: 2 (2 high, 0 medium, 0 low, 0 info), 1 seen more than once.',
    );
    expect(data).toMatchObject({
      aggregate: { findings: [{ rule: 'eval', sources: ['security', 'quality'] }, { rule: 'sql' }] },
    });
    expect(said(all).map((line) => line.split(' ')[3])).toEqual([
      'request',
      'request',
      'response',
      'response',
    ]);
  });

  it('tells who failed, and fails itself only when nobody did it', async () => {
    const one = await lead({ security: () => done('security', { text: 'Fine.' }) });
    const some = await one.call('delegate_many', {
      agents: ['security', 'writer'],
      task: 'x',
      pattern: 'parallel',
    });
    expect(some.isError).toBe(false);
    expect(some.text).toMatch(/^writer did not do it \(agent-failed\): writer fell over\n/);
    const none = await (
      await lead({})
    ).call('delegate_many', { agents: ['writer'], task: 'x', pattern: 'parallel' });
    expect(none.isError).toBe(true);
  });

  it('gives each in a row the results of those before it', async () => {
    const { call, asked } = await lead({
      architect: () => done('architect', { text: 'A plan.' }),
      backend: () => done('backend', { text: 'The code.' }),
    });
    const { text } = await call('delegate_many', {
      agents: ['architect', 'backend'],
      task: 'x',
      pattern: 'sequential',
    });
    expect(asked[1]?.task.given).toMatchObject([{ from: 'architect', output: { text: 'A plan.' } }]);
    expect(text).toContain('result of architect');
    expect(text).toContain('The code.');
  });

  it('has an author work again with what reviewers say', async () => {
    let round = 0;
    const { call, asked, all } = await lead({
      writer: () => done('writer', { text: `Draft ${(round += 1)}` }),
      quality: () => done('quality', { verdict: round === 1 ? 'change' : 'accept', findings: [] }),
    });
    const { text } = await call('delegate_many', {
      agents: ['quality'],
      author: 'writer',
      task: 'x',
      pattern: 'review',
    });
    expect(text).toMatch(/^Every reviewer accepts it\. Rounds: 2\./);
    expect(text).toContain('Draft 2');
    expect(asked.map(({ agent }) => agent)).toEqual(['writer', 'quality', 'writer', 'quality']);
    const marks = bodies(all, 'message-sent').map(({ message }) => `${message.from} ${message.mark}`);
    expect(new Set(marks).size).toBe(8);
  });

  it('has another one each time the same is asked, so that no answer or lock of the first is taken for the second', async () => {
    const { call, asked, all } = await lead({
      writer: () => done('writer', { text: 'The same draft.' }),
      quality: () => done('quality', { verdict: 'change', findings: [] }),
    });
    await call('delegate_many', { agents: ['quality'], author: 'writer', task: 'x', pattern: 'review' });
    expect(asked[3]?.task).toEqual(asked[1]?.task);
    const names = asked.map(({ options }) => options.as.participant.replace(/[0-9a-f]{6}/, '#'));
    expect(names).toEqual(['review/writer-#', 'review/quality-#', 'review/writer-#-2', 'review/quality-#-2']);
    expect(said(all).filter((line) => line.includes(`${asked[2]?.options.as.participant} `))).toHaveLength(2);
    expect(bodies(all, 'agent-joined')).toHaveLength(5);
  });

  it('tells two agents apart whose long names begin alike', async () => {
    const long = 'an-agent-of-this-folder-with-a-name-that-goes-on-and-on';
    const answer = () => done('x', 1);
    const { call, asked } = await lead({ [`${long}-a`]: answer, [`${long}-b`]: answer });
    const agents = [`${long}-a`, `${long}-b`];
    const { text } = await call('delegate_many', { agents, task: 'x', pattern: 'parallel' });
    expect(text).not.toContain('did not do it');
    expect(new Set(asked.map(({ options }) => options.as.participant)).size).toBe(2);
  });

  it('refuses what cannot be meant', async () => {
    const { call } = await lead({});
    const wrong = { code: 'tool-arguments' };
    const many = (args: object) => call('delegate_many', { task: 'x', pattern: 'parallel', ...args });
    await expect(many({ agents: ['qa', 'testing'] })).rejects.toMatchObject(wrong);
    await expect(many({ agents: [] })).rejects.toMatchObject(wrong);
    await expect(many({ agents: ['qa'], author: 'writer' })).rejects.toMatchObject(wrong);
    await expect(many({ agents: ['qa'], pattern: 'review' })).rejects.toMatchObject(wrong);
    await expect(many({ agents: ['qa'], pattern: 'vote' })).rejects.toMatchObject(wrong);
  });

  it('asks a person once about the calls of all that wait for one', async () => {
    const { call } = await lead({
      security: () => Promise.reject(needs('run_command')),
      testing: () => Promise.reject(needs('write_file')),
      writer: () => done('writer', 1),
    });
    const held = call('delegate_many', {
      agents: ['security', 'testing', 'writer'],
      task: 'x',
      pattern: 'parallel',
    });
    const error = await held.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NeedsPerson);
    expect((error as NeedsPerson).question.calls.map(({ tool }) => tool)).toEqual([
      'run_command',
      'write_file',
    ]);
  });
});
