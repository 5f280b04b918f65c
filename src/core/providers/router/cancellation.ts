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
  let isWaiting: ((error: CancelledError) => void) | undefined;
  const error = () => (signal.reason instanceof CancelledError ? signal.reason : new CancelledError());
  const onAbort = () => {
    isCancelled = true;
    isWaiting?.(error());
  };
  signal.addEventListener('abort', onAbort, { once: true });

  /** A call does one thing at a time: the one waiter is all there is. */
  const waiting = <T>(begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void) =>
    new Promise<T>((resolve, reject) => {
      if (isCancelled) return reject(error());
      const end = () => {
        isWaiting = undefined;
        stop();
      };
      isWaiting = (why) => {
        end();
        reject(why);
      };
      const stop = begin(
        (value) => {
          if (isCancelled) return;
          end();
          resolve(value);
        },
        (failure) => {
          if (isCancelled) return;
          end();
          reject(failure instanceof Error ? failure : new Error(String(failure)));
        },
      );
    });

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
      return waiting((resolve, reject) => {
        promise.then(resolve, reject);
        return () => {};
      });
    },
    wait: (clock, delayMs, event) =>
      waiting((resolve) => {
        const timer = clock.after(delayMs, () => resolve());
        const listener = event(() => resolve());
        return () => {
          timer.dispose();
          listener.dispose();
        };
      }),
    dispose: () => signal.removeEventListener('abort', onAbort),
  };
}
