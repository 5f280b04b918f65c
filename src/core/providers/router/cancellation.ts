import { CancelledError, woken } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { Event } from '../../base/emitter';

/** Why the signal fired, as an error that is never taken for a failure. */
export function cancelledBy(signal: AbortSignal): CancelledError {
  const reason: unknown = signal.reason;
  return reason instanceof CancelledError ? reason : new CancelledError();
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelledBy(signal);
}

/** The promise's own end, or `CancelledError` as soon as the signal fires, whatever the promise does then. */
export function orCancelled<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = onCancelled(signal, reject);
    promise.then(resolve, reject).finally(end);
  });
}

/** Resolves after the time or when the event fires, whichever is first. Rejects with `CancelledError` as soon as the signal fires. */
export function pause(clock: Clock, delayMs: number, event: Event<void>, signal: AbortSignal): Promise<void> {
  const begin = (wake: () => void) => {
    const timer = clock.after(delayMs, wake);
    const listener = event(wake);
    return () => {
      timer.dispose();
      listener.dispose();
    };
  };
  return woken(signal, begin, cancelledBy);
}

/** Tells once that the signal fired, at once where it has. Gives what stops listening. */
function onCancelled(signal: AbortSignal, tell: (why: CancelledError) => void): () => void {
  const onAbort = () => tell(cancelledBy(signal));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}
