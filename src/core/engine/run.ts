/*
 * owns: one live run as people see it: begun or opened again, paused, resumed, decided upon, cancelled, at rest, ended.
 * does not own: how it moves by itself (flow), and appending (run-log).
 * must stay true: whatever a person was told has happened is on the disk; a run ends once, with no gate left open.
 */
import { formatLimit } from '../base/duration';
import type { Decider, Decision } from '../model/approval';
import type { RunEvent, RunEventBody } from '../model/events';
import type { ApprovalId, RunId, StepKey } from '../model/ids';
import { isTerminal, type OwnRunState, type RunState } from '../model/run-state';
import type { ApprovalMode, Step } from '../model/workflow';
import type { CommandOutcome, UndoOutcome } from '../runtime-port';
import { Decisions } from './decisions';
import { cancellation, conclusion } from './ending';
import { Flow } from './flow';
import { Gates } from './gates/gates';
import { Joins } from './graph/joins';
import { retriesUsedIn } from './graph/retry';
import { RecordedAnswers } from './calls/recorded-answers';
import { RecordedTools } from './calls/recorded-tools';
import { RunPurse, type DaySpending } from './money/run-purse';
import { RunLog } from './run-log';
import { RunTalk } from './run-talk';
import { Undoing, type Restore } from './undoing';
import { StepValues } from './work/step-values';
import { Stop } from './work/stop';
import type { WorkServices } from './work/work';
import { workingTime } from './recovery';
import { WorkingClock } from './working-clock';

/**
 * all: every run, also one that was opened again and whose gate is then decided or expires (a window).
 * own: only runs that a person starts, resumes or decides upon in this process (a terminal: its one run is what the person trusts).
 * none: what people say is stored, and no step starts (a terminal that approves).
 */
export type Moves = 'all' | 'own' | 'none';

export interface RunServices extends WorkServices {
  /** Which runs go on in this process. */
  readonly moves: Moves;
  /** False in a folder that is not trusted: there only rehearsals go on. Read whenever a step could start. */
  readonly isTrusted: () => boolean;
  /** The person's limits for a day; absent: nobody counts days. */
  readonly day?: DaySpending;
  readonly onStored: (events: readonly RunEvent[]) => void;
  /** Nothing more can be recorded: what is in memory is no longer true, and the run is over for this process. */
  readonly onFault: (runId: RunId, error: unknown) => void;
}

/** A run that begins, or one of which there are events already. */
export type Origin =
  | { readonly type: 'new'; readonly started: RunEventBody; readonly rehearsal: boolean }
  | { readonly type: 'known'; readonly events: readonly RunEvent[] };

export interface ResumeOptions {
  readonly by: string;
  readonly mode?: ApprovalMode;
  readonly automatic?: true;
}

const OK: CommandOutcome = { ok: true };

export class Run {
  readonly log: RunLog;
  readonly gates: Gates;
  readonly flow: Flow;
  readonly values: StepValues;
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly decisions: Decisions;
  private readonly undoing: Undoing;
  readonly talk: RunTalk;
  private readonly answers = new RecordedAnswers();
  private readonly tools = new RecordedTools();
  private readonly clock: WorkingClock;
  private ending: Promise<CommandOutcome> | undefined;
  private isClosed = false;
  /** Whether a person of this process made the run go. */
  private isOwn: boolean;
  /** While an earlier process's run is being looked through, nothing starts. */
  isOpening = false;
  private waiters: ((state: RunState) => void)[] = [];

