import type { StepError } from '../../model/events';
import type { StepKey } from '../../model/ids';
import type { RunState } from '../../model/run-state';
import type { ToolCall } from '../../model/tool-call';
import { callTitle } from '../../model/tool-words';
import { isUnknownOutcome } from '../graph/retry';

/** Calls of a step's present attempt that have begun, did not end, and must not be done twice by themselves. */
export function callsInFlight({ tools, steps }: Pick<RunState, 'tools' | 'steps'>, key: StepKey): ToolCall[] {
  const attempt = steps[key]?.attempt;
  return (tools[key] ?? []).filter(
    (call) => call.attempt === attempt && call.status === 'running' && call.idempotent !== true,
  );
}

/** "run_command npm publish had begun; nobody knows whether it happened.", for people. */
export function inFlightWords(calls: readonly ToolCall[]): string {
  const titles = calls.map((call) => callTitle(call.tool, call.arguments));
  return `${titles.join(', ')} had begun; nobody knows whether ${titles.length === 1 ? 'it' : 'they'} happened.`;
}

/** A failure in the middle of a call that may have happened: its outcome is unknown, whatever ended it. */
export function asUnknown(error: StepError, inFlight: readonly ToolCall[]): StepError {
  if (inFlight.length === 0) return error;
  const failureClass = isUnknownOutcome(error.class) ? error.class : 'killed';
  return { ...error, class: failureClass, message: `${error.message} ${inFlightWords(inFlight)}` };
}
