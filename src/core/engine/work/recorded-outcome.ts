import type { RunEventBody } from '../../model/events';
import type { Step } from '../../model/workflow';
import type { AttemptOutcome } from './attempt';

export type Failure = Extract<AttemptOutcome, { type: 'failed' }>;

/** What is recorded of an attempt whose run is being ended: only what came of it; nothing follows from that. */
export function recordedOutcome(
  { key, approval }: Step,
  attempt: number,
  outcome: AttemptOutcome,
): RunEventBody | undefined {
  if (outcome.type === 'failed') return failure(key, attempt, outcome);
  if (outcome.type !== 'produced') return undefined;
  const { product } = outcome;
  if (approval?.when === 'after') return { type: 'step-produced', step: key, attempt, ...product };
  return { type: 'step-completed', step: key, attempt, how: 'work', ...product };
}

export function failure(step: string, attempt: number, { error, artifacts, usage }: Failure) {
  return { type: 'step-failed', step, attempt, error, artifacts, usage } as const;
}
