import type { RunEvent, StepError } from '../../model/events';
import type { StepKey } from '../../model/ids';
import type { FailureClass, RetryRule, Step } from '../../model/workflow';

/** Outcomes of which nobody knows whether the work happened. */
export function isUnknownOutcome(failure: FailureClass): boolean {
  return failure === 'timeout' || failure === 'killed' || failure === 'network_error';
}

/** How often each of a step's retry rules was used, by its place in the list. */
export type RetriesUsed = readonly number[];

export type AfterFailure =
  | { readonly type: 'retry'; readonly delayMs: number; readonly used: RetriesUsed }
  /** Settled as failed, or asked where the file says so. */
  | { readonly type: 'failed' }
  /** It may have happened: a person says what to make of it. */
  | { readonly type: 'uncertain' };

/**
 * What follows from a failed attempt. `random` in [0, 1) is for jitter only.
 * An unknown outcome is tried again only where that does no harm, or where the file names it.
 */
export function afterFailure(
  step: Pick<Step, 'retry'>,
  idempotent: boolean,
  error: StepError,
  used: RetriesUsed,
  random: number,
): AfterFailure {
  const index = ruleFor(step.retry, error.class, idempotent);
  const rule = step.retry[index];
  if (rule === undefined)
    return { type: isUnknownOutcome(error.class) && !idempotent ? 'uncertain' : 'failed' };
  const before = used[index] ?? 0;
  if (before >= rule.max) return { type: 'failed' };
  return {
    type: 'retry',
    delayMs: delayOf(rule, before, random),
    used: step.retry.map((_, at) => (used[at] ?? 0) + (at === index ? 1 : 0)),
  };
}

/** The first rule that is for this failure; -1 when none is. */
export function ruleFor(rules: readonly RetryRule[], failure: FailureClass, idempotent: boolean): number {
  return rules.findIndex((rule) =>
    rule.on === 'any' ? idempotent || !isUnknownOutcome(failure) : rule.on.includes(failure),
  );
}

/** Milliseconds before further attempt number `before + 1`. Jitter takes up to half, so that many do not come back at once. */
export function delayOf(rule: RetryRule, before: number, random: number): number {
  const grown = Math.min(rule.delay * rule.backoff ** before, rule.maxDelay);
  return Math.round(rule.jitter ? grown * (1 - random / 2) : grown);
}

/** Counts again, from the events of a run that is opened: which rules were used how often. */
export function retriesUsedIn(
  events: readonly RunEvent[],
  steps: ReadonlyMap<StepKey, Step>,
): Map<StepKey, RetriesUsed> {
  const used = new Map<StepKey, RetriesUsed>();
  const idempotent = new Map<StepKey, boolean>();
  /** The call of the step's agent that must not be made twice and did not end. */
  const inFlight = new Map<StepKey, number>();
  for (const event of events) {
    if (event.type === 'step-started') {
      idempotent.set(event.step, event.idempotent);
      inFlight.delete(event.step);
    }
    noteInFlight(inFlight, event);
    if (event.type !== 'step-failed' || event.retryAt === undefined) continue;
    const step = steps.get(event.step);
    const rules = step?.retry ?? [];
    const isClear = step?.idempotent === true || !inFlight.has(event.step);
    const index = ruleFor(rules, event.error.class, isClear && (idempotent.get(event.step) ?? false));
    const counts = used.get(event.step) ?? [];
    used.set(
      event.step,
      rules.map((_, at) => (counts[at] ?? 0) + (at === index ? 1 : 0)),
    );
  }
  return used;
}

/** Calls that must not be made twice are made one after the other: there is one at most. */
function noteInFlight(inFlight: Map<StepKey, number>, event: RunEvent): void {
  if (event.type === 'tool-started' && !event.idempotent) inFlight.set(event.step, event.call);
  if (event.type === 'tool-completed' && inFlight.get(event.step) === event.call) inFlight.delete(event.step);
}
