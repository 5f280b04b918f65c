import { CancelledError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { Event } from '../../base/emitter';

/** The promise's own end, or `CancelledError` as soon as the signal fires, whatever the promise does then. */
export function orCancelled<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(cancelled(signal));
    if (signal.aborted) {
      promise.catch(() => {});
      return onAbort();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener('abort', onAbort);
        if (signal.aborted) reject(cancelled(signal));
        else resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** Why the signal fired, as an error that is never taken for a failure. */
export function cancelled(signal: AbortSignal): CancelledError {
  return signal.reason instanceof CancelledError ? signal.reason : new CancelledError();
}

/** Resolves after the time or when the event fires, whichever is first; rejects with `CancelledError` when cancelled before. */
export function waitFor(
  clock: Clock,
  delayMs: number,
  event: Event<void>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled(signal));
    const end = (finish: () => void) => {
      timer.dispose();
      listener.dispose();
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    const onAbort = () => end(() => reject(cancelled(signal)));
    const timer = clock.after(delayMs, () => end(resolve));
    const listener = event(() => end(resolve));
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
