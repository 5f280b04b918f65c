/* All that passes between the editor and its views. Two unions: what the host tells, what a person in the view asks. */
import * as z from 'zod/mini';
import type { JsonObject, JsonValue } from '../src/core/base/json';
import type { Approval } from '../src/core/model/approval';
import type { RunEvent } from '../src/core/model/events';
import type { CallUsage } from '../src/core/model/model-call';
import type { RunState } from '../src/core/model/run-state';
import type { DecisionAction, InputDeclaration } from '../src/core/model/workflow';
import { hostMessage } from './protocol-records';

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
  /** The other process that runs it, as "terminal (pid 456)" or "another window": what is asked for here is done there. */
  readonly runsIn?: string;
  /** What Open Report opens once the run ended. */
  readonly report?: { readonly hash: string; readonly path: string; readonly summary: string };
  /** Paths that a waiting step changed in the workspace, by approval id. */
  readonly changedFiles?: Readonly<Record<string, readonly string[]>>;
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
  /** Paths that the step changed in the workspace. */
  readonly changedFiles?: readonly string[];
  /** The other process that runs it. */
  readonly runsIn?: string;
}

/** Two contents of one file that a run keeps, by their hashes. */
export interface DiffSides {
  /** Relative to the workspace, forward slashes. */
  readonly path: string;
  /** Absent: the file did not exist. */
  readonly before?: string;
  /** Absent: the file was deleted. */
  readonly after?: string;
}

/** How two contents differ, as the host found it. */
export interface FileDiff extends DiffSides {
  /** Numbers of lines; both absent where there are none to count. */
  readonly added?: number;
  readonly removed?: number;
  /** Unified, with three lines around each change. Absent where `problem` says why. */
  readonly text?: string;
  /** One sentence: binary, too large to be shown here, no longer kept. */
  readonly problem?: string;
}

/** So many files a view asks about at once, at most. */
export const MOST_DIFFS = 50;

/** What a run panel keeps with `setState`, so that the host can fill it again after a window reload. */
export interface PanelState {
  readonly runId: string;
  /** Key of the step whose details are open. */
  readonly selected?: string;
}

/** What a run panel keeps while it shows the form of the inputs. What was typed is not kept: it may be a secret. */
export interface FormPanelState {
  readonly form: true;
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
  /**
   * `text` is what was written since the last message of that step, not the whole tail. `fraction` is 0 to 1.
   * `settled` and `voided` are about what came before `text`: it belongs to earlier answers, or it is void and why.
   */
  | {
      readonly type: 'run-live';
      readonly step: string;
      readonly text?: string;
      readonly fraction?: number;
      /** Of the model call that is under way, as told so far. */
      readonly usage?: CallUsage;
      readonly settled?: true;
      readonly voided?: string;
      /** A new attempt: what was told before is over. */
      readonly restarted?: true;
    }
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
      readonly lastRun?: { readonly runId: string; readonly title: string; readonly status: string };
      readonly now: number;
    }
  /** Run panel: selects the step and brings it into view. */
  | { readonly type: 'reveal-step'; readonly step: string }
  /** Approvals view: brings the card into view and puts the focus on it. */
  | { readonly type: 'reveal-approval'; readonly approvalId: string }
  /** Answer to `read-diffs`. */
  | { readonly type: 'diffs'; readonly runId: string; readonly diffs: readonly FileDiff[] }
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
  /** Shows what a waiting step changed, as native diffs. */
  | { readonly type: 'open-changes'; readonly runId: string; readonly approvalId: string }
  /** Of a step, also when nothing waits any more. */
  | { readonly type: 'open-step-changes'; readonly runId: string; readonly step: string }
  /** How files differ: at most `MOST_DIFFS`. */
  | { readonly type: 'read-diffs'; readonly runId: string; readonly files: readonly DiffSides[] }
  /** The same in the editor's own diff. */
  | ({ readonly type: 'open-diff'; readonly runId: string } & DiffSides)
  /** Takes back what a step's agents changed. No paths: all of it. */
  | {
      readonly type: 'undo-changes';
      readonly runId: string;
      readonly step: string;
      readonly paths?: readonly string[];
      /** Of the card where it was asked. */
      readonly approvalId?: string;
    }
  | { readonly type: 'pause' | 'resume' | 'cancel' | 'open-run'; readonly runId: string }
  | { readonly type: 'open-workflow'; readonly runId: string; readonly step?: string }
  | { readonly type: 'open-artifact'; readonly runId: string; readonly hash: string; readonly path: string }
  | { readonly type: 'open-file'; readonly path: string; readonly line?: number }
  | { readonly type: 'open-log'; readonly runId: string; readonly step: string; readonly attempt: number }
  | { readonly type: 'start'; readonly values: JsonObject };

const text = z.string();
const id = z.string().check(z.minLength(1), z.maxLength(1_000));
const action = z.enum(['approve', 'modify', 'retry', 'skip', 'cancel']);
const jsonObject = z.record(z.string(), z.json());
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const path = z.string().check(z.minLength(1), z.maxLength(4_096));
const sides = { path, before: z.exactOptional(hash), after: z.exactOptional(hash) };

// Strict: whatever runs in a view may ask for exactly these things, and nothing rides along.
const viewMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('decide'),
    runId: id,
    approvalId: id,
    action,
    shownHash: id,
    comment: z.exactOptional(text.check(z.maxLength(100_000))),
    value: z.exactOptional(z.json()),
  }),
  z.strictObject({ type: z.literal(['edit', 'open-changes']), runId: id, approvalId: id }),
  z.strictObject({ type: z.literal('open-step-changes'), runId: id, step: id }),
  z.strictObject({
    type: z.literal('read-diffs'),
    runId: id,
    files: z.array(z.strictObject(sides)).check(z.maxLength(MOST_DIFFS)),
  }),
  z.strictObject({ type: z.literal('open-diff'), runId: id, ...sides }),
  z.strictObject({
    type: z.literal('undo-changes'),
    runId: id,
    step: id,
    paths: z.exactOptional(z.array(path).check(z.minLength(1), z.maxLength(10_000))),
    approvalId: z.exactOptional(id),
  }),
  z.strictObject({ type: z.literal(['pause', 'resume', 'cancel', 'open-run']), runId: id }),
  z.strictObject({ type: z.literal('open-workflow'), runId: id, step: z.exactOptional(id) }),
  z.strictObject({ type: z.literal('open-artifact'), runId: id, hash: id, path: id }),
  z.strictObject({
    type: z.literal('open-file'),
    path: id,
    line: z.exactOptional(z.int().check(z.positive())),
  }),
  z.strictObject({
    type: z.literal('open-log'),
    runId: id,
    step: id,
    attempt: z.int().check(z.positive()),
  }),
  z.strictObject({ type: z.literal('start'), values: jsonObject }),
]);

/** What a person in a view asked for; undefined when it is not a message this version knows, whole and without extras. */
export function parseViewMessage(data: unknown): ViewMessage | undefined {
  const result = z.safeParse(viewMessage, data);
  return result.success ? result.data : undefined;
}

/** What the host told; undefined for anything a view cannot draw, which it then ignores. */
export function parseHostMessage(data: unknown): HostMessage | undefined {
  const result = z.safeParse(hostMessage, data);
  // The schema looks at less than the type promises; the host builds the rest from the same types.
  return result.success ? (result.data as unknown as HostMessage) : undefined;
}
