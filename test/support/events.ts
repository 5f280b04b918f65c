import type { JsonValue } from '../../src/core/base/json';
import type { ApprovalKind } from '../../src/core/model/approval';
import type { RunEventBody } from '../../src/core/model/events';
import type { DecisionAction, WorkflowDefinition } from '../../src/core/model/workflow';

/* Short ways to write a run down, for tests that are about something else than the events' details. */

/** `['a', 'b<a', 'c<a,b']`: b after a, c after both. */
export function definition(steps: readonly string[], name = 'flow'): WorkflowDefinition {
  return {
    name,
    tags: [],
    inputs: {},
    env: {},
    config: { parallelism: 5, failFast: false, checkpoint: 'level' },
    steps: steps.map((text) => {
      const [key = '', after] = text.split('<');
      return {
        key,
        title: key,
        with: {},
        dependsOn: after === undefined ? [] : after.split(','),
        continueOnError: false,
        onError: 'fail',
        retry: [],
      };
    }),
  };
}

export function runStarted(steps: readonly string[], name = 'flow', path = 'flow.yaml'): RunEventBody {
  return {
    type: 'run-started',
    definition: definition(steps, name),
    definitionHash: '0'.repeat(64),
    source: { path, lines: {} },
    inputs: {},
    mode: 'interactive',
    by: 'ada',
    notes: [],
  };
}

export function started(step: string, attempt = 1): RunEventBody {
  return {
    type: 'step-started',
    step,
    attempt,
    assignment: { agent: 'quality', engine: 'local', why: 'named in the file' },
    idempotent: true,
  };
}

export function completed(step: string, output: JsonValue = { ok: true }, attempt = 1): RunEventBody {
  return {
    type: 'step-completed',
    step,
    attempt,
    output,
    summary: 'done',
    artifacts: [],
    usage: { durationMs: 1 },
    how: 'work',
  };
}

export function failed(step: string, attempt = 1, retryAt?: number): RunEventBody {
  return {
    type: 'step-failed',
    step,
    attempt,
    error: { code: 'exit-code', message: 'It ended with 1', class: 'error' },
    artifacts: [],
    usage: { durationMs: 1 },
    ...(retryAt !== undefined && { retryAt }),
  };
}

export function requested(step: string, id: string, kind: ApprovalKind = 'gate'): RunEventBody {
  return {
    type: 'approval-requested',
    step,
    attempt: 1,
    approval: {
      id,
      kind,
      step,
      attempt: 1,
      title: step,
      summary: 'done',
      shown: { artifacts: [], output: { ok: true } },
      shownHash: '1'.repeat(64),
      allow: ['approve', 'modify', 'retry', 'skip', 'cancel'],
      next: [],
      requestedAt: 0,
      onExpire: 'pause',
    },
  };
}

export function decided(step: string, id: string, action: DecisionAction = 'approve'): RunEventBody {
  return {
    type: 'approval-decided',
    step,
    attempt: 1,
    id,
    decision: { action, shownHash: '1'.repeat(64) },
    by: { name: 'ada', channel: 'terminal' },
  };
}
