import type { Approval } from '../model/approval';
import type { RunEvent } from '../model/events';
import { foldCall, loseCalls, type CallsState } from '../model/fold-calls';
import type { ApprovalId, RunId, StepKey } from '../model/ids';
import { isCollaboration } from '../model/message';
import { nothingSpent } from '../model/model-call';
import { isTerminal, sendsToWork, type RunStatus, type StepStatus } from '../model/run-state';
import type { WorkflowDefinition } from '../model/workflow';
import type { RunSummary } from './run-store';

/**
 * A run in one line, kept up to date event by event in constant time, where folding the whole state would cost
 * a copy of its steps each time. Says the same as `runStatus(foldAll(events))`; a property test holds them together.
 */
export class RunTracker {
  private definition: WorkflowDefinition | undefined;
  private path: string | undefined;
  private rehearsal = false;
  private startedAt = 0;
  private endedAt: number | undefined;
  private phase: 'active' | 'paused' | 'parked' | 'completed' | 'failed' | 'cancelled' = 'active';
  private readonly steps = new Map<StepKey, StepLine>();
  private readonly open = new Map<ApprovalId, Approval>();
  private settled = 0;
  /** What was spent, and the calls of attempts that are under way: those of ended ones say nothing more. */
  private readonly money: CallsState = { spent: nothingSpent, calls: {} };

  constructor(readonly runId: RunId) {}

  apply(event: RunEvent): void {
    // What agents say to each other changes nothing in the line of a run.
    if (isCollaboration(event)) return;
    if (isOfStep(event)) this.endCalls(event.step, event.at);
    switch (event.type) {
      case 'run-started':
        this.begin(event);
        return;
      case 'run-paused':
        this.phase = 'paused';
        return;
      case 'run-resumed':
        this.phase = 'active';
        return;
      case 'run-parked':
        this.phase = 'parked';
        return;
      case 'run-completed':
        this.end('completed', event.at);
        return;
      case 'run-failed':
        this.end('failed', event.at);
        return;
      case 'run-cancelled':
        this.end('cancelled', event.at);
        return;
      case 'approval-requested':
        this.open.set(event.approval.id, event.approval);
        if (this.steps.get(event.step)?.status !== 'uncertain')
          this.setStep(event.step, 'waiting', event.attempt);
        return;
      case 'approval-decided':
        if (event.refused === undefined) this.decide(event);
        return;
      case 'approval-voided':
        this.open.delete(event.id);
        return;
      case 'step-started':
        this.setStep(event.step, 'running', event.attempt, { mayBeRepeated: event.idempotent });
        return;
      case 'step-produced':
        this.setStep(event.step, 'waiting', event.attempt);
        return;
      case 'step-completed':
        this.setStep(event.step, 'completed', event.attempt);
        return;
      case 'step-failed':
        this.setStep(event.step, event.retryAt === undefined ? 'failed' : 'pending', event.attempt);
        return;
      case 'step-skipped':
        this.setStep(event.step, 'skipped', event.attempt);
        return;
      case 'step-uncertain':
        this.setStep(event.step, 'uncertain', event.attempt);
        return;
      case 'step-cancelled':
        this.setStep(event.step, 'cancelled', event.attempt);
        return;
      case 'step-held':
        this.setStep(event.step, 'pending', event.attempt, { isHeld: event.reason === 'budget' });
        return;
      case 'routing-decision':
      case 'call-failed':
      case 'call-answered':
        foldCall(this.money, event);
        return;
      case 'owner-changed':
        if (event.recovery) this.recover(event.at);
        return;
      case 'tool-started':
      case 'tool-completed':
      case 'changes-undone':
        return;
      default:
        // A type that a later version added says nothing this line shows.
        ignore(event);
    }
  }

  get isStarted(): boolean {
    return this.definition !== undefined;
  }

  get isFinished(): boolean {
    return isTerminal(this.phase as RunStatus);
  }

  status(): RunStatus {
    if (this.phase !== 'active') return this.phase;
    const steps = [...this.steps.values()];
    if (steps.every((step) => step.attempt === 0 && step.status === 'pending')) return 'pending';
    if (this.open.size === 0) return 'running';
    if (steps.some((step) => step.status === 'running')) return 'running';
    return (this.definition?.steps ?? []).some((step) => this.canStart(step.key, step.dependsOn))
      ? 'running'
      : 'waiting';
  }

  summary(): RunSummary {
    return {
      runId: this.runId,
      workflow: this.definition?.name ?? '',
      ...(this.path !== undefined && { path: this.path }),
      rehearsal: this.rehearsal,
      status: this.status(),
      startedAt: this.startedAt,
      ...(this.endedAt !== undefined && { endedAt: this.endedAt }),
      settledSteps: this.settled,
      steps: this.steps.size,
      openApprovals: this.open.size,
      ...(this.money.spent !== nothingSpent && { spent: this.money.spent }),
    };
  }

  private begin(event: Extract<RunEvent, { type: 'run-started' }>): void {
    this.definition = event.definition;
    this.path = event.source.path;
    this.rehearsal = event.rehearsal === true;
    this.startedAt = event.at;
    for (const step of event.definition.steps)
      this.steps.set(step.key, { status: 'pending', attempt: 0, isHeld: false, mayBeRepeated: false });
  }

  private end(phase: 'completed' | 'failed' | 'cancelled', at: number): void {
    this.phase = phase;
    this.endedAt = at;
  }

  private decide({ id, step, decision }: Extract<RunEvent, { type: 'approval-decided' }>): void {
    const approval = this.open.get(id);
    if (approval === undefined) return;
    this.open.delete(id);
    const own = this.steps.get(step);
    if (own !== undefined && sendsToWork(approval, decision)) this.setStep(step, 'pending', own.attempt);
  }

  private endCalls(key: StepKey, at: number): void {
    if (!this.steps.has(key)) return;
    loseCalls(this.money, key, at);
    delete this.money.calls[key];
  }

  /** An interrupted attempt that may be repeated is as good as never made. */
  private recover(at: number): void {
    for (const [key, { status, attempt, mayBeRepeated }] of this.steps) {
      this.endCalls(key, at);
      if (status === 'running' && mayBeRepeated) this.setStep(key, 'pending', attempt);
    }
  }

  private setStep(
    key: StepKey,
    status: StepStatus,
    attempt: number,
    { isHeld = false, mayBeRepeated = false }: Partial<StepLine> = {},
  ): void {
    const step = this.steps.get(key);
    if (step === undefined) return;
    this.settled += Number(isSettled(status)) - Number(isSettled(step.status));
    step.status = status;
    step.attempt = attempt;
    step.isHeld = isHeld;
    step.mayBeRepeated = mayBeRepeated;
  }

  private canStart(key: StepKey, dependsOn: readonly StepKey[]): boolean {
    const own = this.steps.get(key);
    if (own?.status !== 'pending') return false;
    if (own.isHeld && [...this.open.values()].some(({ kind }) => kind === 'budget')) return false;
    return dependsOn.every((name) => {
      const dependency = this.steps.get(name);
      return dependency === undefined || isSettled(dependency.status);
    });
  }
}

interface StepLine {
  status: StepStatus;
  attempt: number;
  /** It waits for the answer to a question about money. */
  isHeld: boolean;
  /** Its attempt that runs was begun as one that may be repeated. */
  mayBeRepeated: boolean;
}

type StepEvent = Extract<RunEvent, { type: `step-${string}` }>;

function isOfStep(event: RunEvent): event is StepEvent {
  return event.type.startsWith('step-');
}

function isSettled(status: StepStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'skipped' || status === 'cancelled';
}

function ignore(_event: never): void {}
