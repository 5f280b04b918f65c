import type { StepKey } from './ids';

/** How workflows, settings and people call a provider: "claude", "gemini", "openai", "vscode", or a compatible server's own name. */
export type ProviderName = string;

export interface ModelRef {
  readonly provider: ProviderName;
  /** The vendor's id of the model. */
  readonly model: string;
}

/**
 * Why a request to a provider came to nothing. The first nine say that the provider failed, and count for its circuit breaker where
 * `fault-policy` says so; the rest say that the request, the key or the answer is what it is.
 */
export type CallFault =
  | 'rate-limited'
  | 'overloaded'
  | 'server'
  | 'network'
  | 'timeout'
  /** The stream ended, or broke, before the event that proves an answer complete. */
  | 'incomplete'
  /** Not what the vendor's protocol says: HTML, an empty object, bad JSON. */
  | 'invalid-response'
  | 'malformed-tool-call'
  | 'not-the-provider'
  /** No money, a spend limit, a day's quota: waiting does not help. */
  | 'quota'
  | 'auth'
  | 'model-gone'
  | 'context-too-long'
  | 'content-blocked'
  | 'invalid-request'
  | 'tls'
  | 'proxy';

/** Tokens and money of one or more calls. `usd` is absent when a model has no known price, never 0 for that reason. */
export interface CallUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input: read from the vendor's own prompt cache. */
  readonly cachedInputTokens?: number;
  readonly usd?: number;
  /** True when the provider did not say, and it was counted or assumed here. */
  readonly estimated: boolean;
}

/** A request of which its server read a part only: the answer is to something else than was asked. Tokens. */
export interface CutInput {
  /** As the server told. */
  readonly read: number;
  /** Estimated. */
  readonly sent: number;
}

/** What a call may cost at most: held back before it leaves. */
export interface WorstCase {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Absent: the model has no known price. */
  readonly usd?: number;
}

/** Caps of one run. */
export interface Budget {
  readonly usd?: number;
  readonly tokens?: number;
  /** Of working time. */
  readonly minutes?: number;
}

/** What a budget gate asks: shown, and therefore bound by its hash. */
export interface BudgetQuestion {
  /** run: `config.budget`; day: the person's cap for a day; price: a model without a known price under a cap in money. */
  readonly scope: 'run' | 'day' | 'price';
  readonly unit: 'usd' | 'tokens' | 'minutes';
  readonly cap: number;
  readonly spent: number;
  /** Held back by calls that are under way. */
  readonly reserved: number;
  /** The worst case of the call that did not fit. */
  readonly needed: number;
  /** The cap after "approve". */
  readonly raiseTo: number;
  readonly model: ModelRef;
}

/** What a run has spent so far, folded from its calls. */
export interface Spending {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the calls whose price is known. */
  readonly usd: number;
  readonly calls: number;
  /** Calls answered from the response cache: they cost nothing. */
  readonly cachedCalls: number;
  /** True when a part of it was not told by a provider. */
  readonly estimated: boolean;
  /** Models that were called and have no known price. */
  readonly unpriced: readonly string[];
}

/** One call of a step as its events tell it. */
export interface ModelCall {
  readonly step: StepKey;
  readonly attempt: number;
  /** From 1 within the attempt. */
  readonly call: number;
  /** lost: its attempt ended before an answer was recorded; booked at its worst case. */
  readonly status: 'asked' | 'answered' | 'failed' | 'lost';
  /** Who was asked last; once answered: who answered. */
  readonly chosen: ModelRef;
  readonly chain: readonly ModelRef[];
  readonly why: string;
  /** Requests that came to nothing, in order: "Claude overloaded, answered by Gemini". */
  readonly failures: readonly {
    readonly model: ModelRef;
    readonly fault: CallFault;
    readonly message: string;
    /** What it may have cost nevertheless. */
    readonly usage?: CallUsage;
  }[];
  /** Wall clock, milliseconds: until then nobody is asked, because the last failure said so. May lie in the past. */
  readonly waitUntil?: number;
  /** Held back while it is asked. */
  readonly reserved?: WorstCase;
  readonly usage?: CallUsage;
  readonly cutInput?: CutInput;
  readonly cached?: true;
  readonly latencyMs?: number;
  readonly askedAt: number;
  readonly endedAt?: number;
}

export const nothingSpent: Spending = {
  inputTokens: 0,
  outputTokens: 0,
  usd: 0,
  calls: 0,
  cachedCalls: 0,
  estimated: false,
  unpriced: [],
};
