import type { RunEventBody } from '../../../src/core/model/events';
import { completed, decided, failed, requested, runStarted, started } from '../../support/events';

/** Runs of every shape a journal can hold, for tests that read them back in other ways. */
export const runLists: Readonly<Record<string, readonly RunEventBody[]>> = {
  chain: [
    runStarted(['a', 'b<a', 'c<b']),
    started('a'),
    completed('a', { n: 1 }),
    started('b'),
    completed('b', 'text'),
    started('c'),
    completed('c', null),
    { type: 'run-completed', tolerated: [] },
  ],
  gated: [
    runStarted(['a', 'b<a'], 'gated', 'gated.yaml'),
    started('a'),
    {
      type: 'step-produced',
      step: 'a',
      attempt: 1,
      output: [1, 2],
      summary: 'two',
      artifacts: [],
      usage: { durationMs: 3 },
    },
    requested('a', 'gate-1'),
    {
      type: 'approval-decided',
      step: 'a',
      attempt: 1,
      id: 'gate-1',
      decision: { action: 'approve', shownHash: '2'.repeat(64) },
      by: { name: 'eve', channel: 'terminal' },
      refused: 'not an approver',
    },
    decided('a', 'gate-1'),
    completed('a', [1, 2]),
    started('b'),
    failed('b', 1, 99),
    started('b', 2),
    failed('b', 2),
    { type: 'run-failed', failed: ['b'], message: 'b failed' },
  ],
  uncertain: [
    runStarted(['a', 'b'], 'flow', 'other/flow.yaml'),
    started('a'),
    { type: 'owner-changed', epoch: 2, owner: 'terminal (pid 5)', recovery: true },
    { type: 'step-uncertain', step: 'a', attempt: 1, message: 'the process died' },
    requested('a', 'gate-2', 'uncertain'),
    { type: 'run-parked', reason: 'uncertain', message: 'a is uncertain' },
  ],
  tools: [
    runStarted(['a', 'b'], 'tools'),
    started('a'),
    { type: 'agent-joined', participant: 'a', step: 'a', attempt: 1 },
    toolStarted('a', 1),
    {
      type: 'message-sent',
      message: {
        id: 1,
        from: 'a',
        to: [],
        missed: [],
        way: { type: 'broadcast' },
        priority: 'normal',
        type: 'notification',
        body: { text: 'I begin' },
      },
    },
    toolCompleted('a', 1),
    toolStarted('a', 2),
    { type: 'owner-changed', epoch: 2, owner: 'terminal (pid 5)', recovery: true },
    { type: 'agent-left', participant: 'a', reason: 'interrupted' },
    started('a', 2),
    {
      type: 'step-held',
      step: 'a',
      attempt: 2,
      reason: 'policy',
      message: 'quality wants to run a command.',
    },
    requested('a', 'gate-4', 'policy'),
    decided('a', 'gate-4'),
    started('a', 3),
    toolStarted('a', 1, 3),
    { type: 'step-cancelled', step: 'a', attempt: 3, message: 'cancelled' },
    { type: 'run-cancelled', by: 'ada', reason: 'no longer needed' },
  ],
  cancelled: [
    runStarted(['a', 'b'], 'flow'),
    started('a'),
    requested('b', 'gate-3'),
    { type: 'step-cancelled', step: 'a', attempt: 1, message: 'cancelled' },
    { type: 'approval-voided', step: 'b', attempt: 1, id: 'gate-3', reason: 'the run was cancelled' },
    { type: 'run-cancelled', by: 'ada', reason: 'no longer needed' },
  ],
  paused: [
    runStarted(['a', 'b'], 'flow'),
    started('a'),
    { type: 'run-paused', by: 'ada', reason: 'person' },
    { type: 'step-skipped', step: 'b', attempt: 0, reason: 'condition', because: 'if: false', output: null },
    { type: 'run-resumed', by: 'ada', mode: 'auto' },
  ],
};

function toolStarted(step: string, call: number, attempt = 1): RunEventBody {
  return {
    type: 'tool-started',
    step,
    attempt,
    call,
    key: `${call}`.repeat(64),
    agent: 'quality',
    tool: 'write_file',
    arguments: { path: `${call}.ts` },
    permit: { rule: 'inside-writes', why: 'It is inside of what the step may write.' },
    idempotent: false,
    hash: '3'.repeat(64),
  };
}

function toolCompleted(step: string, call: number): RunEventBody {
  const after = { hash: '4'.repeat(64), path: `${call}.ts`, mediaType: 'text/plain', size: 1 };
  return {
    type: 'tool-completed',
    step,
    attempt: 1,
    call,
    key: `${call}`.repeat(64),
    result: { text: 'Created.', isError: false, isForeign: false },
    preview: 'Created.',
    isError: false,
    changes: [{ path: `${call}.ts`, after }],
    durationMs: 2,
  };
}
