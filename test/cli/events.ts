import type { RunEvent, RunEventBody } from '../../src/core/model/events';
import { foldAll, type RunState } from '../../src/core/model/run-state';
import type { Approval } from '../../src/core/model/approval';
import type { Step, WorkflowDefinition } from '../../src/core/model/workflow';

const usage = { durationMs: 1_200 };
const START = new Date(2025, 10, 21, 14, 2, 3).getTime();

export function step(key: string, dependsOn: readonly string[] = [], more: Partial<Step> = {}): Step {
  return {
    key,
    title: key,
    with: {},
    dependsOn,
    continueOnError: false,
    onError: 'fail',
    retry: [],
    ...more,
  };
}

function definition(...steps: readonly Step[]): WorkflowDefinition {
  return {
    name: 'quality-review',
    tags: [],
    inputs: {},
    config: { parallelism: 5, failFast: false, checkpoint: 'level' },
    env: {},
    steps,
  };
}

function approval(key: string, more: Partial<Approval> = {}): Approval {
  return {
    id: `${key}-gate`,
    kind: 'gate',
    step: key,
    attempt: 1,
    title: key,
    summary: '3 findings, 1 high',
    shown: { output: { findings: 3 }, artifacts: [] },
    shownHash: 'ab'.repeat(32),
    allow: ['approve', 'modify', 'retry', 'skip', 'cancel'],
    next: ['report'],
    requestedAt: START,
    onExpire: 'pause',
    ...more,
  };
}

/** Events of one run, a second apart. */
export function eventsOf(...bodies: readonly RunEventBody[]): RunEvent[] {
  return bodies.map((body, index) => ({ runId: 'run1', seq: index + 1, at: START + index * 1_000, ...body }));
}

export const body = {
  started: (...steps: readonly Step[]): RunEventBody => ({
    type: 'run-started',
    definition: definition(...steps),
    definitionHash: 'cd'.repeat(32),
    source: {
      path: 'workflows/review.yaml',
      lines: Object.fromEntries(steps.map(({ key }, i) => [key, 10 + i])),
    },
    inputs: {},
    mode: 'interactive',
    by: 'ada',
    notes: [],
  }),
  begins: (key: string, attempt = 1): RunEventBody => ({
    type: 'step-started',
    step: key,
    attempt,
    assignment: { agent: 'quality', engine: 'local', why: 'named in the file' },
    idempotent: true,
  }),
  done: (key: string, summary = 'nothing found'): RunEventBody => ({
    type: 'step-completed',
    step: key,
    attempt: 1,
    output: {},
    summary,
    artifacts: [],
    usage,
    how: 'work',
  }),
  fails: (key: string, message = 'exit code 2'): RunEventBody => ({
    type: 'step-failed',
    step: key,
    attempt: 1,
    error: { code: 'exit-code', message, class: 'error' },
    artifacts: [],
    usage,
  }),
  asks: (key: string, more: Partial<Approval> = {}): RunEventBody => ({
    type: 'approval-requested',
    step: key,
    attempt: 1,
    approval: approval(key, more),
  }),
};

export function stateOf(...bodies: readonly RunEventBody[]): RunState {
  const state = foldAll(eventsOf(...bodies));
  if (state === undefined) throw new Error('No events');
  return state;
}
