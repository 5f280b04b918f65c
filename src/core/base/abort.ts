/** The reason of a cancelled task. Cancellation is not a failure and is never logged as one. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor(message = 'Cancelled') {
    super(message);
  }

  /** Also one of another bundle, whose class is another. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== CancelledError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && value.name === 'CancelledError';
  }
}

/** A signal that never fires, for callers that cannot be cancelled. */
export const neverAborted: AbortSignal = new AbortController().signal;

/** @throws the signal's reason where it is an error, else `CancelledError` */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}

/**
 * Resolves when `begin`'s callback is called. Rejects with what `why` makes of the signal (as `throwIfAborted` throws) as soon as that
 * fires, and does not begin when it has. What `begin` gives back ends its timers and listeners; it is called in either case.
 */
export function woken(
  signal: AbortSignal,
  begin: (wake: () => void) => () => void,
  why: (signal: AbortSignal) => Error = reasonOf,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(why(signal));
    let end = () => {};
    let isOver = false;
    const over = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', onAbort);
      end();
      settle();
    };
    const onAbort = () => over(() => reject(why(signal)));
    signal.addEventListener('abort', onAbort, { once: true });
    end = begin(() => over(resolve));
    // It was woken before it could say how it is ended.
    if (isOver) end();
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new CancelledError();
}
