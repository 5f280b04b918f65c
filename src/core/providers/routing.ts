/* The port between agents and the router: what is asked for, what is told meanwhile, what money may be used. */
import type {
  BudgetQuestion,
  CallFault,
  CallUsage,
  ModelRef,
  ProviderName,
  WorstCase,
} from '../model/model-call';
import { BatonError } from '../model/errors';
import { unansweredInWords, type Unanswered } from '../model/unanswered';
import type { ChatAnswer, ChatRequest } from './provider';

/** What a step wants of its model. */
export interface RouteWish {
  /** Ordered; absent: every enabled provider by priority. */
  readonly providers?: readonly ProviderName[];
  /** Model id, or "provider/model". */
  readonly model?: string;
  readonly routing?: 'priority' | 'cheapest' | 'fastest';
  readonly needs: {
    readonly tools: boolean;
    readonly structuredOutput: boolean;
    /** Tokens of the request and of its longest answer together. */
    readonly context: number;
  };
}

/** Who could be asked, first choice first, or why nobody can. */
export type Route =
  | { readonly chain: readonly ModelRef[]; readonly why: string; readonly warnings: readonly string[] }
  | { readonly none: string };

export interface RoutedCall {
  readonly wish: RouteWish;
  /** Without the model: that is what the router chooses. */
  readonly request: Omit<ChatRequest, 'model'>;
  readonly signal: AbortSignal;
  readonly purse: Purse;
  /** Text as it comes; `onVoid` takes back what was told since the call began. */
  readonly onText: (text: string) => void;
  readonly onVoid: (why: string) => void;
  readonly onUsage?: (usage: CallUsage) => void;
  /** Awaited: a request leaves only when the decision to send it is recorded. */
  readonly onEvent: (event: RouterEvent) => Promise<void>;
}

export interface RoutedAnswer {
  readonly answer: ChatAnswer;
  readonly model: ModelRef;
  /** Priced, where the model has a price. */
  readonly usage: CallUsage;
  readonly latencyMs: number;
  /** Requests that left for this call. */
  readonly requests: number;
}

export type RouterEvent =
  | {
      readonly type: 'routing-decision';
      readonly chosen: ModelRef;
      /** What remains, the chosen one first. */
      readonly chain: readonly ModelRef[];
      readonly why: string;
      /** Held back for it. */
      readonly reserved: WorstCase;
    }
  | {
      readonly type: 'success';
      readonly model: ModelRef;
      /** Which request of this call it was, from 1. */
      readonly attempt: number;
      readonly latencyMs: number;
      readonly usage: CallUsage;
    }
  | {
      readonly type: 'error';
      readonly model: ModelRef;
      readonly attempt: number;
      readonly fault: CallFault;
      readonly message: string;
      /** What follows: the same provider again after a wait, the next one, or nothing. */
      readonly next: 'retry' | 'fallback' | 'give-up';
      readonly waitMs: number;
      /** What it may have cost nevertheless. */
      readonly usage?: CallUsage;
    };

export interface ModelRouter {
  /** Under 0.05 ms; asks nobody. */
  route(wish: RouteWish): Route;
  /**
   * One answer, or a `BatonError`: "no-provider" and "providers-failed" (all that could be asked failed; never retryable, for
   * this was the retrying), both a `NobodyAnswered`; "over-budget" (an `OverBudget`), "content-blocked", "context-too-long"; or
   * `CancelledError`.
   */
  ask(call: RoutedCall): Promise<RoutedAnswer>;
}

/** Holds money back before a call and books what it took. One per step attempt; all of a run share its caps. */
export interface Purse {
  /**
   * Resolves when the worst case fits the caps beside everything else that is held back; throws `OverBudget`. Rejects as soon as
   * the signal fires, and then holds nothing.
   */
  reserve(model: ModelRef, worst: WorstCase, signal: AbortSignal): Promise<Reservation>;
}

export interface Reservation {
  /** Books what a request took; what was held back beyond it is free again. At most once; later calls change nothing. */
  settle(usage: CallUsage): Promise<void>;
  /** Nothing was spent. */
  release(): Promise<void>;
}

/** "no-provider" or "providers-failed": who was asked and what became of it, who could not be asked and why. */
export class NobodyAnswered extends BatonError {
  constructor(
    code: 'no-provider' | 'providers-failed',
    /** "No model answered" */
    start: string,
    readonly reasons: readonly Unanswered[],
  ) {
    super(code, `${start}${reasons.length === 0 ? '' : `: ${unansweredInWords(reasons)}`}.`);
  }
}

/** The reasons of such an error; none for every other one. */
export function reasonsOf(error: unknown): readonly Unanswered[] {
  return error instanceof NobodyAnswered ? error.reasons : [];
}

export class OverBudget extends BatonError {
  constructor(readonly question: BudgetQuestion) {
    super('over-budget', 'The budget does not allow this call.');
  }
}

/**
 * What makes two requests identical, for the response cache and for answers that an interrupted attempt left: everything of the
 * request that a model is told, for all of it changes the answer.
 */
export interface RequestIdentity extends Omit<ChatRequest, 'model'> {
  readonly wish: Pick<RouteWish, 'providers' | 'model'>;
}
