/*
 * owns: how a run moves by itself: which step starts when, and that what an attempt came to is recorded and goes on.
 * does not own: what that means (consequence), what people do to the run (run), asking (gates), doing (work), appending (run-log).
 * must stay true: a step starts only when all it depends on has settled on the disk; at most `parallelism` work at once;
 * every step settles exactly once; a failed step is never completed.
 */
import type { Disposable } from '../base/disposable';
import type { JsonValue } from '../base/json';
import type { RunEventBody } from '../model/events';
import type { Sha256, StepKey } from '../model/ids';
import { isSettled, type OwnRunState, type StepState } from '../model/run-state';
import type { Step } from '../model/workflow';
import type { Question } from './gates/approvals';
import type { RecordedAnswers } from './calls/recorded-answers';
import type { RecordedTools } from './calls/recorded-tools';
import { consequenceOf, uncertainty } from './consequence';
import { HeldSteps } from './money/held-steps';
import type { RunPurse } from './money/run-purse';
import type { AttemptOutcome } from './work/attempt';
import { failure, recordedOutcome, type Failure } from './work/recorded-outcome';
import { cancelStep } from './ending';
import type { Gates } from './gates/gates';
import type { Joins } from './graph/joins';
import { isLargeOutput } from './work/large-output';
import { errorQuestion } from './gates/questions';
import { ReadyQueue } from './graph/ready-queue';
import type { RetriesUsed } from './graph/retry';
import type { RunLog } from './run-log';
import type { RunTalk } from './run-talk';
import { outputOf, type StepValues } from './work/step-values';
import { Stop } from './work/stop';
import { turnOf } from './turn';
import { Work, type WorkServices } from './work/work';

export interface FlowOptions {
  readonly services: WorkServices;
  readonly log: RunLog;
  readonly values: StepValues;
  readonly gates: Gates;
  readonly joins: Joins;
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly retriesUsed: Map<StepKey, RetriesUsed>;
  readonly answers: RecordedAnswers;
  readonly tools: RecordedTools;
  readonly talk: RunTalk;
  readonly money: RunPurse;
  /** False while no step may start. */
  readonly mayStart: () => boolean;
  /** A step that may not start yet though its turn has come. */
  readonly isHeldBack: (key: StepKey) => boolean;
  /** Called whenever something has moved, after what could start has started. */
  readonly onMoved: () => void;
  readonly onAllSettled: () => void;
  /** The run may spend no more, and its file wants it to end then. */
  readonly onExceeded: (step: StepKey, message: string) => void;
}

export class Flow {
  /** Set when the run is being ended: facts are still recorded, nothing follows from them. */
  isEnding = false;
  /** Steps that wait for money. */
  readonly held: HeldSteps;
  private readonly work: Work;
  private readonly retrying = new Map<StepKey, Disposable>();
  /** Whole outputs on their way to becoming results, by the hash in their stand-ins. */
  private readonly whole = new Map<Sha256, JsonValue>();
  /** Steps whose dependencies have settled. */
  private readonly ready = new ReadyQueue();
  private unsettled: number;
  /** Facts on their way to the disk that let steps start. */
  private releasing = 0;
  private readonly waiters: (() => void)[] = [];
  private failFastFired = false;

  constructor(private readonly options: FlowOptions) {
    const { services, log, values, steps, gates, answers, tools, talk, money } = options;
    this.unsettled = steps.size;
    this.work = new Work(services, {
      runId: log.state.runId,
      log,
      values,
      steps,
      comment: (key) => gates.comment(key),
      answers,
      tools,
      talk,
      money,
      onOutcome: (step, attempt, idempotent, outcome) => {
        // Closed or overtaken: what came out is for whoever opens the run next to find out.
        if (log.hasFailed) return;
        if (this.isEnding) {
          const fact = recordedOutcome(step, attempt, outcome);
          if (fact !== undefined) void log.record(fact);
        } else this.outcome(step, attempt, idempotent, outcome);
        this.proceed();
      },
    });
    this.held = new HeldSteps({
      log,
      gates,
      steps,
      needsModel: (step) => this.work.needsModel(step),
      release: (stored, keys) => this.admitOnce(stored, () => keys),
      settled: (keys, stored) => {
        for (const key of keys) this.settled(key, stored);
      },
      onExceeded: options.onExceeded,
    });
  }

  /** True when steps are at work, or wait for their next attempt. */
  get isWorking(): boolean {
    return this.work.size > 0 || this.retrying.size > 0;
  }