  constructor(
    readonly id: RunId,
    private readonly services: RunServices,
    origin: Origin,
  ) {
    const { host, store } = services;
    this.isOwn = origin.type === 'new';
    const events = origin.type === 'known' ? origin.events : [];
    this.log = new RunLog(
      {
        runId: id,
        store,
        clock: host.clock,
        rehearsal: origin.type === 'new' ? origin.rehearsal : events[0]?.rehearsal === true,
        onRecorded: (event) => this.recorded(event),
        onStored: (stored) => {
          services.onStored(stored);
          this.tellIfIdle();
        },
        onFault: (error) => this.fault(error),
      },
      origin.type === 'new' ? origin.started : events,
    );
    for (const event of events) this.recorded(event);
    this.talk = new RunTalk(this.log, host.clock, events);
    const { state } = this.log;
    const { definition } = state;
    this.clock = new WorkingClock(host.clock, definition.config.timeout, workingTime(events), () =>
      this.timedOut(),
    );
    const { day } = services;
    const money = new RunPurse({ state, workedMs: () => this.clock.workedMs, ...(day && { day }) });
    this.steps = new Map(definition.steps.map((step) => [step.key, step]));
    this.values = new StepValues(state);
    const joins = new Joins(definition.steps);
    this.gates = new Gates({
      host,
      state,
      values: this.values,
      next: (key) => joins.dependants(key).map((name) => this.steps.get(name)?.title ?? name),
      onExpired: (approval) => this.decisions.expire(approval),
    });
    this.flow = new Flow({
      services,
      log: this.log,
      values: this.values,
      gates: this.gates,
      joins,
      steps: this.steps,
      retriesUsed: retriesUsedIn(events, this.steps),
      answers: this.answers,
      tools: this.tools,
      talk: this.talk,
      money,
      mayStart: () => this.mayStart(),
      isHeldBack: (key) => this.undoing.has(key),
      onMoved: () => this.moved(),
      onAllSettled: () => this.conclude(),
      onExceeded: (step, message) =>
        void this.end(new Stop('cancel', message), { type: 'run-failed', failed: [step], message }),
    });
    this.decisions = new Decisions({
      log: this.log,
      gates: this.gates,
      flow: this.flow,
      steps: this.steps,
      artifacts: store.artifacts,
      money,
      canGoOn: () => this.canGoOn(),
      over: () => (this.isOver ? this.over() : undefined),
      told: (stored) => this.told(stored),
      pause: (by) => void this.pause(by, 'expired'),
      cancel: (by, reason) => this.end(cancelStop(reason), { type: 'run-cancelled', by, reason }),
    });
    this.undoing = new Undoing({
      log: this.log,
      gates: this.gates,
      steps: this.steps,
      isOver: () => this.isOver,
      onDone: () => this.flow.proceed(),
    });
    if (origin.type === 'new') this.flow.admit(...joins.open());
  }

  get state(): OwnRunState {
    return this.log.state;
  }

  get hasEnded(): boolean {
    return isTerminal(this.state.phase as Parameters<typeof isTerminal>[0]);
  }

  /** True when it cannot go on by itself and all of it is on the disk. */
  get isIdle(): boolean {
    if (this.isClosed || this.log.hasFailed) return true;
    if (!this.log.isQuiet || this.isOpening) return false;
    if (this.hasEnded) return true;
    return this.ending === undefined && this.flow.isAtRest && !this.gates.owesQuestions;
  }

