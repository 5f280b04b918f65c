/** A broken promise: something that should have worked did not. Expected outcomes are values, not errors. */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  /** Stable and kebab-case, e.g. "store-corrupt". */
  readonly code: string;
  /** Decided where the fact is known; nobody parses messages. */
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** For logs and records: the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
