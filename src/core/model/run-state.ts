/*
 * owns: what a list of events means. Pure and total; also runs inside the webview.
 * does not own: deciding what happens next (engine), nor whether an event is stored (storage).
 * must stay true: folding the same list gives the same state, in every process and in every later version.
 */
import type { JsonObject, JsonValue } from '../base/json';
import type { Approval, Decider, Decision } from './approval';
import type { ArtifactRef } from './artifact';
import type { Assignment, RunEvent, StepError, Usage, WorkflowSource } from './events';
import type { ApprovalId, RunId, Sha256, StepKey } from './ids';
import type { ApprovalMode, Step, WorkflowDefinition } from './workflow';

export type RunStatus =
  'pending' | 'running' | 'waiting' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'parked';

/** Attempt 0: never started. */
export type StepState = { readonly key: StepKey; readonly attempt: number } & (
  | { readonly status: 'pending'; readonly retryAt?: number; readonly lastError?: StepError }
  | {
      readonly status: 'running';
      readonly assignment: Assignment;
      readonly startedAt: number;
      readonly idempotent: boolean;
    }
  | {
      readonly status: 'waiting';
      readonly approval: ApprovalId;
      readonly assignment?: Assignment;
      readonly produced?: StepProduct;
      readonly since: number;
    }
  | ({
      readonly status: 'completed';
      readonly how: 'work' | 'approved' | 'modified' | 'rehearsal';
      readonly endedAt: number;
      readonly assignment?: Assignment;
    } & StepProduct)
  | {
      readonly status: 'failed';
      readonly error: StepError;
      readonly tolerated: boolean;
      readonly artifacts: readonly ArtifactRef[];
      readonly usage: Usage;
      readonly endedAt: number;
      readonly assignment?: Assignment;
    }
  | {
      readonly status: 'skipped';
      readonly reason: 'condition' | 'blocked' | 'person' | 'expired';
      readonly because?: string;
      readonly output: JsonValue;
      readonly endedAt: number;
    }
  | { readonly status: 'cancelled'; readonly message: string; readonly endedAt: number }
  | {
      readonly status: 'uncertain';
      readonly message: string;
      readonly approval?: ApprovalId;
      readonly since: number;
      readonly assignment?: Assignment;
    }
);

export type StepStatus = StepState['status'];

export interface StepProduct {
  readonly output: JsonValue;
  readonly summary: string;
  readonly artifacts: readonly ArtifactRef[];
  readonly usage: Usage;
}

export interface DecidedApproval {
  readonly approval: Approval;
  readonly decision?: Decision;
  readonly by?: Decider;
  readonly decidedAt?: number;
  readonly voided?: string;
}

/** Plain JSON. Exists from `run-started` on. */
export interface RunState {
  readonly runId: RunId;
  /** Seq of the last event folded. */
  readonly seq: number;
  readonly rehearsal: boolean;
  readonly definition: WorkflowDefinition;
  readonly definitionHash: Sha256;
  readonly source: WorkflowSource;
  readonly inputs: JsonObject;
  readonly mode: ApprovalMode;
  readonly by: string;
  readonly notes: readonly string[];
  readonly startedAt: number;
  readonly endedAt?: number;
  /** What was last said of the run as a whole; `runStatus` adds what follows from the steps. */
  readonly phase: 'active' | 'paused' | 'parked' | 'completed' | 'failed' | 'cancelled';
  /** Why it is paused, parked, failed or cancelled. */
  readonly reason?: string;
  readonly steps: Readonly<Record<StepKey, StepState>>;
  readonly openApprovals: Readonly<Record<ApprovalId, Approval>>;
  readonly closedApprovals: readonly DecidedApproval[];
  readonly epoch: number;
  /** Recoveries since the last event of the run's own; see SEMANTICS of crash loops. */
  readonly recoveries: number;
}

/** The state after the first event of a run, which must be `run-started`. */
export function begin(event: RunEvent): RunState {
  if (event.type !== 'run-started') throw new TypeError(`A run begins with run-started, not ${event.type}`);
  const steps: Record<StepKey, StepState> = {};
  for (const step of event.definition.steps)
    steps[step.key] = { key: step.key, attempt: 0, status: 'pending' };
  return {
    runId: event.runId,
    seq: event.seq,
    rehearsal: event.rehearsal === true,
    definition: event.definition,
    definitionHash: event.definitionHash,
    source: event.source,
    inputs: event.inputs,
    mode: event.mode,
    by: event.by,
    notes: event.notes,
    startedAt: event.at,
    phase: 'active',
    steps,
    openApprovals: {},
    closedApprovals: [],
    epoch: 0,
    recoveries: 0,
  };
}

