/*
 * owns: what a list of events means. Pure and total; also runs inside the webview.
 * does not own: deciding what happens next (engine), nor whether an event is stored (storage).
 * must stay true: folding the same list gives the same state, in every process and in every later version.
 */
import type { JsonObject } from '../base/json';
import type { Approval, Decider, Decision } from './approval';
import { carryOn, type CarriedAttempt } from './attempts';
import type { RunEvent, WorkflowSource } from './events';
import { foldCall, loseCalls } from './fold-calls';
import { foldStep } from './fold-step';
import { foldTalk, noTalk, ownTalk, type OwnTalk, type Talk } from './fold-talk';
import { foldTool, interruptTools } from './fold-tools';
import type { ApprovalId, RunId, Sha256, StepKey } from './ids';
import { nothingSpent, type Budget, type ModelCall, type Spending } from './model-call';
import { isCollaboration } from './message';
import { isSettled, type StepState } from './step-state';
import { grantedBy, isAboutCalls } from './policy-answer';
import type { FileChange, ToolCall } from './tool-call';
import type { ApprovalMode, Step, WorkflowDefinition } from './workflow';

// A step's state is an idea of its own; for everyone who reads runs it comes with the run's.
export { isSettled, type StepProduct, type StepState, type StepStatus } from './step-state';

export type RunStatus =
  'pending' | 'running' | 'waiting' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'parked';

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
  /** What its model calls took, interrupted ones at their worst case. */
  readonly spent: Spending;
  /** The caps as they hold now, raised ones included. */
  readonly caps: Budget & { readonly unpriced?: 'allowed' };
  /** Model calls in the order in which they were first asked, by step. Absent: the step asked no model. */
  readonly calls: Readonly<Record<StepKey, readonly ModelCall[]>>;
  /** Calls of tools in the order in which they began, by step. Absent: the step's agents used none. */
  readonly tools: Readonly<Record<StepKey, readonly ToolCall[]>>;
  /** Files that differ because of a step's agents, each from its first content to its last; what was taken back is not there. */
  readonly changes: Readonly<Record<StepKey, readonly FileChange[]>>;
  /** Attempts that stopped in the middle and went on in the next one, by step; see `attempts.ts`. */
  readonly carried: Readonly<Record<StepKey, readonly CarriedAttempt[]>>;
  /** What people allowed agents for the rest of the run (`Allowance`s). */
  readonly allowances: readonly JsonObject[];
  /** Who takes part, and what they said to each other. */
  readonly talk: Talk;
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
    spent: nothingSpent,
    caps: capsOf(event.definition),
    calls: {},
    tools: {},
    changes: {},
    carried: {},
    allowances: [],
    talk: noTalk,
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
  calls: Record<StepKey, readonly ModelCall[]>;
  tools: Record<StepKey, readonly ToolCall[]>;
  changes: Record<StepKey, readonly FileChange[]>;
  carried: Record<StepKey, readonly CarriedAttempt[]>;
  talk: OwnTalk;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export function ownCopy(state: RunState): OwnRunState {
  return {
    ...state,
    steps: { ...state.steps },
    openApprovals: { ...state.openApprovals },
    closedApprovals: [...state.closedApprovals],
    calls: { ...state.calls },
    tools: { ...state.tools },
    changes: { ...state.changes },
    carried: { ...state.carried },
    talk: ownTalk(state.talk),
  };
}

/** As `fold`, in place: the cost of an event does not grow with the number of steps. */
export function foldInto(state: OwnRunState, event: RunEvent): void {
  if (event.type === 'run-started') {
    Object.assign(state, ownCopy(begin(event)));
    return;
  }
  state.seq = event.seq;
  if (isCollaboration(event)) {
    foldTalk(state.talk, event);
    return;
  }
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
      if (event.recovery) recovered(state, event.at);
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
    case 'routing-decision':
    case 'call-failed':
    case 'call-answered':
      foldCall(state, event);
      return;
    case 'tool-started':
    case 'tool-completed':
    case 'changes-undone':
      foldTool(state, event);
      return;
    case 'step-held':
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
      loseCalls(state, event.step, event.at);
      interruptTools(state, event.step, event.at);
      if (event.type === 'step-held') carryOn(state, previous, event.at);
      state.steps[event.step] = foldStep(previous, event);
      return;
    }
    default:
      unknownEvent(event);
  }
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
  raiseCaps(state, approval, decision);
  const granted = grantedBy(approval, decision);
  if (granted.length > 0) state.allowances = [...state.allowances, ...granted];
  const step = state.steps[event.step];
  if (sendsToWork(approval, decision) && step !== undefined)
    state.steps[event.step] = { key: step.key, attempt: step.attempt, status: 'pending' };
}

/** What a person sends to work (again) stands in the queue until a slot is free; every other decision is followed by its result. */
export function sendsToWork(approval: Approval, { action }: Decision): boolean {
  if (action === 'retry') return true;
  if (approval.kind === 'before') return action === 'approve';
  const goesOn = approval.kind === 'budget' || isAboutCalls(approval);
  return goesOn && (action === 'approve' || action === 'modify');
}

/** Approving a budget gate raises its cap as shown; modifying sets it to the number given. A day's cap is kept elsewhere. */
function raiseCaps(state: OwnRunState, { kind, shown }: Approval, { action, value }: Decision): void {
  const asked = shown.budget;
  if (kind !== 'budget' || asked === undefined || (action !== 'approve' && action !== 'modify')) return;
  if (asked.scope === 'price') state.caps = { ...state.caps, unpriced: 'allowed' };
  if (asked.scope !== 'run') return;
  const cap = action === 'modify' && typeof value === 'number' ? value : asked.raiseTo;
  state.caps = { ...state.caps, [asked.unit]: cap };
}

function capsOf({ config }: WorkflowDefinition): Budget {
  const { usd, tokens, minutes } = config.budget ?? {};
  return {
    ...(usd !== undefined && { usd }),
    ...(tokens !== undefined && { tokens }),
    ...(minutes !== undefined && { minutes }),
  };
}

/** An interrupted attempt that may be repeated is as good as never made. Every other one is uncertain, and an event says so. */
function recovered(state: OwnRunState, at: number): void {
  state.recoveries += 1;
  for (const { key } of Object.values(state.steps)) {
    loseCalls(state, key, at);
    interruptTools(state, key, at);
  }
  for (const step of Object.values(state.steps)) {
    if (step.status !== 'running' || !step.idempotent) continue;
    carryOn(state, step);
    state.steps[step.key] = { key: step.key, attempt: step.attempt, status: 'pending' };
  }
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
function unknownEvent(_event: never): void {}

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
  const own = state.steps[step.key];
  if (own?.status !== 'pending') return false;
  // It waits for the answer to an open question about money, as the step does that asked.
  if (own.held !== undefined && hasBudgetGate(state)) return false;
  return step.dependsOn.every((key) => {
    const dependency = state.steps[key];
    return dependency === undefined || isSettled(dependency);
  });
}

function hasBudgetGate({ openApprovals }: RunState): boolean {
  return Object.values(openApprovals).some(({ kind }) => kind === 'budget');
}
