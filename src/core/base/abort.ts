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
  if (signal.aborted) throw signal.reason instanceof Error ? signal.reason : new CancelledError();
}