  whenIdle(): Promise<RunState> {
    if (this.isIdle) return Promise.resolve(this.log.snapshot());
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  async pause(by: string, reason: 'person' | 'storage' | 'expired' = 'person'): Promise<CommandOutcome> {
    if (this.isOver) return this.over();
    if (this.state.phase !== 'active') return OK;
    const stored = this.log.record({ type: 'run-paused', by, reason });
    this.flow.proceed();
    return this.told(stored);
  }

  async resume({ by, mode, automatic }: ResumeOptions): Promise<CommandOutcome> {
    if (this.isOver) return this.over();
    if (!this.state.rehearsal && !this.services.isTrusted())
      return {
        ok: false,
        code: 'refused',
        message: 'This folder is not trusted: its runs cannot go on here.',
      };
    if (automatic && this.state.phase === 'parked')
      return { ok: false, code: 'refused', message: `Run ${this.id} is parked: ${this.state.reason ?? ''}` };
    this.isOwn = true;
    if (this.state.phase === 'active' && (mode === undefined || mode === this.state.mode)) {
      this.flow.proceed();
      return OK;
    }
    const stored = this.log.record({
      type: 'run-resumed',
      by,
      ...(mode && { mode }),
      ...(automatic && { automatic }),
    });
    const told = this.told(stored);
    // A resume that is not on the disk has not happened.
    if ((await stored) && !this.isOver) this.flow.proceed();
    return told;
  }

  async cancel(by: string, reason = 'Cancelled.'): Promise<CommandOutcome> {
    if (this.ending === undefined && this.isOver) return this.over();
    return this.end(cancelStop(reason), { type: 'run-cancelled', by, reason });
  }

  async decide(id: ApprovalId, decision: Decision, by: Decider): Promise<CommandOutcome> {
    this.isOwn = true;
    if (this.undoing.has(this.state.openApprovals[id]?.step ?? ''))
      return {
        ok: false,
        code: 'refused',
        message: 'Changes are being taken back; look again, then decide.',
      };
    const outcome = await this.decisions.decide(id, decision, by);
    // Where nothing moves, the decider is told when the run has been put to rest, too.
    if (!this.isMoved && !this.log.hasFailed) await this.log.whenStored;
    return outcome;
  }

  /** Takes back what a step's agents changed in files. */
  undo(step: StepKey, by: string, restore: Restore): Promise<UndoOutcome> {
    return this.undoing.undo(step, by, restore);
  }

  /** Stops what runs without a word in the events, so that the run can be resumed. Resolves when nothing runs any more. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.log.close();
    this.flow.isEnding = true;
    this.disposeClocks();
    await this.flow.stopWork(new Stop('close', 'Baton was closed.'));
    this.talk.dispose();
    this.tellIfIdle();
  }

  /** Ends the run when all has settled. */
  conclude(): void {
    if (this.ending !== undefined || this.hasEnded) return;
    this.disposeClocks();
    this.talk.dispose();
    void this.log.record(conclusion(this.state));
  }

  private end(stop: Stop, body: RunEventBody): Promise<CommandOutcome> {
    this.ending ??= this.stopAndEnd(stop, body);
    return this.ending;
  }

  private async stopAndEnd(stop: Stop, body: RunEventBody): Promise<CommandOutcome> {
    this.flow.isEnding = true;
    this.disposeClocks();
    await this.flow.stopWork(stop);
    this.talk.dispose();
    if (this.log.hasFailed) return this.over();
    this.log.flush();
    const stored = this.log.record(...cancellation(this.state, stop.message), body);
    await stored;
    return this.told(stored);
  }

  private timedOut(): void {
    this.log.flush();
    const { timeout } = this.state.definition.config;
    const failed = Object.values(this.state.steps).filter((step) => step.status === 'running');
    const message = `The run took longer than its limit of ${formatLimit(timeout ?? 0)}.`;
    const names = failed.map((step) => step.key);
    void this.end(new Stop('timeout', message), { type: 'run-failed', failed: names, message });
  }

  /** For what later attempts go on from. */
  private recorded(event: RunEvent): void {
    this.answers.add(event);
    this.tools.add(event);
  }

  private mayStart(): boolean {
    if (this.isOpening || this.isOver || this.state.phase !== 'active') return false;
    return this.canGoOn() && !this.services.store.isFull;
  }

  private canGoOn(): boolean {
    return this.isMoved && (this.state.rehearsal || this.services.isTrusted());
  }

  private get isMoved(): boolean {
    const { moves } = this.services;
    return moves === 'all' || (moves === 'own' && this.isOwn);
  }

  /** After something moved: asks what batch kept back, parks what nothing but an answer can move. */
  private moved(): void {
    if (this.isOver || this.isOpening) return;
    this.clock.set(this.flow.isWorking && this.state.phase === 'active');
    // A run that nobody moves is not running, whoever looks at it.
    if (this.flow.isAtRest && this.flow.couldGoOn && this.state.phase === 'active' && !this.isMoved)
      void this.log.record({ type: 'run-paused', by: 'recovery', reason: 'interrupted' });
    if (this.flow.isAtRest && !this.flow.areAllSettled) {
      if (this.gates.owesQuestions) {
        void this.log.record(...this.gates.askOwed());
        this.gates.armOpen();
      }
      this.parkIfOnlyAnswersHelp();
    }
    this.tellIfIdle();
  }

  private parkIfOnlyAnswersHelp(): void {
    if (this.state.phase !== 'active' || this.flow.couldGoOn) return;
    const open = Object.values(this.state.openApprovals).filter(({ kind }) => kind === 'uncertain');
    if (open.length === 0) return;
    const names = open.map(({ step }) => step).join(', ');
    void this.log.record({
      type: 'run-parked',
      reason: 'uncertain',
      message: `Nobody knows whether ${names} happened; a person has to say.`,
    });
  }

  private get isOver(): boolean {
    return this.ending !== undefined || this.hasEnded || this.isClosed || this.log.hasFailed;
  }

  private tellIfIdle(): void {
    if (this.waiters.length === 0 || !this.isIdle) return;
    const { waiters } = this;
    this.waiters = [];
    const state = this.log.snapshot();
    for (const tell of waiters) tell(state);
  }

  private disposeClocks(): void {
    this.gates.dispose();
    this.clock.dispose();
  }

  private fault(error: unknown): void {
    this.flow.isEnding = true;
    this.disposeClocks();
    void this.flow.stopWork(new Stop('close', 'Nothing more can be recorded.')).then(() => {
      this.talk.dispose();
      this.tellIfIdle();
    });
    this.services.onFault(this.id, error);
  }

  private async told(stored: Promise<boolean>): Promise<CommandOutcome> {
    if (await stored) return OK;
    return { ok: false, code: 'storage', message: 'It could not be recorded, and so it did not happen.' };
  }

  private over(): CommandOutcome {
    if (this.log.hasFailed && !this.hasEnded)
      return { ok: false, code: 'storage', message: `Run ${this.id} can no longer be recorded here.` };
    return { ok: false, code: 'finished', message: `Run ${this.id} has ended.` };
  }
}

function cancelStop(reason: string): Stop {
  return new Stop('cancel', reason);
}
