import type { Approval } from '../../src/core/model/approval';
import type { RunEventBody } from '../../src/core/model/events';
import type { BudgetQuestion, CallFault, CallUsage, ModelRef } from '../../src/core/model/model-call';
import type { WorkflowDefinition } from '../../src/core/model/workflow';
import type { ApprovalItem, RunSnapshot } from '../../webview/protocol';
import { foldAll } from '../../src/core/model/run-state';
import {
  approvalOf,
  asks,
  completes,
  eventsOf,
  largeRun,
  snapshotOf,
  START,
  started,
  stateOf,
  step,
  workflow,
} from './samples';

export const CLAUDE: ModelRef = { provider: 'claude', model: 'claude-sonnet-4-5' };
const GEMINI: ModelRef = { provider: 'gemini', model: 'gemini-2.5-flash' };
export const OLLAMA: ModelRef = { provider: 'ollama', model: 'qwen3-coder:30b' };
const HASH = 'ab'.repeat(32);

type Body = RunEventBody & { readonly after?: number };

/** A step done by a model begins. */
export function thinks(key: string, agent = 'security', attempt = 1): Body {
  return {
    type: 'step-started',
    step: key,
    attempt,
    assignment: { agent, engine: 'model', why: 'named in the file' },
    idempotent: true,
  };
}

function routes(key: string, chosen: ModelRef, call = 1, why = 'first by priority'): Body {
  return {
    type: 'routing-decision',
    step: key,
    attempt: 1,
    call,
    chosen,
    chain: [chosen],
    why,
    reserved: { inputTokens: 8_200, outputTokens: 4_000, ...(chosen.provider !== 'ollama' && { usd: 0.09 }) },
  };
}

export function refuses(
  key: string,
  model: ModelRef,
  fault: CallFault,
  more: Partial<Extract<RunEventBody, { type: 'call-failed' }>> = {},
): Body {
  return {
    type: 'call-failed',
    step: key,
    attempt: 1,
    call: 1,
    model,
    fault,
    message: `HTTP 529: the service says "${fault}".`,
    next: 'fallback',
    ...more,
  };
}

export function answers(
  key: string,
  model: ModelRef,
  more: { readonly call?: number; readonly usage?: Partial<CallUsage>; readonly cached?: true } = {},
): Body {
  return {
    type: 'call-answered',
    step: key,
    attempt: 1,
    call: more.call ?? 1,
    model,
    requestHash: HASH,
    answer: null,
    usage: {
      inputTokens: 8_214,
      outputTokens: 512,
      ...(model.provider !== 'ollama' && { usd: 0.021 }),
      estimated: false,
      ...more.usage,
    },
    ...(more.cached && { cached: true as const }),
    latencyMs: 6_420,
  };
}

export function budgetOf(more: Partial<BudgetQuestion> = {}): BudgetQuestion {
  return {
    scope: 'run',
    unit: 'usd',
    cap: 0.5,
    spent: 0.44,
    reserved: 0.02,
    needed: 0.09,
    raiseTo: 1,
    model: CLAUDE,
    ...more,
  };
}

function budgetGate(key: string, title: string, asked: BudgetQuestion = budgetOf()): Approval {
  return approvalOf(key, {
    id: `${key}-budget`,
    kind: 'budget',
    title,
    summary: 'The next call does not fit the budget.',
    shown: { budget: asked, artifacts: [] },
    allow: asked.scope === 'price' ? ['approve', 'skip', 'cancel'] : ['approve', 'modify', 'skip', 'cancel'],
    next: ['Write the report'],
  });
}

function reviewOf(usd: number): WorkflowDefinition {
  return workflow(
    [
      step('lint', [], { title: 'Lint', agent: 'quality', action: 'lint-codebase' }),
      step('threats', [], { title: 'Threat model', agent: 'security' }),
      step('design', ['lint'], { title: 'Architecture review', agent: 'architecture' }),
      step('naming', ['lint'], { title: 'Names', agent: 'quality', continueOnError: true }),
      step('summary', ['threats'], { title: 'Summary for managers', agent: 'product' }),
      step('tests', ['design'], { title: 'Missing tests', agent: 'testing' }),
      step('report', ['summary', 'tests', 'naming'], { title: 'Write the report', agent: 'product' }),
    ],
    {
      name: 'model-code-review',
      config: { parallelism: 5, failFast: false, checkpoint: 'level', budget: { usd, onExceed: 'ask' } },
    },
  );
}