/** The state of a whole list; undefined for an empty one. */
export function foldAll(events: readonly RunEvent[]): RunState | undefined {
  const [first, ...rest] = events;
  if (first === undefined) return undefined;
  const state = ownCopy(begin(first));
  for (const event of rest) foldInto(state, event);
  return state;
}

/** The state after one more event. Events of types a later version added change nothing but `seq`. */
export function fold(before: RunState, event: RunEvent): RunState {
  const state = ownCopy(before);
  foldInto(state, event);
  return state;
}

/** A state that its holder may change in place with `foldInto`. */
export interface OwnRunState extends Mutable<RunState> {
  steps: Record<StepKey, StepState>;
  openApprovals: Record<ApprovalId, Approval>;
  closedApprovals: DecidedApproval[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export function ownCopy(state: RunState): OwnRunState {
  return {
    ...state,
    steps: { ...state.steps },
    openApprovals: { ...state.openApprovals },
    closedApprovals: [...state.closedApprovals],
  };
}

/** As `fold`, in place: the cost of an event does not grow with the number of steps. */
export function foldInto(state: OwnRunState, event: RunEvent): void {
  if (event.type === 'run-started') {
    Object.assign(state, ownCopy(begin(event)));
    return;
  }
  state.seq = event.seq;
  switch (event.type) {
    case 'run-paused':
      state.phase = 'paused';
      state.reason = event.reason;
      return;
    case 'run-resumed':
      state.phase = 'active';
      if (event.automatic !== true) state.recoveries = 0;
      if (event.mode) state.mode = event.mode;
      delete state.reason;
      return;
    case 'run-parked':
      state.phase = 'parked';
      state.reason = event.message;
      return;
    case 'run-completed':
      state.phase = 'completed';
      state.endedAt = event.at;
      delete state.reason;
      return;
    case 'run-failed':
      state.phase = 'failed';
      state.reason = event.message;
      state.endedAt = event.at;
      return;
    case 'run-cancelled':
      state.phase = 'cancelled';
      state.reason = event.reason;
      state.endedAt = event.at;
      return;
    case 'owner-changed':
      state.epoch = event.epoch;
      if (event.recovery) recovered(state);
      return;
    case 'approval-requested':
      requested(state, event);
      return;
    case 'approval-decided':
      // A refused decision stays in the list of events; the gate stays open.
      if (event.refused !== undefined) return;
      decided(state, event);
      return;
    case 'approval-voided':
      close(state, event.id, { voided: event.reason });
      return;
    case 'step-started':
    case 'step-produced':
    case 'step-completed':
    case 'step-failed':
    case 'step-skipped':
    case 'step-uncertain':
    case 'step-cancelled': {
      const previous = state.steps[event.step];
      if (previous === undefined) return;
      state.recoveries = 0;
      state.steps[event.step] = foldStep(previous, event);
      return;
    }
    default:
      unknownEvent(undefined, event);
  }
}

type StepEvent = Extract<RunEvent, { type: `step-${string}` }>;

function foldStep(previous: StepState, event: StepEvent): StepState {
  const base = { key: previous.key, attempt: event.attempt };
  const assignment =
    'assignment' in previous && previous.assignment ? { assignment: previous.assignment } : {};
  switch (event.type) {
    case 'step-started':
      return {
        ...base,
        status: 'running',
        assignment: event.assignment,
        startedAt: event.at,
        idempotent: event.idempotent,
      };
    case 'step-produced':
      // Shown at a gate, not yet settled: the approval that follows makes it `waiting`; until then it is still this step's turn.
      return {
        ...base,
        ...assignment,
        status: 'waiting',
        approval: '',
        produced: productOf(event),
        since: event.at,
      };
    case 'step-completed':
      return {
        ...base,
        ...assignment,
        ...productOf(event),
        status: 'completed',
        how: event.how,
        endedAt: event.at,
      };
    case 'step-failed':
      if (event.retryAt !== undefined)
        return { ...base, status: 'pending', retryAt: event.retryAt, lastError: event.error };
      return {
        ...base,
        ...assignment,
        status: 'failed',
        error: event.error,
        tolerated: event.tolerated === true,
        artifacts: event.artifacts,
        usage: event.usage,
        endedAt: event.at,
      };
    case 'step-skipped':
      return {
        ...base,
        status: 'skipped',
        reason: event.reason,
        output: event.output,
        endedAt: event.at,
        ...(event.because !== undefined && { because: event.because }),
      };
    case 'step-uncertain':
      return { ...base, ...assignment, status: 'uncertain', message: event.message, since: event.at };
    case 'step-cancelled':
      return { ...base, status: 'cancelled', message: event.message, endedAt: event.at };
    default:
      return unknownEvent(previous, event);
  }
}

function productOf(event: StepProduct): StepProduct {
  return { output: event.output, summary: event.summary, artifacts: event.artifacts, usage: event.usage };
}

function requested(state: OwnRunState, event: Extract<RunEvent, { type: 'approval-requested' }>): void {
  const { approval } = event;
  state.openApprovals[approval.id] = approval;
  const step = state.steps[event.step];
  if (step === undefined) return;
  if (step.status === 'uncertain') {
    state.steps[step.key] = { ...step, approval: approval.id };
    return;
  }
  const assignment = 'assignment' in step && step.assignment ? { assignment: step.assignment } : {};
  state.steps[step.key] = {
    key: step.key,
    attempt: event.attempt,
    ...assignment,
    status: 'waiting',
    approval: approval.id,
    since: event.at,
    ...(step.status === 'waiting' && step.produced && { produced: step.produced }),
  };
}

function decided(state: OwnRunState, event: Extract<RunEvent, { type: 'approval-decided' }>): void {
  const { decision, by } = event;
  const approval = close(state, event.id, { decision, by, decidedAt: event.at });
  if (approval === undefined) return;
  // What a person sent to work (again) stands in the queue until a slot is free; every other decision is followed by its result.
  const goesToWork =
    decision.action === 'retry' || (approval.kind === 'before' && decision.action === 'approve');
  const step = state.steps[event.step];
  if (goesToWork && step !== undefined)
    state.steps[event.step] = { key: step.key, attempt: step.attempt, status: 'pending' };
}

/** An interrupted attempt that may be repeated is as good as never made. Every other one is uncertain, and an event says so. */
function recovered(state: OwnRunState): void {
  state.recoveries += 1;
  for (const step of Object.values(state.steps))
    if (step.status === 'running' && step.idempotent)
      state.steps[step.key] = { key: step.key, attempt: step.attempt, status: 'pending' };
}

function close(
  state: OwnRunState,
  id: ApprovalId,
  how: Omit<DecidedApproval, 'approval'>,
): Approval | undefined {
  const approval = state.openApprovals[id];
  if (approval === undefined) return undefined;
  delete state.openApprovals[id];
  state.closedApprovals.push({ approval, ...how });
  return approval;
}

/** Total at run time (a newer version may add types), exhaustive at compile time. */
function unknownEvent<T>(unchanged: T, _event: never): T {
  return unchanged;
}

export function isSettled(step: StepState): boolean {
  return (
    step.status === 'completed' ||
    step.status === 'failed' ||
    step.status === 'skipped' ||
    step.status === 'cancelled'
  );
}

export function isTerminal(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/**
 * What the run is doing, for people. `waiting` is never recorded: it follows from gates being open while nothing else can run.
 */
export function runStatus(state: RunState): RunStatus {
  if (state.phase !== 'active') return state.phase;
  const steps = Object.values(state.steps);
  if (steps.every((step) => step.attempt === 0 && step.status === 'pending')) return 'pending';
  if (Object.keys(state.openApprovals).length === 0) return 'running';
  if (steps.some((step) => step.status === 'running')) return 'running';
  return state.definition.steps.some((step) => canStart(state, step)) ? 'running' : 'waiting';
}

function canStart(state: RunState, step: Step): boolean {
  if (state.steps[step.key]?.status !== 'pending') return false;
  return step.dependsOn.every((key) => {
    const dependency = state.steps[key];
    return dependency === undefined || isSettled(dependency);
  });
}
