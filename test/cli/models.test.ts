import { describe, expect, it } from 'vitest';
import { followRun } from '../../src/cli/follow';
import { closingLines } from '../../src/cli/show/closing-lines';
import { describeEvent } from '../../src/cli/show/describe-event';
import { createStyle, widthOf } from '../../src/cli/show/style';
import { renderTree, type TreeOptions } from '../../src/cli/show/tree';
import type { Decision } from '../../src/core/model/approval';
import type { RunEvent, RunEventBody } from '../../src/core/model/events';
import type { BudgetQuestion, CallUsage, ModelRef } from '../../src/core/model/model-call';
import { foldAll, type RunState } from '../../src/core/model/run-state';
import { body, eventsOf, stateOf, step } from './events';
import { fakeContext, FakeRun } from './fake-runtime';

const plain = createStyle(false);
const CLAUDE: ModelRef = { provider: 'claude', model: 'sonnet' };
const GEMINI: ModelRef = { provider: 'gemini', model: 'flash' };
const usage: CallUsage = { inputTokens: 8_200, outputTokens: 500, usd: 0.021, estimated: false };

const asks = (key: string, chosen: ModelRef, call = 1): RunEventBody => ({
  type: 'routing-decision',
  step: key,
  attempt: 1,
  call,
  chosen,
  chain: [chosen],
  why: 'first by priority',
  reserved: { inputTokens: 8_200, outputTokens: 4_000, usd: 0.09 },
});
const refuses = (
  key: string,
  more: Partial<Extract<RunEventBody, { type: 'call-failed' }>> = {},
): RunEventBody => ({
  type: 'call-failed',
  step: key,
  attempt: 1,
  call: 1,
  model: CLAUDE,
  fault: 'overloaded',
  message: 'Overloaded',
  next: 'fallback',
  ...more,
});
const answers = (
  key: string,
  model: ModelRef,
  more: Partial<Extract<RunEventBody, { type: 'call-answered' }>> = {},
): RunEventBody => ({
  type: 'call-answered',
  step: key,
  attempt: 1,
  call: 1,
  model,
  requestHash: 'ab'.repeat(32),
  answer: null,
  usage,
  latencyMs: 6_400,
  ...more,
});

/** One step fell over and is done, one is answering its second call. */
const atWork = () =>
  stateOf(
    body.started(step('threats'), step('design')),
    body.begins('threats'),
    asks('threats', CLAUDE),
    refuses('threats'),
    asks('threats', GEMINI),
    answers('threats', GEMINI, { usage: { ...usage, estimated: true } }),
    body.done('threats', '4 threats'),
    body.begins('design'),
    asks('design', CLAUDE),
  );

function tree(state: RunState, more: Partial<TreeOptions> = {}): string[] {
  return renderTree(state, {
    style: plain,
    width: 120,
    height: 50,
    now: state.startedAt + 65_000,
    live: new Map(),
    ...more,
  });
}

