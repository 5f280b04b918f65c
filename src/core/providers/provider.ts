/* The port that every provider implements, one adapter each. `test/contract/chat-provider.ts` holds what all of them must do. */
import type { JsonObject, JsonValue } from '../base/json';
import type { Sha256 } from '../model/ids';
import type { CallUsage, CutInput, ModelRef, ProviderName } from '../model/model-call';

export interface ChatProvider {
  readonly name: ProviderName;
  /**
   * Asks once; nothing is retried here. Resolves only with an answer that the provider's terminal event proves to be whole.
   * Rejects with a `ProviderError` for everything else, and with `CancelledError` as soon as `signal` fires (never a timeout),
   * whatever the vendor's package does about it: nobody else watches over that.
   */
  chat(request: ChatRequest, options: ChatOptions): Promise<ChatAnswer>;
  /** Whether the provider answers and takes the key, without spending tokens. Rejects like `chat`. */
  healthCheck(signal: AbortSignal): Promise<HealthReport>;
  /** Ids of the models that the account or server offers. */
  models(signal: AbortSignal): Promise<readonly OfferedModel[]>;
  /** Input tokens of a request where the provider can count them for nothing; undefined where it cannot. */
  countTokens?(request: ChatRequest, signal: AbortSignal): Promise<number | undefined>;
}

export interface ChatRequest {
  readonly model: string;
  readonly system?: string;
  /** Begins with a user message; roles alternate (tool results count as the user's). */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDeclaration[];
  /** Default: auto when there are tools. */
  readonly toolChoice?: 'auto' | 'none' | 'required';
  /** The answer is one JSON document that fits the schema. */
  readonly output?: { readonly name: string; readonly schema: JsonObject };
  readonly maxOutputTokens: number;
  /** 0 to 1. */
  readonly temperature?: number;
}

export type ChatMessage =
  | { readonly role: 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      /** What only the model that wrote it understands (signed thinking, thought signatures); no other one is shown it. */
      readonly opaque?: Opaque;
    }
  | { readonly role: 'tool'; readonly results: readonly ToolResult[] };

export interface Opaque {
  readonly provider: ProviderName;
  /** The id that was asked for. Vendors refuse what another of their models has signed. Absent in records of before: nobody's. */
  readonly model?: string;
  /** Worth nothing once anything that was said before it, or a tool that was offered, is another: the vendor refuses it then. */
  readonly isBound?: true;
  /** Which tools were offered; see `isBound`. */
  readonly tools?: Sha256;
  readonly data: JsonValue;
}

/** Whether this is the model that wrote it. */
export function isOf({ provider, model }: Opaque, reader: ModelRef): boolean {
  return provider === reader.provider && model === reader.model;
}

export interface ToolDeclaration {
  /** Letters, digits, underscores and hyphens, at most 64. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of one object, in the part of it that all vendors take: no $ref, no oneOf. */
  readonly parameters: JsonObject;
}

export interface ToolCall {
  /** Given by the provider, or made up by the adapter where it gives none; unique within a conversation. */
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonObject;
}

export interface ToolResult {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isError: boolean;
}

export interface ChatOptions {
  readonly signal: AbortSignal;
  /** False: one whole response instead of a stream. The answer is the same. */
  readonly stream: boolean;
  readonly timeouts: ChatTimeouts;
  /** Text is void when the call then fails. */
  readonly onEvent?: (event: ChatEvent) => void;
}

/** Milliseconds. All three end the call with fault "timeout". */
export interface ChatTimeouts {
  /** Until the response's first byte. */
  readonly firstByte: number;
  /** Between two events that carry content; pings are life for the connection, not for the answer. */
  readonly idle: number;
  readonly total: number;
}

export type ChatEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  /** As told so far; the answer's own is final. */
  | { readonly type: 'usage'; readonly usage: CallUsage };

export interface ChatAnswer {
  /**
   * complete: text that is not empty (where JSON was asked for: what the model gave as such, unchecked); tool-calls: at least one, each with whole arguments;
   * length: cut by the token limit, its tool calls are dropped; paused: the provider wants to go on with the same conversation.
   */
  readonly finish: 'complete' | 'tool-calls' | 'length' | 'paused';
  /** The vendor's word for it. */
  readonly rawFinish: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** Without `usd`: prices are the router's business. Estimated where the provider says nothing. */
  readonly usage: CallUsage;
  /** As the provider names it, which may be more exact than what was asked for. */
  readonly model: string;
  readonly requestId?: string;
  /** Known to the router, which looks at what was sent beside what was read. */
  readonly cutInput?: CutInput;
  /** Milliseconds until the provider takes the next request, where its rate headers say that none remains now. */
  readonly restMs?: number;
  readonly opaque?: Opaque;
}

export interface HealthReport {
  /** Milliseconds until the answer. */
  readonly latencyMs: number;
  /** For people: "12 models offered". */
  readonly detail: string;
}

export interface OfferedModel {
  readonly id: string;
  readonly title?: string;
  /** Tokens. */
  readonly context?: number;
}
