import { woken } from './abort';
import type { Disposable } from './disposable';

/** Time as the core sees it, so that a whole run can be simulated. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. May jump; used for deadlines that outlive the process and for display. */
  now(): number;
  /** Milliseconds that never jump; used for durations. */
  monotonic(): number;
  /** Calls back once after `delayMs` (any length, also beyond 2^31 - 1). Dispose to cancel. */
  after(delayMs: number, callback: () => void): Disposable;
}

const LONGEST_TIMER = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    let timer: ReturnType<typeof setTimeout>;
    const end = performance.now() + delayMs;
    // setTimeout fires at once when asked for more than 2^31 - 1 ms, so a long wait is cut into pieces.
    const wait = () => {
      const left = end - performance.now();
      timer = setTimeout(
        () => (left > LONGEST_TIMER ? wait() : callback()),
        Math.max(0, Math.min(left, LONGEST_TIMER)),
      );
    };
    wait();
    return { dispose: () => clearTimeout(timer) };
  },
};

/** Resolves after `delayMs`; rejects with the signal's reason when aborted first. */
export function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return woken(signal, (wake) => {
    const timer = clock.after(delayMs, wake);
    return () => timer.dispose();
  });
}
