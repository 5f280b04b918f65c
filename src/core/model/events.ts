import type { JsonObject, JsonValue } from '../base/json';
import type { Approval, Decider, Decision } from './approval';
import type { ArtifactRef } from './artifact';
import type { AgentName, ApprovalId, RunId, Sha256, StepKey } from './ids';
import type { CallFault, CallUsage, CutInput, ModelRef, WorstCase } from './model-call';
import type { CollaborationBody } from './message';
import type { Unanswered } from './unanswered';
import type { FileChange, Permit, PlannedFile, ToolResult } from './tool-call';
import type { ApprovalMode, FailureClass, WorkflowDefinition } from './workflow';

/** Where a definition came from. Positions let a failed step point at its line. */
export interface WorkflowSource {
  /** Path relative to the workspace folder, forward slashes; absent for a built-in workflow. */
  readonly path?: string;
  /** Line (1-based) on which each step begins. */
  readonly lines: Readonly<Record<StepKey, number>>;
}

/** What a step cost. Absent fields: not known. */
export interface Usage {
  readonly durationMs: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly usd?: number;
  /** True when a part of it was not told by a provider. */
  readonly estimated?: true;
}

export interface StepError {
  /** Stable and kebab-case: "exit-code", "timeout", "action-failed", "template", "output-schema". */
  readonly code: string;
  readonly message: string;
  readonly class: FailureClass;
  /** Where no model answered: each provider and why. */
  readonly unanswered?: readonly Unanswered[];
}

/** Who does a step, and why that one. */
export interface Assignment {
  readonly agent: AgentName;
  /** command: a `run:` step; local: rules, no AI model; model: a provider; rehearsal: nobody. */
  readonly engine: 'command' | 'local' | 'model' | 'rehearsal';
  /** e.g. "named in the file", "provider claude is a preference; rules ran without it". */
  readonly why: string;
}

/**
 * The list of these is the run. Types are added, never changed; with `--json` they are a public contract.
 * `seq` counts from 1 in each run without gaps; `at` is wall clock milliseconds and orders nothing.
 */
export type RunEvent = RunEventBase & RunEventBody;

export interface RunEventBase {
  readonly runId: RunId;
  readonly seq: number;
  readonly at: number;
  /** Only on events of a rehearsal. */
  readonly rehearsal?: true;
}

