import type { StepKey } from './ids';
import type { StepState } from './step-state';

/*
 * The engine begins an attempt anew whenever it takes a step up again: also after a question of an agent was answered, after a budget was
 * raised, after a pause or a crash. What was recorded is not done again then, so people would not call that another attempt.
 */

/** An attempt that stopped in the middle and went on in the next one: nothing was tried anew. */
export interface CarriedAttempt {
  readonly attempt: number;
  /** How long it worked until it stopped. */
  readonly durationMs: number;
}

/**
 * Notes that what this step does now goes on in its next attempt.
 *
 * @param until wall clock; absent when nobody knows how long it worked
 */
export function carryOn(
  state: { carried: Record<StepKey, readonly CarriedAttempt[]> },
  step: StepState,
  until?: number,
): void {
  const own = state.carried[step.key] ?? [];
  const durationMs = step.status === 'running' && until !== undefined ? until - step.startedAt : 0;
  state.carried[step.key] = [...own, { attempt: step.attempt, durationMs }];
}

/** What one step carried on; undefined: nothing. */
type Carried = readonly CarriedAttempt[] | undefined;

/** Which attempt of its step this is as people count: 1 until something is really tried anew; 0 before the first. */
export function attemptNumber(carried: Carried, attempt: number): number {
  return attempt - (carried ?? []).filter((each) => each.attempt < attempt).length;
}

/** How long it worked before the last part of this attempt began, milliseconds. */
export function carriedMs(carried: Carried, attempt: number): number {
  const number = attemptNumber(carried, attempt);
  return (carried ?? [])
    .filter((each) => each.attempt < attempt && attemptNumber(carried, each.attempt) === number)
    .reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** Where this attempt began: the engine's first attempt of those that it carries on. */
export function firstPart(carried: Carried, attempt: number): number {
  const number = attemptNumber(carried, attempt);
  const parts = (carried ?? []).filter((each) => attemptNumber(carried, each.attempt) === number);
  return Math.min(attempt, ...parts.map((each) => each.attempt));
}
