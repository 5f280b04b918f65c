import { CancelledError } from '../../core/base/abort';

/**
 * Why the signal fired. The core is a bundle of its own with its own classes, and tells cancellation by class: hence its own
 * error, which the signal carries.
 */
export function cancelled(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === 'CancelledError' ? reason : new CancelledError();
}

/** The promise's own end, or cancellation as soon as the signal fires, whatever the promise does then. */
export async function orCancelled<Value>(waited: PromiseLike<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) throw cancelled(signal);
  let onAbort: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(cancelled(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([waited, stopped]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
