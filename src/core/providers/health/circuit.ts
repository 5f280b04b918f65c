import { circuitBreaker, CircuitState, handleWhenResult, type IBackoff, type IBreaker } from 'cockatiel';
import type { Clock } from '../../base/clock';
import type { OutcomeWindow } from './outcome-window';

/** How one attempt ended, for the circuit: failed counts against it; stopped (cancelled, no money) says nothing. */
export interface CircuitResult {
  readonly circuit: 'answered' | 'failed' | 'stopped';
}

/** closed: may be asked; open: not before `until` (monotonic, milliseconds); probing: one request finds out whether it is back. */
export type CircuitView =
  | { readonly status: 'closed' }
  | { readonly status: 'open'; readonly until: number }
  | { readonly status: 'probing' };

/** While it is closed, requests go past it and it is told of those that fail; else each is the one probe. */
export interface Circuit {
  readonly isClosed: boolean;
  view(): CircuitView;
  /** A request that left while it was closed has failed, and stands in the window. Resolves when the circuit has opened, if it does. */
  failed(): Promise<void>;
  /** Runs one request as the probe. To be called only when `view` says open, until a time that has come. */
  probe<T extends CircuitResult>(request: () => Promise<T>): Promise<T>;
}

const CLOSED: CircuitView = { status: 'closed' };
const FAILED: CircuitResult = { circuit: 'failed' };
/** At and above it, the circuit opens. */
const TOO_MANY_ERRORS = 0.5;
const FIRST_OPEN_MS = 10_000;
const LONGEST_OPEN_MS = 60_000;

/**
 * The circuit breaker of one provider's model. The states and the single probe are cockatiel's. Its samplers and its opening
 * time read the wall clock, which may jump and cannot be simulated; so the sample is `window`, and its comparison with
 * `Date.now()` is given a duration that is endless until the monotonic clock says that the time has come.
 */
export function createCircuit(clock: Pick<Clock, 'monotonic'>, window: OutcomeWindow): Circuit {
  let until = 0;
  const breaker: IBreaker = {
    state: undefined,
    success(state) {
      // What failed before the probe says nothing about now.
      if (state === CircuitState.HalfOpen) window.clear();
    },
    failure: (state) => state !== CircuitState.Closed || (window.errorRate ?? 0) >= TOO_MANY_ERRORS,
  };
  const openFor = (length: number): IBackoff<{ readonly result: unknown }> => ({
    get duration() {
      return clock.monotonic() < until ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    },
    next({ result }) {
      // A probe that was stopped leaves the next one its turn.
      if (isStopped(result)) return openFor(length);
      const longer = Math.min(length * 2, LONGEST_OPEN_MS);
      until = clock.monotonic() + longer;
      return openFor(longer);
    },
  });
  const policy = circuitBreaker(
    handleWhenResult((result) => (result as CircuitResult).circuit !== 'answered'),
    { breaker, halfOpenAfter: { next: (context) => openFor(FIRST_OPEN_MS / 2).next(context) } },
  );
  return {
    get isClosed() {
      return policy.state === CircuitState.Closed;
    },
    view() {
      if (policy.state === CircuitState.Closed) return CLOSED;
      return policy.state === CircuitState.Open ? { status: 'open', until } : { status: 'probing' };
    },
    async failed() {
      // Others may have opened it meanwhile.
      if (policy.state === CircuitState.Closed) await policy.execute(() => Promise.resolve(FAILED));
    },
    probe: (request) => policy.execute(request),
  };
}

function isStopped(result: unknown): boolean {
  const value = (result as { readonly value?: unknown }).value as CircuitResult | undefined;
  return value?.circuit === 'stopped';
}