describe('the tree of a run with models', () => {
  it('says who answered, tokens and money, of each step and of the run', () => {
    const lines = tree(atWork());
    expect(lines[0]).toContain('8.7k tokens, ~$0.02');
    expect(lines[1]).toContain('4 threats  ⇄ Gemini (flash), 8.7k tokens, ~$0.02');
    expect(lines[2]).toContain('Claude (sonnet)');
  });

  it('shows the end of an answer that is coming, at most three lines, with the tokens so far', () => {
    const text = `First.\n${'many words '.repeat(40)}\n\nThe last \u001b[2Jline.`;
    const live = new Map([['design', { text, tokens: 1_234 }]]);
    const lines = tree(atWork(), { width: 60, live });
    expect(lines[2]).toContain('Claude (sonnet), 1.2k tokens');
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe('     The last ␛[2Jline.');
    expect(tree(atWork(), { live })[0]).toContain('9.9k tokens, ~$0.02  run');
    expect(lines[0]).toContain('1 m 05 s  ~$0.02  run');
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(60);
  });

  it('leaves answers out where the window has no room for them', () => {
    const live = new Map([['design', { text: 'a\nb\nc' }]]);
    expect(tree(atWork(), { height: 5, live })).toHaveLength(3);
  });

  it('says below a step why another model took over, where that is wanted', () => {
    expect(tree(atWork()).join()).not.toContain('overloaded');
    expect(tree(atWork(), { tellsFalls: true }).slice(1)).toEqual([
      '├─ ✓ threats  done     1.2 s  4 threats  ⇄ Gemini (flash), 8.7k tokens, ~$0.02',
      '│    ⇄ Claude overloaded, answered by Gemini',
      '└─ ● design   running  58 s   Claude (sonnet)',
    ]);
  });

  it('says at once that another model is asked, beside the step that runs', () => {
    const state = stateOf(
      body.started(step('scan')),
      body.begins('scan'),
      asks('scan', CLAUDE),
      refuses('scan'),
      asks('scan', GEMINI),
    );
    expect(tree(state)[1]).toMatch(/Gemini \(flash\) {2}⇄ Claude overloaded, asking Gemini$/);
    expect(tree(state, { width: 80, live: new Map([['scan', { text: '', tokens: 512 }]]) })[1]).toBe(
      '└─ ● scan  running  1 m 04 s  ⇄ Claude overloaded, asking Gemini, 512 tokens',
    );
  });

  it('leaves room for the money and the id of the run in a window of 80 columns', () => {
    const state = { ...atWork(), runId: '1m7zzvsd4v39wgap' };
    const progress = { percentage: 50, elapsedMs: 65_000, remainingMs: 40_000 };
    const lines = tree(state, { width: 80, progress });
    expect(lines[0]).toBe('quality-review  ● running  1 of 2  1 m 05 s  ~$0.02  run 1m7zzvsd4v39wgap');
    expect(lines[1]).toBe('├─ ✓ threats  done     1.2 s  4 threats  ⇄ Gemini, ~$0.02');
  });

  it('says how long it waits, and for whom', () => {
    const state = stateOf(
      body.started(step('scan')),
      body.begins('scan'),
      asks('scan', CLAUDE),
      refuses('scan', { fault: 'rate-limited', next: 'retry', waitMs: 120_000 }),
    );
    expect(tree(state)[1]).toContain('waits 58 s for Claude (rate limit)');
  });

  it('says that a step waits for the budget', () => {
    const held: RunEventBody = { type: 'step-held', step: 'scan', attempt: 1, reason: 'budget', message: '' };
    const state = stateOf(body.started(step('scan')), body.begins('scan'), held);
    expect(tree(state)[1]).toContain('waits for the budget');
  });

  it('calls a model without a price unpriced', () => {
    const unpriced: CallUsage = { inputTokens: 8_200, outputTokens: 500, estimated: false };
    const state = stateOf(
      body.started(step('scan')),
      body.begins('scan'),
      answers('scan', { provider: 'ollama', model: 'qwen' }, { usage: unpriced }),
      body.done('scan'),
    );
    expect(tree(state)[0]).toContain('8.7k tokens, unpriced');
    expect(tree(state).join()).not.toContain('$0');
  });
});

describe('lines about models', () => {
  const said = (...bodies: readonly RunEventBody[]) => {
    const events = eventsOf(body.started(step('scan')), body.begins('scan'), ...bodies);
    return events
      .map((event, index) => describeEvent(event, foldAll(events.slice(0, index + 1)) as RunState))
      .slice(2)
      .map((line) => line.slice(10));
  };

  it('tell who is asked, who failed and why, and who answered', () => {
    expect(
      said(asks('scan', CLAUDE), refuses('scan'), asks('scan', GEMINI), answers('scan', GEMINI)),
    ).toEqual([
      'scan  asks Claude (sonnet): first by priority',
      'scan  Claude overloaded: Overloaded; asks another model',
      'scan  asks Gemini (flash): first by priority',
      'scan  Claude overloaded, answered by Gemini in 6.4 s: 8.7k tokens, $0.02',
    ]);
  });

  it('tell waits, the cache and the budget', () => {
    expect(
      said(
        refuses('scan', { next: 'retry', waitMs: 12_000 }),
        refuses('scan', { next: 'give-up' }),
        answers('scan', CLAUDE, { cached: true }),
        { type: 'step-held', step: 'scan', attempt: 1, reason: 'budget', message: 'No money left.' },
      ),
    ).toEqual([
      'scan  Claude overloaded: Overloaded; asks again in 12 s',
      'scan  Claude overloaded: Overloaded; nobody else can be asked',
      'scan  Claude (sonnet) answered from cache, saved $0.02',
      'scan  waits for the budget: No money left.',
    ]);
  });

  it('tell of a request of which the server read a part only, when it answers and at the end', () => {
    const cut = answers('scan', CLAUDE, { cutInput: { read: 2_050, sent: 7_900 } });
    const line = 'Claude read only 2,050 of about 7,900 tokens that were sent: its context is full.';
    expect(said(asks('scan', CLAUDE), cut)[1]).toContain(line);
    const state = stateOf(body.started(step('scan')), body.begins('scan'), asks('scan', CLAUDE), cut);
    expect(closingLines(state, fakeContext().context).join('\n')).toContain(`! scan: ${line}`);
  });

  it('add up at the end, with what fell over', () => {
    const lines = closingLines(atWork(), fakeContext().context);
    expect(lines).toContain('⇄ threats: Claude overloaded, answered by Gemini');
    expect(lines).toContain('Models: 1 call, 8.7k tokens, $0.02, est.');
  });
});

