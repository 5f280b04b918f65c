/* All that passes between the editor and its views. Two unions: what the host tells, what a person in the view asks. */
import * as z from 'zod/mini';
import type { JsonObject, JsonValue } from '../src/core/base/json';
import type { Approval } from '../src/core/model/approval';
import type { RunEvent } from '../src/core/model/events';
import type { CallUsage } from '../src/core/model/model-call';
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
}

/** What a run panel keeps with `setState`, so that the host can fill it again after a window reload. */
export interface PanelState {
  readonly runId: string;
  /** Key of the step whose details are open. */
  readonly selected?: string;
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
      readonly readOnlyBecause?: string;
      readonly lastRun?: { readonly runId: string; readonly title: string; readonly status: string };
      readonly now: number;
    }
  /** Run panel: selects the step and brings it into view. */
  | { readonly type: 'reveal-step'; readonly step: string }
  /** Approvals view: brings the card into view and puts the focus on it. */
  | { readonly type: 'reveal-approval'; readonly approvalId: string }
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

// The host is the same program, so its records are checked for the shape that drawing relies on, not field by field.
const model = z.looseObject({ provider: text, model: text });
const usage = z.looseObject({
  inputTokens: z.number(),
  outputTokens: z.number(),
  usd: z.optional(z.number()),
  estimated: z.boolean(),
});
const budget = z.looseObject({
  scope: z.enum(['run', 'day', 'price']),
  unit: z.enum(['usd', 'tokens', 'minutes']),
  cap: z.number(),
  spent: z.number(),
  reserved: z.number(),
  needed: z.number(),
  raiseTo: z.number(),
  model,
});
const call = z.looseObject({
  status: z.enum(['asked', 'answered', 'failed', 'lost']),
  chosen: model,
  failures: z.array(z.looseObject({ model, fault: text, message: text })),
  usage: z.optional(usage),
});
const approval = z.looseObject({
  id: text,
  kind: text,
  step: text,
  title: text,
  summary: text,
  shown: z.looseObject({
    artifacts: z.array(z.looseObject({ hash: text, path: text })),
    budget: z.optional(budget),
  }),
  shownHash: text,
  allow: z.array(action),
  next: z.array(text),
  requestedAt: z.number(),
});
const progress = z.looseObject({ percentage: z.number(), elapsedMs: z.number() });
const report = z.optional(z.looseObject({ hash: text, path: text, summary: text }));
const runSnapshot = z.looseObject({
  state: z.looseObject({
    runId: text,
    seq: z.number(),
    definition: z.looseObject({
      name: text,
      steps: z.array(z.looseObject({ key: text, title: text, dependsOn: z.array(text) })),
    }),
    source: z.looseObject({ lines: z.record(z.string(), z.number()) }),
    startedAt: z.number(),
    phase: text,
    steps: z.record(z.string(), z.looseObject({ key: text, status: text, attempt: z.number() })),
    openApprovals: z.record(z.string(), approval),
    closedApprovals: z.array(z.looseObject({ approval })),
    spent: z.looseObject({
      inputTokens: z.number(),
      outputTokens: z.number(),
      usd: z.number(),
      calls: z.number(),
      unpriced: z.array(text),
    }),
    caps: z.looseObject({ usd: z.optional(z.number()), tokens: z.optional(z.number()) }),
    calls: z.record(z.string(), z.array(call)),
  }),
  plan: z.looseObject({
    levels: z.array(z.array(text)),
    edges: z.array(z.looseObject({ from: text, to: text })),
    order: z.array(text),
  }),
  progress,
  live: z.record(z.string(), text),
  interrupted: z.boolean(),
  readOnlyBecause: z.optional(text),
  report,
  now: z.number(),
});
const hostMessage = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('run-snapshot'), run: runSnapshot }),
  z.looseObject({
    type: z.literal('run-events'),
    events: z.array(z.looseObject({ type: text, runId: text, seq: z.number(), at: z.number() })),
    progress,
    report,
    interrupted: z.boolean(),
    now: z.number(),
  }),
  z.looseObject({
    type: z.literal('run-live'),
    step: text,
    text: z.optional(text),
    fraction: z.optional(z.number()),
    usage: z.optional(usage),
    settled: z.optional(z.literal(true)),
    restarted: z.optional(z.literal(true)),
    voided: z.optional(text),
  }),
  z.looseObject({ type: z.literal('run-missing'), message: text }),
  z.looseObject({
    type: z.literal('inputs-form'),
    workflow: text,
    description: z.optional(text),
    inputs: z.record(
      z.string(),
      z.looseObject({
        type: z.enum(['string', 'number', 'boolean', 'choice', 'json']),
        required: z.boolean(),
      }),
    ),
    values: jsonObject,
  }),
  z.looseObject({
    type: z.literal('approvals'),
    items: z.array(
      z.looseObject({
        runId: text,
        workflow: text,
        runStartedAt: z.number(),
        rehearsal: z.boolean(),
        approval,
      }),
    ),
    readOnlyBecause: z.optional(text),
    lastRun: z.optional(z.looseObject({ runId: text, title: text, status: text })),
    now: z.number(),
  }),
  z.looseObject({ type: z.literal('reveal-step'), step: text }),
  z.looseObject({ type: z.literal('reveal-approval'), approvalId: text }),
  z.looseObject({ type: z.literal('refused'), message: text, approvalId: z.optional(text) }),
]);

/** What the host told; undefined for anything a view cannot draw, which it then ignores. */
export function parseHostMessage(data: unknown): HostMessage | undefined {
  const result = z.safeParse(hostMessage, data);
  // The schema looks at less than the type promises; the host builds the rest from the same types.
  return result.success ? (result.data as unknown as HostMessage) : undefined;
}
