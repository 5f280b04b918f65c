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
import type { ApprovalMode, WorkflowDefinition } from './workflow';

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
  let state: RunState | undefined;
  for (const event of events) state = state === undefined ? begin(event) : fold(state, event);
  return state;
}

/** The state after one more event. Events of types a later version added change nothing but `seq`. */
export function fold(before: RunState, event: RunEvent): RunState {
  const state = { ...before, seq: event.seq };
  switch (event.type) {
    case 'run-started':
      return begin(event);
    case 'run-paused':
      return { ...state, phase: 'paused', reason: event.reason };
    case 'run-resumed':
      return {
        ...withoutReason(state),
        phase: 'active',
        recoveries: 0,
        ...(event.mode && { mode: event.mode }),
      };
    case 'run-parked':
      return { ...state, phase: 'parked', reason: event.message };
    case 'run-completed':
      return { ...withoutReason(state), phase: 'completed', endedAt: event.at };
    case 'run-failed':
      return { ...state, phase: 'failed', reason: event.message, endedAt: event.at };
    case 'run-cancelled':
      return { ...state, phase: 'cancelled', reason: event.reason, endedAt: event.at };
    case 'owner-changed':
      return {
        ...state,
        epoch: event.epoch,
        recoveries: event.recovery ? state.recoveries + 1 : state.recoveries,
      };
    case 'approval-requested':
      return requested(state, event);
    case 'approval-decided':
      // A refused decision stays in the list of events; the gate stays open.
      if (event.refused !== undefined) return state;
      return closed(state, event.id, { decision: event.decision, by: event.by, decidedAt: event.at });
    case 'approval-voided':
      return closed(state, event.id, { voided: event.reason });
    case 'step-started':
    case 'step-produced':
    case 'step-completed':
    case 'step-failed':
    case 'step-skipped':
    case 'step-uncertain':
    case 'step-cancelled': {
      const previous = state.steps[event.step];
      if (previous === undefined) return state;
      return { ...state, recoveries: 0, steps: { ...state.steps, [event.step]: foldStep(previous, event) } };
    }
    default:
      return unknownEvent(state, event);
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

function requested(state: RunState, event: Extract<RunEvent, { type: 'approval-requested' }>): RunState {
  const { approval } = event;
  const opened = { ...state, openApprovals: { ...state.openApprovals, [approval.id]: approval } };
  const step = state.steps[event.step];
  if (step === undefined) return opened;
  const assignment = 'assignment' in step && step.assignment ? { assignment: step.assignment } : {};
  const base = { key: step.key, attempt: event.attempt, ...assignment };
  const waiting: StepState =
    step.status === 'uncertain'
      ? { ...step, approval: approval.id }
      : {
          ...base,
          status: 'waiting',
          approval: approval.id,
          since: event.at,
          ...(step.status === 'waiting' && step.produced && { produced: step.produced }),
        };
  return { ...opened, steps: { ...state.steps, [step.key]: waiting } };
}

function closed(state: RunState, id: ApprovalId, how: Omit<DecidedApproval, 'approval'>): RunState {
  const approval = state.openApprovals[id];
  if (approval === undefined) return state;
  const openApprovals = { ...state.openApprovals };
  delete openApprovals[id];
  return { ...state, openApprovals, closedApprovals: [...state.closedApprovals, { approval, ...how }] };
}

function withoutReason(state: RunState): RunState {
  const rest: { -readonly [Key in keyof RunState]: RunState[Key] } = { ...state };
  delete rest.reason;
  return rest;
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
  return steps.some((step) => step.status === 'running' || canStart(state, step)) ? 'running' : 'waiting';
}

function canStart(state: RunState, step: StepState): boolean {
  if (step.status !== 'pending') return false;
  const declared = state.definition.steps.find((candidate) => candidate.key === step.key);
  return (declared?.dependsOn ?? []).every((key) => {
    const dependency = state.steps[key];
    return dependency === undefined || isSettled(dependency);
  });
}