export type RunEventBody =
  | {
      readonly type: 'run-started';
      readonly definition: WorkflowDefinition;
      readonly definitionHash: Sha256;
      readonly source: WorkflowSource;
      readonly inputs: JsonObject;
      readonly mode: ApprovalMode;
      readonly by: string;
      /** Things that were ignored or mapped, for people. */
      readonly notes: readonly string[];
      /** Starting twice with the same id gives one run. */
      readonly clientId?: string;
      /** The run of which a step's process asked for it. */
      readonly startedIn?: RunId;
    }
  | {
      readonly type: 'run-paused';
      readonly by: string;
      readonly reason: 'person' | 'interrupted' | 'expired' | 'storage';
    }
  | {
      readonly type: 'run-resumed';
      readonly by: string;
      readonly mode?: ApprovalMode;
      /** By a setting and not by a person: does not clear the count of crashes. */
      readonly automatic?: true;
    }
  | { readonly type: 'run-parked'; readonly reason: 'uncertain' | 'crash-loop'; readonly message: string }
  | { readonly type: 'run-completed'; readonly tolerated: readonly StepKey[] }
  | { readonly type: 'run-failed'; readonly failed: readonly StepKey[]; readonly message: string }
  | { readonly type: 'run-cancelled'; readonly by: string; readonly reason: string }
  | {
      readonly type: 'step-started';
      readonly step: StepKey;
      readonly attempt: number;
      readonly assignment: Assignment;
      /** What an interrupted attempt means: an idempotent one runs again, another is uncertain. */
      readonly idempotent: boolean;
    }
  | StepResult<'step-produced'>
  | (StepResult<'step-completed'> & {
      /** How the result came about. */
      readonly how: 'work' | 'approved' | 'modified' | 'rehearsal';
    })
  | {
      readonly type: 'step-failed';
      readonly step: StepKey;
      readonly attempt: number;
      readonly error: StepError;
      readonly artifacts: readonly ArtifactRef[];
      readonly usage: Usage;
      /** Present when another attempt follows by itself: wall clock milliseconds. Absent: settled as failed (or asked, when a gate follows). */
      readonly retryAt?: number;
      /** `continueOnError`: dependants go on. */
      readonly tolerated?: true;
    }
  | {
      readonly type: 'step-skipped';
      readonly step: StepKey;
      readonly attempt: number;
      /** condition: its own `if:`; blocked: a dependency failed or was cancelled; person: decided at a gate; expired: its gate. */
      readonly reason: 'condition' | 'blocked' | 'person' | 'expired';
      readonly because?: string;
      /** The substitute, null when none was given. */
      readonly output: JsonValue;
    }
  | {
      readonly type: 'step-uncertain';
      readonly step: StepKey;
      readonly attempt: number;
      readonly message: string;
    }
  | {
      readonly type: 'step-cancelled';
      readonly step: StepKey;
      readonly attempt: number;
      readonly message: string;
    }
  | {
      readonly type: 'approval-requested';
      readonly step: StepKey;
      readonly attempt: number;
      readonly approval: Approval;
    }
  | {
      readonly type: 'approval-decided';
      readonly step: StepKey;
      readonly attempt: number;
      readonly id: ApprovalId;
      readonly decision: Decision;
      readonly by: Decider;
      /** A refused decision is recorded and leaves the gate open: not an approver, or the content changed. */
      readonly refused?: string;
    }
  | {
      readonly type: 'approval-voided';
      readonly step: StepKey;
      readonly attempt: number;
      readonly id: ApprovalId;
      readonly reason: string;
    }
  /** A model was chosen; on the disk before the request leaves. Again for each provider that takes over. */
  | {
      readonly type: 'routing-decision';
      readonly step: StepKey;
      readonly attempt: number;
      /** From 1 within the attempt. */
      readonly call: number;
      readonly chosen: ModelRef;
      /** What remains, the chosen one first. */
      readonly chain: readonly ModelRef[];
      readonly why: string;
      /** Held back; booked as spent when the answer is never recorded. */
      readonly reserved: WorstCase;
    }
  | {
      readonly type: 'call-failed';
      readonly step: StepKey;
      readonly attempt: number;
      readonly call: number;
      readonly model: ModelRef;
      readonly fault: CallFault;
      readonly message: string;
      readonly next: 'retry' | 'fallback' | 'give-up';
      /** Milliseconds until it is asked again. Absent: at once, or never. */
      readonly waitMs?: number;
      /** What it may have cost nevertheless. */
      readonly usage?: CallUsage;
    }
  | {
      readonly type: 'call-answered';
      readonly step: StepKey;
      readonly attempt: number;
      readonly call: number;
      readonly model: ModelRef;
      /** SHA-256 of what was asked: an attempt that is made again takes this answer and asks nobody. */
      readonly requestHash: Sha256;
      /** A `ChatAnswer`, or the stand-in of a large one. */
      readonly answer: JsonValue;
      readonly usage: CallUsage;
      readonly cutInput?: CutInput;
      /** From the response cache: cost nothing, `usage` is what it saved. */
      readonly cached?: true;
      readonly latencyMs: number;
    }
  /** A call of a tool; on the disk before anything is done that must not be done twice. */
  | {
      readonly type: 'tool-started';
      readonly step: StepKey;
      readonly attempt: number;
      /** From 1 within the attempt. */
      readonly call: number;
      /** SHA-256 of the turn that asked for it, its place there, and what it asks: the same when the attempt is made again. */
      readonly key: Sha256;
      readonly agent: AgentName;
      readonly tool: string;
      /** The stand-in of large ones. */
      readonly arguments: JsonValue;
      readonly permit: Permit;
      /** Doing it twice does no harm. */
      readonly idempotent: boolean;
      /** Of what was judged and shown. */
      readonly hash: Sha256;
      /** What it would leave files as. Looked at after a crash: then it is known what happened. */
      readonly files?: readonly PlannedFile[];
    }
  | {
      readonly type: 'tool-completed';
      readonly step: StepKey;
      readonly attempt: number;
      readonly call: number;
      readonly key: Sha256;
      /** A `ToolResult`, or the stand-in of a large one. */
      readonly result: JsonValue;
      /** The beginning of its text. */
      readonly preview: string;
      readonly isError: boolean;
      /** Absent: it neither read what holds keys nor wrote after that. As in the result, which may be a stand-in. */
      readonly readsSecrets?: true;
      readonly refused?: ToolResult['refused'];
      readonly changes?: readonly FileChange[];
      readonly durationMs: number;
    }
  /** A person took changes of files back. */
  | {
      readonly type: 'changes-undone';
      readonly step: StepKey;
      readonly attempt: number;
      readonly paths: readonly string[];
      readonly by: string;
    }
  | CollaborationBody
  /**
   * The attempt stopped before a call: its run may not pay for it now, a person has to decide about it, or the run was paused. It goes
   * on where it was.
   */
  | {
      readonly type: 'step-held';
      readonly step: StepKey;
      readonly attempt: number;
      readonly reason: 'budget' | 'pause' | 'policy' | 'uncertain';
      readonly message: string;
    }
  | {
      readonly type: 'owner-changed';
      readonly epoch: number;
      readonly owner: string;
      readonly recovery: boolean;
    };

interface StepResult<Type extends string> {
  readonly type: Type;
  readonly step: StepKey;
  readonly attempt: number;
  readonly output: JsonValue;
  /** One sentence for people. */
  readonly summary: string;
  readonly artifacts: readonly ArtifactRef[];
  readonly usage: Usage;
}
