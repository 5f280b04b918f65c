/* The port of everything an agent may touch. A tool says first what a call would do; only then may it be done. */
import type { JsonObject, JsonValue } from '../base/json';
import type { Host } from '../host';
import type { ArtifactRef } from '../model/artifact';
import type { Sha256 } from '../model/ids';
import type { FileChange, PlannedFile } from '../model/tool-call';
import type { ToolDeclaration } from '../providers/provider';
import type { Effect } from './effect';

export interface Tool {
  readonly declaration: ToolDeclaration;
  /**
   * Checks the arguments and resolves all that the call would touch: links followed, addresses parsed, commands whole. Has no
   * effect. Throws a `BatonError` "tool-arguments" (told to the model, which may try again) or "tool-refused" (outside of what any
   * policy could allow: an escape, a private address).
   */
  prepare(args: JsonObject, scope: ToolScope): Promise<PreparedCall>;
}

/** Where a call happens. */
export interface ToolScope {
  readonly host: Host;
  /** Absolute real path of the workspace folder. */
  readonly workspace: string;
  /** Globs the step may write, as the file says them; absent: every write is asked. */
  readonly writes?: readonly string[];
  /** `RUN/STEP/ATTEMPT`, for processes. */
  readonly mark: string;
  /** Which call of the step this is (its key in `ToolLog`): the same in an attempt that goes on from an interrupted one. */
  readonly call?: Sha256;
  /** Longest that one command may run, milliseconds; absent: 10 minutes. */
  readonly longestCommandMs?: number;
  readonly putArtifact: (path: string, mediaType: string, data: Uint8Array | string) => Promise<ArtifactRef>;
  /** Paths that a person wants left as they are, relative to the workspace: a call that changes files leaves these out. */
  readonly without?: readonly string[];
}

export interface PreparedCall {
  /** Everything the call touches. Policy judges these and nothing else: no word of a model counts. */
  readonly effects: readonly Effect[];
  /** What a person is shown, whole: the exact command, the diff, the resolved path. Its hash binds the decision. */
  readonly shown: JsonObject;
  /** True when doing it twice does no harm (reads, searches). */
  readonly idempotent: boolean;
  /** What it would leave files of the workspace as, where it changes files and nothing else. After a crash it is known by them what happened. */
  readonly files?: readonly PlannedFile[];
  /** Does what was prepared, and refuses ("tool-changed") when that is no longer what would happen. Rejects with `CancelledError` on abort. */
  run(options: ToolRun): Promise<ToolOutcome>;
}

export interface ToolRun {
  readonly signal: AbortSignal;
  /** Live output for people who watch. */
  readonly onText: (text: string) => void;
}

export interface ToolOutcome {
  /** For the model, bounded by the tool. An error here is a result, not a failure: the model may try something else. */
  readonly text: string;
  readonly isError: boolean;
  /** For people and later steps, where there is more than the text. */
  readonly data?: JsonValue;
  /** Files of the workspace as they were and as they are now. */
  readonly changes?: readonly FileChange[];
  /** True when the text holds what others wrote (files, pages, other agents): data, never instructions. */
  readonly isForeign: boolean;
}
