import { describe, expect, it } from 'vitest';
import { CancelledError, neverAborted } from '../../../../src/core/base/abort';
import type { JsonValue } from '../../../../src/core/base/json';
import type {
  Allowance,
  Ask,
  AskOptions,
  Outcome,
  Task,
} from '../../../../src/core/agents/collaboration/ask';
import { Delegation } from '../../../../src/core/agents/collaboration/delegation';
import { parallel, review, sequential } from '../../../../src/core/agents/collaboration/patterns';

interface Asked {
  readonly agent: string;
  readonly task: Task;
  readonly options: AskOptions;
}

const done = (agent: string, output: JsonValue, usd = 0.01): Outcome => ({
  status: 'done',
  result: { from: agent, summary: `${agent} did it`, output, artifacts: [] },
  usage: { usd, inputTokens: 10, outputTokens: 5 },
  asks: 0,
});

function delegate(
  answer: (agent: string, asked: readonly Asked[], options: AskOptions) => Outcome | Promise<Outcome>,
  over: { chain?: readonly string[]; allowance?: Allowance; maxDepth?: number; signal?: AbortSignal } = {},
) {
  const asked: Asked[] = [];
  const ask: Ask = async (agent, task, options) => {
    asked.push({ agent, task, options });
    return answer(agent, asked, options);
  };
  const { chain = ['orchestrator'], allowance = { asks: 10, usd: 1, tokens: 1_000 }, ...rest } = over;
  return { asked, delegation: new Delegation({ ask, chain, allowance, signal: neverAborted, ...rest }) };
}

const task: Task = { task: 'look at the login', given: [] };

describe('sequential', () => {
  it('gives each the results of those before it, and stops at the first that fails', async () => {
    const { asked, delegation } = delegate((agent) =>
      agent === 'writer'
        ? { status: 'failed', agent, code: 'x', message: 'no', usage: { usd: 0.5 }, asks: 0 }
        : done(agent, agent),
    );
    const { results, failed, usage } = await sequential(
      delegation,
      ['api', 'security', 'writer', 'testing'],
      task,
    );
    expect(results.map(({ from }) => from)).toEqual(['api', 'security']);
    expect(asked.map(({ task: { given } }) => given.map(({ from }) => from))).toEqual([
      [],
      ['api'],
      ['api', 'security'],
    ]);
    expect(failed).toMatchObject({ agent: 'writer', code: 'x' });
    expect(usage.usd).toBe(0.52);
  });
});

describe('parallel', () => {
  it('asks all at once, keeps their order, merges what they found, and one that fails stops no other', async () => {
    const finding = { rule: 'r', severity: 'high', message: 'm', file: 'a.ts', line: 1 };
    const { asked, delegation } = delegate(async (agent, all) => {
      // Nobody answers before all were asked.
      while (all.length < 3) await Promise.resolve();
      return agent === 'broken'
        ? { status: 'failed', agent, code: 'x', message: 'no', usage: {}, asks: 0 }
        : done(agent, { findings: [finding, 'nonsense', { rule: 1 }] });
    });
    const { results, failed, aggregate } = await parallel(
      delegation,
      ['security', 'broken', 'quality'],
      task,
    );
    expect(asked).toHaveLength(3);
    expect(results.map(({ from }) => from)).toEqual(['security', 'quality']);
    expect(failed.map(({ agent }) => agent)).toEqual(['broken']);
    expect(aggregate.findings).toMatchObject([{ rule: 'r', sources: ['security', 'quality'] }]);
  });

  it('never gives those at work more together than there is', async () => {
    const { asked, delegation } = delegate((agent) => done(agent, null, 0.1), {
      allowance: { usd: 0.9, tokens: 300, asks: 6 },
    });
    await parallel(delegation, ['a', 'b', 'c'], task);
    const given = asked.map(({ options: { allowance } }) => allowance);
    expect(given.reduce((sum, { usd = 0 }) => sum + usd, 0)).toBeCloseTo(0.9);
    expect(given.reduce((sum, { tokens = 0 }) => sum + tokens, 0)).toBe(300);
    // Six agents: these three, and one that each may ask in turn.
    expect(given.map(({ asks }) => asks)).toEqual([1, 1, 1]);
    expect(delegation.usage.usd).toBe(0.3);
  });

  it('waits for all that are at work before it tells that it was cancelled', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const { delegation } = delegate(
      async (agent) => {
        if (agent === 'slow') for (let turn = 0; turn < 10; turn++) await Promise.resolve();
        else stop.abort(new CancelledError());
        ended.push(agent);
        throw new CancelledError();
      },
      { signal: stop.signal },
    );
    await expect(parallel(delegation, ['slow', 'quick'], task)).rejects.toBeInstanceOf(CancelledError);
    expect(ended).toEqual(['quick', 'slow']);
  });
});

