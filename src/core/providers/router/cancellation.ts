import { CancelledError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import type { Event } from '../../base/emitter';

/** One call's signal. However many things the call waits for, it listens to the signal once. */
export interface Cancellation extends Disposable {
  readonly isCancelled: boolean;
  /** Why the signal fired, as an error that is never taken for a failure. */
  error(): CancelledError;
  throwIfCancelled(): void;
  /** The promise's own end, or `CancelledError` as soon as the signal fires, whatever the promise does then. */
  orCancelled<T>(promise: Promise<T>): Promise<T>;
  /** Resolves after the time or when the event fires, whichever is first. Rejects with `CancelledError` as soon as the signal fires. */
  wait(clock: Clock, delayMs: number, event: Event<void>): Promise<void>;
}

export function cancellationBy(signal: AbortSignal): Cancellation {
  // Read once and kept: reading the signal itself is dear, and it is asked about often.
  let isCancelled = signal.aborted;
  // A call does one thing at a time: the one waiter is all there is.
  let isWaiting: ((error: CancelledError) => void) | undefined;
  const error = () => (signal.reason instanceof CancelledError ? signal.reason : new CancelledError());
  const onAbort = () => {
    isCancelled = true;
    isWaiting?.(error());
  };
  signal.addEventListener('abort', onAbort, { once: true });

  return {
    get isCancelled() {
      return isCancelled;
    },
    error,
    throwIfCancelled() {
      if (isCancelled) throw error();
    },
    orCancelled(promise) {
      if (isCancelled) promise.catch(() => {});
      return new Promise((resolve, reject) => {
        if (isCancelled) return reject(error());
        isWaiting = reject;
        promise.then(
          (value) => {
            if (isCancelled) return;
            isWaiting = undefined;
            resolve(value);
          },
          (failure: unknown) => {
            if (isCancelled) return;
            isWaiting = undefined;
            reject(failure instanceof Error ? failure : new Error(String(failure)));
          },
        );
      });
    },
    wait: (clock, delayMs, event) =>
      new Promise((resolve, reject) => {
        if (isCancelled) return reject(error());
        const end = () => {
          isWaiting = undefined;
          timer.dispose();
          listener.dispose();
        };
        const go = () => {
          end();
          resolve();
        };
        isWaiting = (why) => {
          end();
          reject(why);
        };
        const timer = clock.after(delayMs, go);
        const listener = event(go);
      }),
    dispose: () => signal.removeEventListener('abort', onAbort),
  };
}
