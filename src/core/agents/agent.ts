import type { JsonObject, JsonValue } from '../base/json';
import type { Log } from '../host';
import type { ArtifactRef } from '../model/artifact';
import { BatonError } from '../model/errors';
import type { Assignment, RunEventBody, Usage } from '../model/events';
import type { RunId, Sha256, StepKey } from '../model/ids';
import type { ParticipantName } from '../model/message';
import type { CallUsage, CutInput, ModelRef } from '../model/model-call';
import type { CallAnswer, FileChange, ToolQuestion, ToolResult } from '../model/tool-call';
import type { Step, WorkflowConfig } from '../model/workflow';
import type { Purse, RouterEvent } from '../providers/routing';
import type { Participant } from './collaboration/collaboration';

/** Who does a step. The local engine is one; later rooms add agents that think with a model. */
export interface Agents {
  /**
   * Who would do this step, or why nobody can ("needs a model": the run is refused before it starts).
   * Called for every step that is no `run:` step.
   */
  assign(step: Step, config?: WorkflowConfig): Assignment | NeedsModel;
  /** Does it. Throws `BatonError` for an expected failure (code, retryable), `CancelledError` when the signal fired. */
  perform(task: AgentTask): Promise<AgentResult>;
  /** Resolves when `assign` knows which models can be asked. Called before a run starts or goes on. */
  ready?(): Promise<void>;
  /** True when running the step twice does no harm (read-only local actions, a model without tools). */
  isIdempotent(step: Step): boolean;
}

/** A step that only a model can do, and none can be asked. */
export interface NeedsModel {
  /** All of it, for people: why it needs one, why none can be asked, what to do. */
  readonly needsModel: string;
  /** Only why it needs one: "only a model can answer its prompt". */
  readonly because?: string;
  /** Only why none can be asked, a reason for each provider that was looked at. */
  readonly none?: string;
}

export interface AgentTask {
  readonly runId: RunId;
  readonly step: Step;
  readonly attempt: number;
  readonly assignment: Assignment;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Rendered. */
  readonly prompt?: string;
  /** Rendered `with:`. */
  readonly with: JsonObject;
  readonly inputs: JsonObject;
  /** Results of all steps upstream (transitively), in topological order. */
  readonly upstream: readonly UpstreamResult[];
  /** What a person said when asking for this retry. */
  readonly comment?: string;
  readonly signal: AbortSignal;
  /** Unsynced text for people who watch. */
  readonly onText: (text: string) => void;
  /** 0 to 1. */
  readonly onProgress: (fraction: number) => void;
  /** Stores a file and gives its reference. */
  readonly putArtifact: (path: string, mediaType: string, data: Uint8Array | string) => Promise<ArtifactRef>;
  readonly getArtifact: (ref: ArtifactRef) => Promise<Uint8Array>;
  readonly log: Log;
  /** Of the run's workflow: routing, response cache. */
  readonly config: WorkflowConfig;
  /** True after a failed or rejected attempt: an answer of before is not what is wanted. */
  readonly isRetry: boolean;
  readonly calls: CallLog;
  /** The record of its calls of tools. */
  readonly tools: ToolLog;
  /**
   * Lets an agent take part among those of the run, under a name that only it has now ("review", "review/security"). Joining again
   * after a crash goes on where it was.
   */
  readonly join: (name: ParticipantName) => Promise<Participant>;
  /** Steps that may be at work at the same time: neither upstream nor downstream of this one. Absent: none. */
  readonly beside?: readonly StepKey[];
  /** The run's money. Throws `OverBudget`, which the agent lets through: the engine asks and begins the attempt again. */
  readonly purse: Purse;
  /** Takes back the text told since the model was asked. */
  readonly onVoid: (why: string) => void;
  /** Tokens of the call that is under way, as told so far. */
  readonly onUsage: (usage: CallUsage) => void;
}

/** The record of one attempt's model calls. What is recorded is never asked or paid for again. */
export interface CallLog {
  /** An answer that an interrupted attempt at this step already got for exactly this request; each is given once. */
  answered(requestHash: Sha256): Promise<AnsweredCall | undefined>;
  /** Gives the next call its number, from 1. */
  begin(): number;
  /** Resolves when it is on the disk. Rejects when it never will be: then nothing may be sent. */
  routed(call: number, event: Extract<RouterEvent, { type: 'routing-decision' | 'error' }>): Promise<void>;
  /** Resolves when it is on the disk. */
  record(call: number, answered: AnsweredCall): Promise<void>;
}

export interface AnsweredCall {
  readonly model: ModelRef;
  readonly requestHash: Sha256;
  /** A `ChatAnswer`. */
  readonly answer: JsonValue;
  readonly usage: CallUsage;
  readonly cutInput?: CutInput;
  readonly cached?: true;
  readonly latencyMs: number;
}

/**
 * The record of one attempt's calls of tools. What is recorded as done is never done again, and a person's answer holds for exactly the
 * call that was shown. Keys are the same in an attempt that goes on from an interrupted or held one.
 */
export interface ToolLog {
  /** What attempts that this one goes on from recorded of a call. */
  recorded(key: Sha256): Promise<RecordedCall | undefined>;
  /** How a person answered about the call; absent when nobody was asked. */
  answer(key: Sha256): CallAnswer | undefined;
  /** True once an agent of the run, whichever, has read a file that holds keys. */
  keysWereRead(): boolean;
  /** Files that agents of the run have written after they had read keys. Relative to the workspace, forward slashes. */
  writtenWithKeys(): ReadonlySet<string>;
  /** What people allowed for the rest of the run (`Allowance`s), as it holds now. */
  allowances(): readonly JsonObject[];
  /** Gives the next call its number, from 1. */
  begin(): number;
  /** Resolves when it is on the disk; for an idempotent call at once. Rejects when it never will be: then nothing may be done. */
  started(call: StartedCall): Promise<void>;
  /** Resolves when it is on the disk. */
  completed(call: CompletedCall): Promise<void>;
}

export type StartedCall = Omit<Extract<RunEventBody, { type: 'tool-started' }>, 'type' | 'step' | 'attempt'>;

export interface CompletedCall {
  readonly call: number;
  readonly key: Sha256;
  readonly result: ToolResult;
  readonly changes?: readonly FileChange[];
  readonly durationMs: number;
}

export type RecordedCall =
  | {
      readonly status: 'completed';
      readonly result: ToolResult;
      readonly changes?: readonly FileChange[];
    }
  /** It had begun when the program ended. */
  | { readonly status: 'started'; readonly call: StartedCall };

/** A call needs the answer of a person: the agent lets it through, the engine asks, and the attempt begins again where it was. */
export class NeedsPerson extends BatonError {
  constructor(readonly question: ToolQuestion) {
    super('needs-person', 'A person has to decide about this call.');
  }
}

export interface UpstreamResult {
  readonly key: StepKey;
  readonly title: string;
  readonly status: 'completed' | 'skipped' | 'failed' | 'cancelled';
  readonly output: JsonValue;
  readonly summary: string;
  readonly artifacts: readonly ArtifactRef[];
  /** Its agents have read files that hold keys, so its words may hold them. */
  readonly hasReadKeys?: true;
}

export interface AgentResult {
  readonly output: JsonValue;
  /** One sentence for people: "7 findings, 2 high". */
  readonly summary: string;
  readonly artifacts: readonly ArtifactRef[];
  readonly usage?: Partial<Usage>;
}