  /** True when nothing is under way; then only a person, a clock or the run's end can move it. */
  get isAtRest(): boolean {
    const canGoOn = this.options.mayStart() && this.couldGoOn;
    return this.work.size === 0 && this.releasing === 0 && !canGoOn;
  }

  /** True when a step could start as soon as one may, now or after its delay. */
  get couldGoOn(): boolean {
    return !this.ready.isEmpty || this.retrying.size > 0;
  }

  get areAllSettled(): boolean {
    return this.unsettled === 0;
  }

  admit(...keys: readonly StepKey[]): void {
    this.ready.push(...keys);
  }

  /** Starts what can start. */
  proceed(): void {
    const { log, steps } = this.options;
    const { parallelism } = log.state.definition.config;
    while (this.work.size < parallelism && !this.isEnding && this.options.mayStart()) {
      const key = this.ready.shift(this.options.isHeldBack);
      if (key === undefined) break;
      const step = steps.get(key);
      if (step !== undefined) this.take(step);
    }
    this.options.onMoved();
  }

  /** Records that a step has settled, and lets those behind it go on once that is on the disk. */
  settle(key: StepKey, bodies: readonly RunEventBody[]): Promise<boolean> {
    const stored = this.options.log.record(...bodies);
    this.settled(key, stored);
    return stored;
  }

  /** Keeps a large output at hand for the steps that come after. */
  keepWhole(standIn: JsonValue, whole: JsonValue): void {
    if (isLargeOutput(standIn)) this.whole.set(standIn.$artifact, whole);
  }

  /** Puts a step into the queue (again) once `stored` is true. */
  release(key: StepKey, stored: Promise<boolean>): void {
    this.admitOnce(stored, () => [key]);
  }

