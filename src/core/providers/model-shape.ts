/** Kinds of providers whose models the table knows. */
export type Vendor = 'anthropic' | 'gemini' | 'openai';

/** US dollars per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Input that the vendor's own prompt cache already held. */
  readonly cachedInput?: number;
  /** Input that the vendor's cache keeps for later, where that costs more than `input`. */
  readonly cacheWrite?: number;
  /** For the whole of a request whose input is longer than `over` tokens. */
  readonly longPrompt?: { readonly over: number } & Omit<ModelPrice, 'longPrompt'>;
}

export interface ModelFacts {
  /** The vendor's id, as requests name it. */
  readonly id: string;
  /** Other ids that the vendor takes for the very same model. */
  readonly aliases?: readonly string[];
  readonly vendor: Vendor;
  /** For people. */
  readonly title: string;
  /** As of `asOf`; deprecated: still answers, until `endsOn`. */
  readonly status: 'current' | 'deprecated' | 'retired';
  /** The day the vendor ends it, or ended it: "2026-11-30". */
  readonly endsOn?: string;
  /** Id of the model to use in its place. */
  readonly successor?: string;
  /** Tokens of a request and its answer together. Infinity: not known. */
  readonly context: number;
  /** Tokens of one answer, thinking included. Infinity: not known. */
  readonly maxOutput: number;
  readonly price?: ModelPrice;
  /** A price that the vendor has announced, and the day it begins. */
  readonly laterPrice?: { readonly from: string } & ModelPrice;
  readonly abilities: {
    readonly tools: boolean;
    /** Answers that fit a JSON Schema, held to it by the vendor. */
    readonly structuredOutput: boolean;
    /** False: requests with a temperature of their own are refused. */
    readonly temperature: boolean;
    /** True: over Chat Completions its tools work only with `reasoning_effort: "none"`. */
    readonly toolsWithoutReasoning?: true;
    /** False: it cannot be made to use a tool, only offered some; asking for more is refused. */
    readonly forcedTools?: false;
  };
  /** Where the facts were read, and the last day on which they are known to have been true. */
  readonly source: string;
  readonly asOf: string;
}
