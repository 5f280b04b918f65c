import { CancelledError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import type { Event } from '../../base/emitter';

/** One call's signal. However many things the call waits for, it listens to the signal once, until it is disposed. */
export class Cancellation implements Disposable {
  /** Read once and kept: reading the signal itself is dear, and it is asked about often. */
  isCancelled: boolean;
  /** A call does one thing at a time: the one waiter is all there is. */
  private waiting: ((error: CancelledError) => void) | undefined;

  constructor(private readonly signal: AbortSignal) {
    this.isCancelled = signal.aborted;
    signal.addEventListener('abort', this.onAbort);
  }

  private readonly onAbort = (): void => {
    this.isCancelled = true;
    this.waiting?.(this.error());
  };

  /** Why the signal fired, as an error that is never taken for a failure. */
  error(): CancelledError {
    const reason: unknown = this.signal.reason;
    return reason instanceof CancelledError ? reason : new CancelledError();
  }

  throwIfCancelled(): void {
    if (this.isCancelled) throw this.error();
  }

  /** The promise's own end, or `CancelledError` as soon as the signal fires, whatever the promise does then. */
  orCancelled<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.isCancelled) {
        promise.catch(() => {});
        reject(this.error());
        return;
      }
      // What the promise comes to later changes nothing about a promise that was rejected meanwhile.
      this.waiting = reject;
      promise.then(resolve, reject);
    });
  }

  /** Resolves after the time or when the event fires, whichever is first. Rejects with `CancelledError` as soon as the signal fires. */
  wait(clock: Clock, delayMs: number, event: Event<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isCancelled) return reject(this.error());
      const end = () => {
        this.waiting = undefined;
        timer.dispose();
        listener.dispose();
      };
      const go = () => {
        end();
        resolve();
      };
      this.waiting = (why) => {
        end();
        reject(why);
      };
      const timer = clock.after(delayMs, go);
      const listener = event(go);
    });
  }

  dispose(): void {
    this.signal.removeEventListener('abort', this.onAbort);
  }
}