  /** Resolves when every fact that lets steps start is on the disk, or never will be. */
  whenReleased(): Promise<void> {
    if (this.releasing === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** From the state of a run that is opened again. Nothing starts yet. */
  restore(state: OwnRunState): void {
    let failed: StepKey | undefined;
    for (const step of Object.values(state.steps)) {
      if (!isSettled(step) || this.isToBeAsked(step)) continue;
      this.unsettled -= 1;
      this.options.joins.settle(step.key);
      if (step.status === 'failed' && !step.tolerated) failed ??= step.key;
    }
    if (failed !== undefined && state.definition.config.failFast) this.failFast(failed);
    for (const key of this.options.joins.open()) {
      const step = state.steps[key];
      if (step?.status !== 'pending') continue;
      if (this.held.restore(key)) continue;
      if (step.retryAt === undefined) this.admit(key);
      else this.retryLater(key, step.retryAt - this.options.services.host.clock.now());
    }
  }

  /** A failure that a person has to be asked about, and has not been yet. */
  isToBeAsked(step: StepState): boolean {
    return (
      step.status === 'failed' &&
      !step.tolerated &&
      this.options.steps.get(step.key)?.onError === 'ask' &&
      !this.failFastFired
    );
  }

  stopWork(stop: Stop): Promise<void> {
    for (const timer of this.retrying.values()) timer.dispose();
    this.retrying.clear();
    return this.work.stopAll(stop);
  }

  /** Asks about a step, after the given facts about it. */
  ask(question: Question, facts: readonly RunEventBody[]): void {
    const { gates, log } = this.options;
    const state = log.state.steps[question.step.key];
    const produced = facts.find((body) => body.type === 'step-produced');
    const known = state?.status === 'waiting' ? state.produced : undefined;
    const asked = gates.ask(question, produced ?? known);
    if (asked.type === 'owed') {
      if (facts.length > 0) void log.record(...facts);
      return;
    }
    const bodies = [...facts, ...asked.bodies];
    if (asked.type === 'decided' && asked.consequence.type === 'settled') {
      void this.settle(question.step.key, [...bodies, asked.consequence.body]);
      return;
    }
    const stored = log.record(...bodies);
    if (asked.type === 'decided') this.release(question.step.key, stored);
    else gates.armOpen();
  }

  private take(step: Step): void {
    const { log, values, gates } = this.options;
    const own = log.state.steps[step.key];
    if (own?.status !== 'pending') return;
    const turn = turnOf(step, own, {
      state: log.state,
      values,
      isFailingFast: this.failFastFired,
      environment: (declared) => this.work.shownEnvironment(declared),
      approved: (declared, shown) => gates.approvedFor(declared.key, shown),
    });
    switch (turn.type) {
      case 'begin':
        this.work.begin(step, turn.rendered);
        return;
      case 'settle':
        void this.settle(step.key, turn.bodies);
        return;
      case 'ask':
        this.ask(turn.question, []);
        return;
      case 'fail': {
        const { error } = turn;
        this.failed(step, own.attempt, { type: 'failed', error, artifacts: [], usage: { durationMs: 0 } });
        return;
      }
      default:
        turn satisfies never;
    }
  }

  private outcome(step: Step, attempt: number, idempotent: boolean, outcome: AttemptOutcome): void {
    const { log, retriesUsed, services } = this.options;
    const { clock, ids } = services.host;
    const consequence = consequenceOf(step, outcome, {
      state: log.state,
      attempt,
      idempotent,
      retriesUsed: retriesUsed.get(step.key) ?? [],
      random: () => ids.random(),
    });
    // Its beginning may still be held back; what is said of it now comes after that.
    if (outcome.type === 'stopped') log.flush();
    if (outcome.type === 'produced') this.keepWhole(outcome.product.output, outcome.whole);
    switch (consequence?.type) {
      case 'settle':
        void this.settle(step.key, consequence.bodies);
        return;
      case 'ask':
        this.ask(consequence.question, consequence.facts);
        return;
      case 'hold':
        this.held.hold(step, attempt, consequence.question);
        return;
      case 'pause':
        this.held.afterPause(step.key, attempt, consequence.message);
        return;
      case 'retry': {
        const { used, delayMs } = consequence;
        retriesUsed.set(step.key, used);
        void log.record({ ...consequence.failure, retryAt: clock.now() + delayMs });
        this.retryLater(step.key, delayMs);
        return;
      }
      case 'fail':
        this.failed(step, attempt, consequence.failure);
        return;
      case undefined:
        return;
      default:
        consequence satisfies never;
    }
  }

  private failed(step: Step, attempt: number, outcome: Failure): void {
    const { error, artifacts } = outcome;
    const body = failure(step.key, attempt, outcome);
    if (step.onError === 'ask' && !this.failFastFired) {
      this.ask(errorQuestion(step, attempt, error.message, artifacts), [body]);
      return;
    }
    void this.settle(step.key, [step.continueOnError ? { ...body, tolerated: true } : body]);
    if (!step.continueOnError && this.options.log.state.definition.config.failFast) this.failFast(step.key);
  }

  /** Nobody knows whether it happened. */
  uncertain(step: Step, attempt: number, message: string): void {
    const { question, facts } = uncertainty(step, attempt, message);
    this.ask(question, facts);
  }

  private retryLater(key: StepKey, delayMs: number): void {
    const { clock } = this.options.services.host;
    const timer = clock.after(Math.max(0, delayMs), () => {
      this.retrying.delete(key);
      this.admit(key);
      this.proceed();
    });
    this.retrying.set(key, timer);
  }

  private settled(key: StepKey, stored: Promise<boolean>): void {
    const { log, values, joins } = this.options;
    this.unsettled -= 1;
    this.retrying.get(key)?.dispose();
    this.retrying.delete(key);
    const state = log.state.steps[key];
    if (state !== undefined) values.settle(state, this.wholeOf(outputOf(state)));
    this.admitOnce(stored, () => joins.settle(key));
    if (this.unsettled === 0) this.options.onAllSettled();
  }

  private wholeOf(output: JsonValue): JsonValue {
    return isLargeOutput(output) ? (this.whole.get(output.$artifact) ?? output) : output;
  }

  private admitOnce(stored: Promise<boolean>, keys: () => readonly StepKey[]): void {
    this.releasing += 1;
    void stored.then((isStored) => {
      this.releasing -= 1;
      if (isStored) {
        this.admit(...keys());
        this.proceed();
      }
      if (this.releasing > 0) return;
      for (const resolve of this.waiters.splice(0)) resolve();
    });
  }

  /** Cancels what is under way elsewhere. What has not started is cancelled when its turn comes. */
  private failFast(because: StepKey): void {
    if (this.failFastFired) return;
    this.failFastFired = true;
    const { log, gates } = this.options;
    const reason = `${because} failed, and the workflow fails fast.`;
    void this.work.stopAll(new Stop('cancel', reason));
    for (const [key, timer] of this.retrying) {
      timer.dispose();
      this.admit(key);
    }
    this.retrying.clear();
    this.admit(...this.held.take());
    for (const state of Object.values(log.state.steps)) {
      if (state.status !== 'waiting' && state.status !== 'uncertain' && !gates.owes(state.key)) continue;
      if (this.work.has(state.key)) continue;
      gates.forget(state.key);
      void this.settle(state.key, cancelStep(log.state, state, reason));
    }
  }
}
