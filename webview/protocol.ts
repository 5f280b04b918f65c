/* All that passes between the editor and its views. Two unions: what the host tells, what a person in the view asks. */
import type { JsonObject, JsonValue } from '../src/core/base/json';
import type { Approval } from '../src/core/model/approval';
import type { RunEvent } from '../src/core/model/events';
import type { RunState } from '../src/core/model/run-state';
import type { DecisionAction, InputDeclaration } from '../src/core/model/workflow';

/** Everything a run panel needs to draw from nothing. Afterwards it gets only what changed. */
export interface RunSnapshot {
  readonly state: RunState;
  /** Levels and edges, for the layout and the reading order. */
  readonly plan: {
    readonly levels: readonly (readonly string[])[];
    readonly edges: readonly { readonly from: string; readonly to: string }[];
    readonly order: readonly string[];
  };
  readonly progress: RunProgress;
  /** Tail of the live output of steps that run, by step. */
  readonly live: Readonly<Record<string, string>>;
  /** True when no engine drives an unfinished run (after a crash, before Resume). */
  readonly interrupted: boolean;
  /** Name of another process that owns the folder; then nothing can be changed from here. */
  readonly readOnlyBecause?: string;
  /** What Open Report opens once the run ended. */
  readonly report?: { readonly hash: string; readonly path: string; readonly summary: string };
  /** Difference of the host's clock to the view's is not assumed: the host's `Date.now()` when this was made. */
  readonly now: number;
}

export interface RunProgress {
  readonly percentage: number;
  readonly elapsedMs: number;
  readonly remainingMs?: number;
}

/** One waiting card of the sidebar. */
export interface ApprovalItem {
  readonly runId: string;
  readonly workflow: string;
  readonly runStartedAt: number;
  readonly rehearsal: boolean;
  readonly approval: Approval;
}

export type HostMessage =
  | { readonly type: 'run-snapshot'; readonly run: RunSnapshot }
  | {
      readonly type: 'run-events';
      readonly events: readonly RunEvent[];
      readonly progress: RunProgress;
      readonly report?: RunSnapshot['report'];
      readonly interrupted: boolean;
      readonly now: number;
    }
  | { readonly type: 'run-live'; readonly step: string; readonly text?: string; readonly fraction?: number }
  | { readonly type: 'run-missing'; readonly message: string }
  | {
      readonly type: 'inputs-form';
      readonly workflow: string;
      readonly description?: string;
      readonly inputs: Readonly<Record<string, InputDeclaration>>;
      readonly values: JsonObject;
    }
  | {
      readonly type: 'approvals';
      readonly items: readonly ApprovalItem[];
      readonly readOnlyBecause?: string;
      readonly lastRun?: { readonly runId: string; readonly title: string; readonly status: string };
      readonly now: number;
    }
  | { readonly type: 'reveal-step'; readonly step: string }
  /** Answer to a request that did not do what was asked: shown beside the control. */
  | { readonly type: 'refused'; readonly message: string; readonly approvalId?: string };

export type ViewMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'decide';
      readonly runId: string;
      readonly approvalId: string;
      readonly action: DecisionAction;
      readonly shownHash: string;
      readonly comment?: string;
      readonly value?: JsonValue;
    }
  /** Opens the result in a native editor with Approve With Changes and Discard. */
  | { readonly type: 'edit'; readonly runId: string; readonly approvalId: string }
  | { readonly type: 'pause' | 'resume' | 'cancel' | 'open-run'; readonly runId: string }
  | { readonly type: 'open-workflow'; readonly runId: string; readonly step?: string }
  | { readonly type: 'open-artifact'; readonly runId: string; readonly hash: string; readonly path: string }
  | { readonly type: 'open-file'; readonly path: string; readonly line?: number }
  | { readonly type: 'open-log'; readonly runId: string; readonly step: string; readonly attempt: number }
  | { readonly type: 'start'; readonly values: JsonObject };
