import { BatonError } from '../model/errors';
import type { CallFault, CallUsage, ProviderName } from '../model/model-call';

export interface ProviderErrorFacts {
  readonly provider: ProviderName;
  readonly fault: CallFault;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** How long the provider asks to be left alone. Milliseconds; from Retry-After, the vendor's reset headers or its body. */
  readonly retryAfterMs?: number;
  /** The vendor's own code or type, for the log. */
  readonly raw?: string;
  /** What it may have cost nevertheless: a stream that broke after it began. */
  readonly usage?: CallUsage;
  readonly requestId?: string;
}

/** A request that came to nothing, classified by the adapter that saw it. Its message never holds a key or a request body. */
export class ProviderError extends BatonError {
  readonly facts: ProviderErrorFacts;

  constructor(facts: ProviderErrorFacts, message: string, cause?: unknown) {
    super(`provider-${facts.fault}`, message, cause === undefined ? {} : { cause });
    this.facts = facts;
  }
}

/**
 * The facts of a provider's error, undefined for every other one. Adapters are bundles of their own, whose classes are not
 * this one's: told apart by code and shape, never by `instanceof`.
 */
export function factsOf(error: unknown): ProviderErrorFacts | undefined {
  if (!(error instanceof Error) || !('facts' in error) || !('code' in error)) return undefined;
  if (typeof error.code !== 'string' || !error.code.startsWith('provider-')) return undefined;
  return error.facts as ProviderErrorFacts;
}
