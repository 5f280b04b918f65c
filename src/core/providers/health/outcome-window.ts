import type { Clock } from '../../base/clock';

export interface OutcomeWindow {
  add(isFailure: boolean): void;
  /** Requests that ended within the window. */
  readonly samples: number;
  /** 0 to 1; undefined with too few of them to say anything. */
  readonly errorRate: number | undefined;
  clear(): void;
}

/** Requests remembered at most: a busy minute has more, and older ones of it say no more than these. */
const MOST = 200;

/** How the requests of the last `lengthMs` ended. Counts with the monotonic clock: a wall clock that jumps changes nothing. */
export function createOutcomeWindow(
  clock: Pick<Clock, 'monotonic'>,
  { lengthMs, minimum }: { readonly lengthMs: number; readonly minimum: number },
): OutcomeWindow {
  let outcomes: { readonly at: number; readonly isFailure: boolean }[] = [];
  const recent = () => {
    const from = clock.monotonic() - lengthMs;
    const first = outcomes.findIndex(({ at }) => at > from);
    if (first !== 0) outcomes = first < 0 ? [] : outcomes.slice(first);
    if (outcomes.length > MOST) outcomes = outcomes.slice(-MOST);
    return outcomes;
  };
  return {
    add(isFailure) {
      outcomes.push({ at: clock.monotonic(), isFailure });
      // Not one at a time: taking the first one off a long list is dear, and each request would pay it.
      if (outcomes.length > 2 * MOST) outcomes = outcomes.slice(-MOST);
    },
    get samples() {
      return recent().length;
    },
    get errorRate() {
      const all = recent();
      if (all.length < minimum) return undefined;
      return all.filter(({ isFailure }) => isFailure).length / all.length;
    },
    clear() {
      outcomes = [];
    },
  };
}
