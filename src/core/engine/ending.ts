import type { RunEventBody } from '../model/events';
import { callsInFlight, inFlightWords } from './calls/calls-in-flight';
import { isSettled, type RunState, type StepState } from '../model/run-state';

/** How a run ends in which every step has settled. */
export function conclusion(state: RunState): RunEventBody {
  const failed: StepState[] = [];
  const tolerated: string[] = [];
  for (const step of Object.values(state.steps)) {
    if (step.status === 'failed' && step.tolerated) tolerated.push(step.key);
    else if (step.status === 'failed') failed.push(step);
  }
  const [first] = failed;
  if (first === undefined) return { type: 'run-completed', tolerated };
  const title = (of: StepState) => state.definition.steps.find(({ key }) => key === of.key)?.title ?? of.key;
  const message =
    failed.length > 1
      ? `${failed.length} steps failed: ${failed.map(title).join(', ')}.`
      : `${title(first)} failed: ${first.status === 'failed' ? first.error.message : ''}`;
  return { type: 'run-failed', failed: failed.map(({ key }) => key), message };
}

/** Everything that is still open when a run is ended early: its gates are void, its steps cancelled. */
export function cancellation(state: RunState, reason: string): RunEventBody[] {
  const bodies: RunEventBody[] = Object.values(state.openApprovals).map((approval) => ({
    type: 'approval-voided',
    step: approval.step,
    attempt: approval.attempt,
    id: approval.id,
    reason,
  }));
  for (const step of Object.values(state.steps))
    if (!isSettled(step)) bodies.push(cancelled(state, step, reason));
  return bodies;
}

/** One step that is cancelled, and its open gate, if it has one. */
export function cancelStep(state: RunState, step: StepState, reason: string): RunEventBody[] {
  const approval = Object.values(state.openApprovals).find((open) => open.step === step.key);
  const gate: RunEventBody[] =
    approval === undefined
      ? []
      : [{ type: 'approval-voided', step: step.key, attempt: step.attempt, id: approval.id, reason }];
  return [...gate, cancelled(state, step, reason)];
}

function cancelled(state: RunState, step: StepState, reason: string): RunEventBody {
  const inFlight = callsInFlight(state, step.key);
  const message =
    step.status === 'running'
      ? `${reason} It was stopped while it was running.${inFlight.length === 0 ? '' : ` ${inFlightWords(inFlight)}`}`
      : step.status === 'uncertain'
        ? `${reason} Whether it happened is not known.`
        : reason;
  return { type: 'step-cancelled', step: step.key, attempt: step.attempt, message };
}
