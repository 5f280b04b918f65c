import { throwIfAborted } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { BatonError } from '../../model/errors';

/**
 * The result of work, if it comes in time. What the work is given is aborted when the time is over or `signal` fires, and nobody
 * waits for it any longer. Rejects with "mcp-timeout", or with the signal's reason.
 */
export function within<T>(
  clock: Clock,
  milliseconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    throwIfAborted(signal);
    // Never aborted after the work is done: whoever listens would take back what is over.
    const ending = new AbortController();
    const settle = (how: () => void) => {
      timer.dispose();
      signal.removeEventListener('abort', onAbort);
      how();
    };
    const giveUp = (reason: Error) => {
      settle(() => reject(reason));
      ending.abort(reason);
    };
    const onAbort = () => giveUp(signal.reason as Error);
    const timer = clock.after(milliseconds, () =>
      giveUp(new BatonError('mcp-timeout', `did not answer within ${milliseconds / 1_000} s`)),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    work(ending.signal).then(
      (value) => settle(() => resolve(value)),
      (error: Error) => settle(() => reject(error)),
    );
  });
}
