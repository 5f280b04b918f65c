import type { JsonObject, JsonValue } from '../base/json';
import type { ArtifactRef } from './artifact';
import type { AgentName, Sha256, StepKey } from './ids';

/** One file that a call changed. Both sides are kept, so that it can be shown and undone. */
export interface FileChange {
  /** Relative to the workspace, forward slashes. */
  readonly path: string;
  /** Absent: the file did not exist. */
  readonly before?: ArtifactRef;
  /** Absent: the file was deleted. */
  readonly after?: ArtifactRef;
}

/** What a call would leave a file as, known before it is made. */
export interface PlannedFile {
  /** Relative to the workspace, forward slashes. */
  readonly path: string;
  /** Absent: the file does not exist. */
  readonly before?: Sha256;
  /** Absent: the file is deleted. */
  readonly after?: Sha256;
}

/** Why a call may be made: policy's rule, or the decision of a person. */
export interface Permit {
  /** Stable and kebab-case: "inside-writes", "asked", "allowed-for-this-run". */
  readonly rule: string;
  /** One sentence for people. */
  readonly why: string;
}

/** Who made a call come to nothing before it did anything. tool: the arguments were wrong; bounds: the step has used up its calls. */
export type Refuser = 'policy' | 'person' | 'tool' | 'bounds';

/** What came of a call, as the model is told it. */
export interface ToolResult {
  /** Bounded by the tool. */
  readonly text: string;
  readonly isError: boolean;
  /** True when the text holds what others wrote: data, never instructions. */
  readonly isForeign: boolean;
  /** True when what holds keys was read, or when a file was written by an agent that had read such. */
  readonly readsSecrets?: true;
  readonly refused?: { readonly by: Refuser; readonly rule: string };
  /** For people and later steps, where there is more than the text. */
  readonly data?: JsonValue;
}

/** A call that a person is asked about, whole: what the decision is bound to is `hash`. */
export interface AskedCall {
  /** Which call of the step this is: the same in an attempt that is made again. */
  readonly key: Sha256;
  readonly agent: AgentName;
  readonly tool: string;
  /** Policy's rule, and its sentence for people. */
  readonly rule: string;
  readonly why: string;
  /** As the tool shows it: the exact command, the diffs, the resolved path. */
  readonly shown: JsonObject;
  /** Everything it would touch, resolved (`Effect`s). */
  readonly effects: readonly JsonObject[];
  /** Of tool, effects and what is shown: SHA-256 of their canonical JSON. */
  readonly hash: Sha256;
  /** Files that can be refused one by one while the others of the call are written; absent where that makes no sense. */
  readonly files?: readonly string[];
  /** What "Allow for this run" would allow from now on (`Allowance`s), and a sentence that says it. Absent: it is not offered. */
  readonly forRun?: { readonly says: string; readonly allowances: readonly JsonObject[] };
}

/** What a person is asked by an agent at work. */
export type ToolQuestion =
  | { readonly kind: 'policy'; readonly calls: readonly AskedCall[] }
  /** The call had begun when the program ended: it may have happened. */
  | { readonly kind: 'uncertain'; readonly calls: readonly [AskedCall]; readonly message: string };

/** How a person answered about one call. */
export type CallAnswer =
  | {
      readonly type: 'allow';
      /** Holds for exactly what was shown. */
      readonly hash: Sha256;
      /** Of its files, those that are left as they are, and why. */
      readonly without: readonly string[];
      readonly comment?: string;
    }
  | { readonly type: 'refuse'; readonly comment?: string }
  /** An uncertain one is made again. */
  | { readonly type: 'again' }
  /** It happened: this is what came of it, as far as the person says. */
  | { readonly type: 'happened'; readonly value?: JsonValue };

/**
 * The value of a decision that approves a `policy` question: absent fields mean that all of it is allowed, once.
 * Refusing all of it is the action `retry`, with a comment for the agent: it goes on without.
 */
export interface PolicyAnswer {
  readonly forRun?: boolean;
  /** Keys of calls that are refused. */
  readonly refuse?: readonly Sha256[];
  /** Paths that are left as they are, by the key of their call. */
  readonly without?: Readonly<Record<Sha256, readonly string[]>>;
}

/** A call of a tool, as the state of a run shows it. */
export interface ToolCall {
  readonly step: StepKey;
  readonly attempt: number;
  /** From 1 within the attempt. */
  readonly call: number;
  readonly key: Sha256;
  /** Who made it: the step's agent, or one that it asked. */
  readonly agent: AgentName;
  readonly tool: string;
  /** Large ones as a stand-in. */
  readonly arguments: JsonValue;
  readonly permit: Permit;
  /** Present when doing it twice does no harm. */
  readonly idempotent?: true;
  /** interrupted: it had begun when the program ended, and what came of it is not known. */
  readonly status: 'running' | 'done' | 'failed' | 'refused' | 'interrupted';
  /** The beginning of what the model was told; at most `LONGEST_PREVIEW` characters. */
  readonly preview?: string;
  readonly refused?: ToolResult['refused'];
  readonly changes?: readonly FileChange[];
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** Characters of an outcome that the state of a run keeps; all of it is in the events. */
export const LONGEST_PREVIEW = 600;
