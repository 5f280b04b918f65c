import { BatonError } from '../../model/errors';
import type { AskedCall } from '../../model/tool-call';
import { NeedsPerson } from '../agent';

/**
 * Whether the whole attempt has to wait: for a person's word about a call, or for money. Not a failure of the agent that came to it.
 * By its code: it may have come through other hands.
 */
export function holdsAttempt(error: unknown): error is BatonError {
  return error instanceof BatonError && (error.code === 'needs-person' || error.code === 'over-budget');
}

/** What agents that work side by side wait for, as one: a person is asked about all their calls at once. */
export function heldTogether(held: readonly BatonError[]): BatonError | undefined {
  const asked = held.flatMap((one) => callsOf(one) ?? []);
  // A question about money, or about a call that may have happened, stands alone and comes first.
  return held.find((one) => callsOf(one) === undefined) ?? (asked.length > 0 ? together(asked) : undefined);
}

const together = (calls: readonly AskedCall[]) => new NeedsPerson({ kind: 'policy', calls });

function callsOf(error: BatonError): readonly AskedCall[] | undefined {
  return error instanceof NeedsPerson && error.question.kind === 'policy' ? error.question.calls : undefined;
}
