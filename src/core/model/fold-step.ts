import type { RunEvent } from './events';
import type { StepProduct, StepState, StepStatus } from './step-state';

type StepEvent = Extract<RunEvent, { type: `step-${string}` }>;

/** Filled in field by field rather than spread together: a long run folds hundreds of thousands of these. */
type Fresh<Status extends StepStatus> = {
  -readonly [Key in keyof Extract<StepState, { status: Status }>]: Extract<
    StepState,
    { status: Status }
  >[Key];
};

/** The state of a step after one more event about it. */
export function foldStep(previous: StepState, event: StepEvent): StepState {
  const { key } = previous;
  const { attempt, at } = event;
  const assignment = 'assignment' in previous ? previous.assignment : undefined;
  switch (event.type) {
    case 'step-started': {
      const { assignment: by, idempotent } = event;
      return { key, attempt, status: 'running', assignment: by, startedAt: at, idempotent };
    }
    case 'step-produced': {
      // Shown at a gate, not yet settled: the approval that follows names itself; until then it is still this step's turn.
      const produced = productOf(event);
      const next: Fresh<'waiting'> = { key, attempt, status: 'waiting', approval: '', produced, since: at };
      if (assignment !== undefined) next.assignment = assignment;
      return next;
    }
    case 'step-completed': {
      const { output, summary, artifacts, usage, how } = event;
      const next: Fresh<'completed'> = {
        key,
        attempt,
        status: 'completed',
        output,
        summary,
        artifacts,
        usage,
        how,
        endedAt: at,
      };
      if (assignment !== undefined) next.assignment = assignment;
      return next;
    }
    case 'step-failed': {
      const { error, artifacts, usage, retryAt } = event;
      if (retryAt !== undefined) return { key, attempt, status: 'pending', retryAt, lastError: error };
      const tolerated = event.tolerated === true;
      const next: Fresh<'failed'> = {
        key,
        attempt,
        status: 'failed',
        error,
        tolerated,
        artifacts,
        usage,
        endedAt: at,
      };
      if (assignment !== undefined) next.assignment = assignment;
      return next;
    }
    case 'step-skipped': {
      const { reason, output, because } = event;
      const next: Fresh<'skipped'> = { key, attempt, status: 'skipped', reason, output, endedAt: at };
      if (because !== undefined) next.because = because;
      return next;
    }
    case 'step-uncertain': {
      const { message } = event;
      const next: Fresh<'uncertain'> = { key, attempt, status: 'uncertain', message, since: at };
      if (assignment !== undefined) next.assignment = assignment;
      return next;
    }
    case 'step-held':
      // After a pause it stands in the queue like every other one.
      return event.reason === 'budget'
        ? { key, attempt, status: 'pending', held: event.reason }
        : { key, attempt, status: 'pending' };
    case 'step-cancelled':
      return { key, attempt, status: 'cancelled', message: event.message, endedAt: at };
    default:
      // A type that a later version added.
      return unknown(previous, event);
  }
}

function productOf({ output, summary, artifacts, usage }: StepProduct): StepProduct {
  return { output, summary, artifacts, usage };
}

function unknown(unchanged: StepState, _event: never): StepState {
  return unchanged;
}
