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

  /** Bundles that load when first needed bring a class of their own: an error of one of them is one for all of them. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== BatonError) return isOfClass(this, value);
    return (
      value instanceof Error &&
      'code' in value &&
      typeof value.code === 'string' &&
      'retryable' in value &&
      typeof value.retryable === 'boolean'
    );
  }
}

/** What `instanceof` says by itself: of classes below, each bundle knows its own. */
const isOfClass = (type: object, value: unknown): boolean =>
  Function.prototype[Symbol.hasInstance].call(type as () => void, value);

/** For logs and records: the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
