import type { CallUsage } from '../../model/model-call';
import { estimateRequest, estimateTokens } from '../pricing';
import type { ChatRequest } from '../provider';

/** Tokens as a vendor told them; what it did not tell, or told as something that is no amount, is missing. */
export interface ToldUsage {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cached?: number | undefined;
}

/** Amounts that a vendor told, taken as they are; anything else is undefined. */
export function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
}

/**
 * The usage of a call, estimated where the vendor was silent, or says 0 of what was not nothing. `seen` is how much of the answer
 * came, thoughts and calls included.
 */
export function usageOf(told: ToldUsage, request: ChatRequest, seen: () => string): CallUsage {
  const { cached } = told;
  const input = told.input === 0 ? undefined : told.input;
  const output = told.output === 0 && seen() !== '' ? undefined : told.output;
  return {
    inputTokens: input ?? estimateRequest(request),
    outputTokens: output ?? estimateTokens(seen()),
    ...(cached !== undefined && cached > 0 && { cachedInputTokens: Math.min(cached, input ?? cached) }),
    estimated: input === undefined || output === undefined,
  };
}