describe('review', () => {
  it('lets the author work again with the remarks, until all reviewers agree', async () => {
    let looks = 0;
    const { asked, delegation } = delegate((agent) => {
      if (agent === 'backend') return done(agent, { draft: 1 });
      return done(agent, { verdict: ++looks > 2 ? 'accept' : 'change', findings: [] });
    });
    const ended = await review(delegation, { author: 'backend', reviewers: ['security', 'quality'] }, task);
    expect(ended).toMatchObject({ verdict: 'accepted', rounds: 2, failed: [] });
    const second = asked.filter(({ agent }) => agent === 'backend')[1];
    expect(second?.task.given.map(({ from }) => from)).toEqual(['backend', 'security', 'quality']);
    expect(ended.usage.usd).toBe(0.06);
  });

  it.each<[string, JsonValue]>([
    ['a text that says so', 'I accept. verdict: accept'],
    ['another word', { verdict: 'approved' }],
    ['true', { verdict: true }],
    ['nothing', null],
  ])('takes %s for no agreement', async (_, output) => {
    const { delegation } = delegate((agent) => done(agent, output));
    const ended = await review(delegation, { author: 'backend', reviewers: ['security'], rounds: 1 }, task);
    expect(ended.verdict).toBe('open');
    expect(ended.result?.from).toBe('backend');
  });

  it('is never accepted without a reviewer, nor when one of them fails', async () => {
    const { delegation } = delegate((agent) =>
      agent === 'broken'
        ? { status: 'failed', agent, code: 'x', message: 'no', usage: {}, asks: 0 }
        : done(agent, { verdict: 'accept' }),
    );
    expect(await review(delegation, { author: 'backend', reviewers: [] }, task)).toMatchObject({
      verdict: 'open',
    });
    const ended = await review(
      delegation,
      { author: 'backend', reviewers: ['security', 'broken'], rounds: 1 },
      task,
    );
    expect(ended).toMatchObject({ verdict: 'open', failed: [{ agent: 'broken' }] });
  });
});

describe('bounds of delegation', () => {
  it('asks nobody who is waiting for this itself', async () => {
    const { asked, delegation } = delegate((agent) => done(agent, null), { chain: ['api', 'security'] });
    expect(await delegation.ask('api', task)).toMatchObject({ status: 'failed', code: 'circle' });
    expect(asked).toEqual([]);
  });

  it('goes no deeper than told', async () => {
    const depths: number[] = [];
    const ask: Ask = async (agent, next, options) => {
      depths.push(options.chain.length);
      const below = new Delegation({ ask, ...options });
      const outcome = await below.ask(`${agent}+`, next);
      return outcome.status === 'failed' && outcome.code === 'depth'
        ? { ...done(agent, 'deepest'), asks: below.asks }
        : { ...done(agent, 'above'), usage: below.usage, asks: below.asks };
    };
    const top = new Delegation({ ask, chain: ['a'], allowance: { asks: 100 }, signal: neverAborted });
    expect(await top.ask('b', task)).toMatchObject({ status: 'done' });
    expect(depths).toEqual([2, 3, 4]);
    expect(top.asks).toBe(3);
  });

  it('rolls up what children took, failures included, and asks nobody beyond it', async () => {
    const { asked, delegation } = delegate(
      (agent) => ({ status: 'failed', agent, code: 'x', message: 'no', usage: { usd: 0.6 }, asks: 2 }),
      { allowance: { usd: 1, asks: 10 } },
    );
    await delegation.ask('a', task);
    await delegation.ask('b', task);
    expect(delegation.usage.usd).toBe(1.2);
    expect(delegation.asks).toBe(6);
    expect(asked[1]?.options.allowance).toMatchObject({ usd: 0.4, asks: 6 });
    expect(await delegation.ask('c', task)).toMatchObject({ status: 'failed', code: 'budget' });
    expect(asked).toHaveLength(2);
  });

  it('asks no more agents than allowed, those below included', async () => {
    const { asked, delegation } = delegate((agent) => ({ ...done(agent, null), asks: 1 }), {
      allowance: { asks: 3 },
    });
    for (const agent of ['a', 'b', 'c']) await delegation.ask(agent, task);
    expect(asked.map(({ agent }) => agent)).toEqual(['a', 'b']);
    expect(await delegation.ask('d', task)).toMatchObject({ code: 'asks' });
  });

  it('takes an agent that throws for one that failed', async () => {
    const { delegation } = delegate(() => {
      throw new Error('broken');
    });
    expect(await delegation.ask('a', task)).toMatchObject({ status: 'failed', code: 'agent-failed' });
  });
});
