/*
 * owns: steps whose attempts wait for money, and what an answer about money means for them.
 * does not own: how much there is (run-purse), asking and recording the answer (gates, decisions).
 * must stay true: one budget question is open in a run at a time; every held step goes on, is left out, or ends with the run.
 */
import type { Approval, Decider } from '../../model/approval';
import { budgetWords } from '../../model/budget-words';
import type { RunEventBody } from '../../model/events';
import type { StepKey } from '../../model/ids';
import type { BudgetQuestion } from '../../model/model-call';
import type { OwnRunState } from '../../model/run-state';
import type { Step } from '../../model/workflow';
import { budgetQuestion, exceeded, isAnswered, lastBudgetDecision, openBudgetGate } from '../gates/budget';
import type { Gates } from '../gates/gates';
import type { RunLog } from '../run-log';

export interface HeldStepsOptions {
  readonly log: RunLog;
  readonly gates: Gates;
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly needsModel: (step: Step) => boolean;
  /** Into the queue (again), once it is on the disk. */
  readonly release: (stored: Promise<boolean>, keys: readonly StepKey[]) => void;
  /** The steps have settled with events that are on their way to the disk. */
  readonly settled: (keys: readonly StepKey[], stored: Promise<boolean>) => void;
  /** The file wants the run to end rather than to ask. */
  readonly onExceeded: (step: StepKey, message: string) => void;
}

export class HeldSteps {
  private readonly keys = new Set<StepKey>();

  constructor(private readonly options: HeldStepsOptions) {}

  /** An attempt stopped before a call that may not be paid for. */
  hold(step: Step, attempt: number, asked: BudgetQuestion): void {
    const { log, gates, release, settled, onExceeded } = this.options;
    const { state } = log;
    const held: RunEventBody = {
      type: 'step-held',
      step: step.key,
      attempt,
      reason: 'budget',
      message: budgetWords(asked).why,
    };
    if (isAnswered(state, asked)) return release(log.record(held), [step.key]);
    if (asked.scope !== 'day' && state.definition.config.budget?.onExceed === 'stop') {
      void log.record(held);
      return onExceeded(step.key, exceeded(asked));
    }
    const last = lastBudgetDecision(state);
    if (last?.decision.action === 'skip' && step.continueOnError)
      return settled([step.key], log.record(held, leftOut(state, step.key, last.by)));
    if (openBudgetGate(state) !== undefined) {
      this.keys.add(step.key);
      void log.record(held);
      return;
    }
    const question = gates.ask(budgetQuestion(state, step, attempt, asked));
    void log.record(held, ...(question.type === 'open' ? question.bodies : []));
  }

  /** An attempt stopped before a call because its run was paused: it goes on with the run. */
  afterPause(step: StepKey, attempt: number, message: string): void {
    const { log, release } = this.options;
    release(log.record({ type: 'step-held', step, attempt, reason: 'pause', message }), [step]);
  }

  /** From the state of a run that is opened again: true for a step that waits for the answer to an open question. */
  restore(key: StepKey): boolean {
    const { state } = this.options.log;
    const step = state.steps[key];
    if (step?.status !== 'pending' || step.held === undefined || openBudgetGate(state) === undefined)
      return false;
    this.keys.add(key);
    return true;
  }

  /** A cap was raised: everyone tries again. Whoever still does not fit asks anew. */
  goOn(gateStep: StepKey, stored: Promise<boolean>): void {
    this.options.release(stored, [gateStep, ...this.take()]);
  }

  /** Every step that waits, taken out. */
  take(): StepKey[] {
    const keys = [...this.keys];
    this.keys.clear();
    return keys;
  }

  /** Leaves out what is optional and needs a model; what is required is asked about again. `bodies` are recorded before it. */
  leaveOptionalOut(approval: Approval, by: Decider, bodies: readonly RunEventBody[]): Promise<boolean> {
    const { log, gates, steps, release, settled } = this.options;
    const { state } = log;
    const gateStep = steps.get(approval.step);
    const leaving = [...steps.values()].filter((step) => this.mayBeLeftOut(step, approval.step));
    const keys = leaving.map(({ key }) => key);
    const isRequired = gateStep !== undefined && !gateStep.continueOnError;
    const skips = keys.map((key) => leftOut(state, key, by));
    const again = isRequired ? [gates.askAgain(withoutSkip(approval), gateStep, approval.shown)] : [];
    const stored = log.record(...bodies, ...skips, ...again);
    for (const key of keys) this.keys.delete(key);
    settled(keys, stored);
    if (!isRequired) release(stored, this.take());
    return stored;
  }

  /** What is at work has its money, and what waits for a person has its result. */
  private mayBeLeftOut(step: Step, gateStep: StepKey): boolean {
    if (!step.continueOnError) return false;
    if (step.key === gateStep) return true;
    return this.options.log.state.steps[step.key]?.status === 'pending' && this.options.needsModel(step);
  }
}

function leftOut(state: OwnRunState, key: StepKey, by: Decider): RunEventBody {
  return {
    type: 'step-skipped',
    step: key,
    attempt: state.steps[key]?.attempt ?? 0,
    reason: 'person',
    because: `${by.name} left it out to save its cost.`,
    output: null,
  };
}

function withoutSkip(approval: Approval): Approval {
  return { ...approval, allow: approval.allow.filter((action) => action !== 'skip') };
}