describe('a budget gate in the terminal', () => {
  const asked: BudgetQuestion = {
    scope: 'run',
    unit: 'usd',
    cap: 0.5,
    spent: 0.47,
    reserved: 0,
    needed: 0.09,
    raiseTo: 1,
    model: CLAUDE,
  };
  const toGate = (question = asked) => [
    body.started(step('scan')),
    body.begins('scan'),
    body.asks('scan', {
      kind: 'budget',
      summary: 'The budget is used up.',
      shown: { budget: question, artifacts: [] },
      allow: ['approve', 'modify', 'skip', 'cancel'],
    }),
  ];
  const goesOn = (decision: Decision): readonly RunEventBody[] => [
    {
      type: 'approval-decided',
      step: 'scan',
      attempt: 1,
      id: 'scan-gate',
      decision,
      by: { name: 'ada', channel: 'terminal' },
    },
    body.begins('scan'),
    body.done('scan'),
    { type: 'run-completed', tolerated: [] },
  ];
  const ask = async (...given: readonly string[]) => {
    const run = new FakeRun(...toGate());
    run.onDecide = goesOn;
    const fake = fakeContext(given);
    await followRun(fake.context, run.runtime, 'run1', { afterSeq: 0, ask: true });
    return { decisions: run.decisions, told: fake.err.join('\n') };
  };

  it('says what is spent and what the next call may take, and what each key does', async () => {
    const { told } = await ask('a');
    expect(told).toContain('The next call may take up to $0.09');
    expect(told).toContain('Claude (sonnet)');
    expect(told).toMatch(/Spent so far +\$0\.47/);
    expect(told).toContain('a raise to $1.00  m set amount  s leave out optional steps  c stop  v view >');
    expect(told).not.toContain('Spend more?');
  });

  it.each([
    [['a'], { action: 'approve' }],
    [['m 2.50'], { action: 'modify', value: 2.5 }],
    [['m', '$3'], { action: 'modify', value: 3 }],
    [['s'], { action: 'skip' }],
    [['c'], { action: 'cancel' }],
  ])('turns %j into a decision', async (given, decision) => {
    const { decisions } = await ask(...given);
    expect(decisions).toEqual([{ ...decision, shownHash: 'ab'.repeat(32), by: 'ada/terminal' }]);
  });

  it('says what is wrong with an amount, and asks again', async () => {
    const { decisions, told } = await ask('m 0.10', 'm much', 'm 1');
    expect(told).toContain('$0.47 is spent already: needs more than that.');
    expect(told).toContain('Needs a number, like 2.50.');
    expect(decisions).toMatchObject([{ action: 'modify', value: 1 }]);
  });

  it('is one line where events are lines', () => {
    const events: RunEvent[] = eventsOf(...toGate());
    const last = events.at(-1);
    if (last === undefined) throw new Error('none');
    expect(describeEvent(last, foldAll(events) as RunState)).toContain(
      'scan  waits for you (budget): The next call may take up to $0.09',
    );
  });
});