/** A fallback that answered, one that streams, one call from the cache, a step that waits for a provider. */
export function modelRun(): RunSnapshot {
  const state = stateOf([
    started(reviewOf(5)),
    {
      type: 'step-started',
      step: 'lint',
      attempt: 1,
      assignment: { agent: 'quality', engine: 'local', why: 'named in the file' },
      idempotent: true,
    },
    completes('lint', '12 findings in 42 files'),
    thinks('threats'),
    routes('threats', CLAUDE),
    refuses('threats', CLAUDE, 'overloaded'),
    routes('threats', GEMINI, 1, 'Claude is overloaded'),
    answers('threats', GEMINI, { usage: { estimated: true } }),
    {
      ...completes('threats', '4 threats, 1 high', 9_840),
      usage: { durationMs: 9_840, inputTokens: 8_214, outputTokens: 512, usd: 0.021 },
    } as Body,
    thinks('design', 'architecture'),
    routes('design', CLAUDE),
    answers('design', CLAUDE),
    routes('design', CLAUDE, 2),
    thinks('naming', 'quality'),
    answers('naming', CLAUDE, { cached: true }),
    completes('naming', 'Nothing to rename', 40),
    thinks('summary', 'product'),
    routes('summary', CLAUDE),
    refuses('summary', CLAUDE, 'rate-limited', { next: 'retry', waitMs: 120_000 }),
  ]);
  return snapshotOf(state, {
    live: {
      design: 'The code has three layers. ',
    },
    now: START + 34_000,
  });
}

/** Money is short: one step asks, another waits for the answer. */
export function budgetRun(asked: BudgetQuestion = budgetOf()): RunSnapshot {
  const state = stateOf([
    started(reviewOf(0.5)),
    thinks('threats'),
    routes('threats', CLAUDE),
    answers('threats', CLAUDE, { usage: { usd: 0.44, inputTokens: 64_000, outputTokens: 9_100 } }),
    completes('threats', '4 threats, 1 high', 29_840),
    {
      type: 'step-started',
      step: 'lint',
      attempt: 1,
      assignment: { agent: 'quality', engine: 'local', why: 'named in the file' },
      idempotent: true,
    },
    completes('lint', '12 findings in 42 files'),
    thinks('design', 'architecture'),
    { type: 'step-held', step: 'design', attempt: 1, reason: 'budget', message: 'The budget is used up.' },
    asks(budgetGate('design', 'Architecture review', asked)),
    thinks('summary', 'product'),
    { type: 'step-held', step: 'summary', attempt: 1, reason: 'budget', message: 'The budget is used up.' },
  ]);
  return snapshotOf(state);
}

/** One step with many calls, over three providers, some without a price; long names. */
export function manyCallsRun(count = 20): RunSnapshot {
  const long: ModelRef = {
    provider: 'the-compatible-server-of-the-platform-team-in-the-basement',
    model: 'accounts/platform/models/a-very-long-model-name-that-never-ends-instruct-2507-fp8',
  };
  const bodies: Body[] = [
    started(
      workflow([step('agent', [], { title: 'Investigate', agent: 'backend' })], { name: 'many-calls' }),
    ),
    thinks('agent', 'backend'),
  ];
  for (let call = 1; call <= count; call += 1) {
    const model = [CLAUDE, GEMINI, OLLAMA, long][call % 4] ?? CLAUDE;
    bodies.push(routes('agent', model, call));
    if (call % 7 === 0)
      bodies.push(
        refuses('agent', model, 'timeout', {
          call,
          usage: { inputTokens: 8_200, outputTokens: 40, usd: 0.02, estimated: true },
        }),
        routes('agent', CLAUDE, call, 'the next in line'),
      );
    bodies.push(answers('agent', call % 7 === 0 ? CLAUDE : model, { call }));
  }
  return snapshotOf(stateOf(bodies));
}

/** As `largeRun`, every step with two calls, one of which fell over. */
export function largeModelRun(count: number, width: number): RunSnapshot {
  const run = largeRun(count, width);
  const calls = Object.fromEntries(
    Object.keys(run.state.steps).map((key) => {
      const events = eventsOf([
        started(run.state.definition),
        thinks(key),
        routes(key, CLAUDE),
        refuses(key, CLAUDE, 'overloaded'),
        routes(key, GEMINI),
        answers(key, GEMINI),
        routes(key, CLAUDE, 2),
        answers(key, CLAUDE, { call: 2 }),
      ]);
      return [key, foldAll(events)?.calls[key] ?? []];
    }),
  );
  return { ...run, state: { ...run.state, calls } };
}

export function budgetItems(): readonly ApprovalItem[] {
  const of = { runId: 'run-1', workflow: 'model-code-review', runStartedAt: START, rehearsal: false };
  return [
    { ...of, approval: budgetGate('design', 'Architecture review') },
    {
      ...of,
      approval: budgetGate(
        'summary',
        'Summary for managers',
        budgetOf({ scope: 'price', model: OLLAMA, cap: 5, spent: 0.44, reserved: 0, raiseTo: 5 }),
      ),
    },
    {
      ...of,
      approval: budgetGate(
        'tests',
        'Missing tests',
        budgetOf({
          scope: 'day',
          unit: 'tokens',
          cap: 200_000,
          spent: 196_400,
          reserved: 0,
          needed: 12_200,
          raiseTo: 400_000,
        }),
      ),
    },
  ];
}
