/*
 * owns: the attempts of one run that are under way: beginning them, what they are given, stopping them.
 * does not own: which step begins when, what its outcome means (flow), and what of the run it sees (surroundings).
 * must stay true: the effect of a step that must not be repeated begins only after its `step-started` is on the disk.
 */
import type { Agents } from '../../agents/agent';
import type { Host } from '../../host';
import type { Assignment, RunEventBody, Usage } from '../../model/events';
import type { RunId, StepKey } from '../../model/ids';
import type { ParticipantName } from '../../model/message';
import type { Step } from '../../model/workflow';
import type { LiveOutput } from '../../runtime-port';
import type { RunStore } from '../../storage/run-store';
import { withoutSecrets } from '../../workflow/secrets';
import { AttemptCalls } from '../calls/attempt-calls';
import { AttemptTools } from '../calls/attempt-tools';
import { usageOfCalls } from '../calls/call-usage';
import type { RecordedAnswers } from '../calls/recorded-answers';
import type { RecordedTools } from '../calls/recorded-tools';
import type { RunPurse } from '../money/run-purse';
import { runAttempt, type AttemptOutcome, type AttemptTask } from './attempt';
import type { SecretSource } from './command-secrets';
import { rehearsalAssignment, rehearseStep } from './rehearsal';
import type { RunLog } from '../run-log';
import type { RunTalk } from '../run-talk';
import { emptyPurse, noCalls, nobodyJoins, noTools } from './no-calls';
import type { StepValues } from './step-values';
import type { RenderedContent } from './step-content';
import type { Stop } from './stop';
import { stopOf } from './stop';
import { Surroundings } from './surroundings';

export interface WorkServices {
  readonly host: Host;
  readonly store: RunStore;
  readonly agents: Agents;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  readonly onLive: (live: LiveOutput) => void;
  readonly secret?: SecretSource;
}

export interface WorkOptions {
  readonly runId: RunId;
  readonly log: RunLog;
  readonly values: StepValues;
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly comment: (key: StepKey) => string | undefined;
  readonly answers: RecordedAnswers;
  readonly tools: RecordedTools;
  readonly talk: RunTalk;
  readonly money: RunPurse;
  readonly onOutcome: (step: Step, attempt: number, idempotent: boolean, outcome: AttemptOutcome) => void;
}

interface Running {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

export class Work {
  private readonly running = new Map<StepKey, Running>();
  /** Takes back what an attempt was lent: money, and the records of its calls. */
  private readonly lent = new Map<StepKey, () => void>();
  private readonly surroundings: Surroundings;

  constructor(
    private readonly services: WorkServices,
    private readonly options: WorkOptions,
  ) {
    const { log, steps, values, tools } = options;
    this.surroundings = new Surroundings({ log, steps, values, tools });
  }

  get size(): number {
    return this.running.size;
  }

  has(key: StepKey): boolean {
    return this.running.has(key);
  }

  begin(step: Step, rendered: RenderedContent): void {
    const { log } = this.options;
    const attempt = (log.state.steps[step.key]?.attempt ?? 0) + 1;
    const assigned = this.assign(step);
    const needsModel = 'needsModel' in assigned ? assigned.needsModel : undefined;
    const assignment: Assignment =
      'needsModel' in assigned
        ? { agent: step.agent ?? 'unassigned', engine: 'model', why: assigned.needsModel }
        : assigned;
    const idempotent = this.isIdempotent(step);
    const stop = new AbortController();
    const started = { type: 'step-started', step: step.key, attempt, assignment, idempotent } as const;
    let stored: Promise<boolean> | undefined;
    // A command outlives a killed process, and whoever comes next finds and ends it only by what is recorded. All else dies with us.
    if (idempotent && assignment.engine !== 'command') log.recordSoon(started);
    else stored = log.record(started);
    const work = (): Promise<AttemptOutcome> => {
      const fault =
        needsModel === undefined
          ? rendered.faults.length === 0
            ? undefined
            : { code: 'template', message: rendered.faults.join(' ') }
          : { code: 'needs-model', message: `It needs a model: ${needsModel}.` };
      if (fault !== undefined) return Promise.resolve(refused(fault));
      if (log.state.rehearsal) return this.rehearse(step, rendered);
      return this.attempt(step, attempt, assignment, rendered, stop);
    };
    const done = this.run(step, attempt, idempotent, stored, stop, work);
    this.running.set(step.key, { stop, done });
  }

  /** Resolves when it has ended. */
  async stop(key: StepKey, stop: Stop): Promise<void> {
    const running = this.running.get(key);
    running?.stop.abort(stop);
    await running?.done;
  }

  async stopAll(stop: Stop): Promise<void> {
    await Promise.all([...this.running.keys()].map((key) => this.stop(key, stop)));
  }

  /** What a person sees of that. */
  shownEnvironment(step: Step): Readonly<Record<string, string>> {
    const { env } = this.options.values;
    const shown = Object.entries(env).map(([name, value]) => [name, withoutSecrets(value)] as const);
    return { ...this.surroundings.environment(step).env, ...Object.fromEntries(shown) };
  }

  private async run(
    step: Step,
    attempt: number,
    idempotent: boolean,
    stored: Promise<boolean> | undefined,
    stop: AbortController,
    work: () => Promise<AttemptOutcome>,
  ): Promise<void> {
    // One turn later in any case, so that whoever begins it has noted that it runs.
    const isStored = stored === undefined ? await Promise.resolve(true) : await stored;
    const outcome: AttemptOutcome =
      !isStored || stop.signal.aborted ? { type: 'stopped', stop: stopOf(stop.signal) } : await work();
    this.running.delete(step.key);
    const takeBack = this.lent.get(step.key);
    this.lent.delete(step.key);
    this.options.onOutcome(step, attempt, idempotent, outcome);
    // Only now do the events say all that it spent; without a moment between, in which it would count for nobody.
    takeBack?.();
  }

  /** Lends the attempt money, the records of its calls, and a place among the agents of the run. */
  private async attempt(
    step: Step,
    attempt: number,
    assignment: Assignment,
    rendered: RenderedContent,
    stop: AbortController,
  ): Promise<AttemptOutcome> {
    const task = this.task(step, attempt, assignment, rendered);
    if (step.run !== undefined) return runAttempt({ ...task, ...NO_MODEL }, stop);
    const { log, money, answers, talk } = this.options;
    const { answers: recorded, since, isRetry } = answers.of(step.key);
    const purse = money.open(stop);
    const place = { step: step.key, attempt, artifacts: this.services.store.artifacts };
    const record = { append: (body: RunEventBody) => log.record(body), log: this.services.host.log };
    const calls = new AttemptCalls({ ...place, ...record, answers: recorded, purse });
    const tools = new AttemptTools({
      ...place,
      ...record,
      recorded: this.options.tools.of(step.key),
      allowances: () => log.state.allowances,
      keysWereRead: () => this.options.tools.haveReadKeys.size > 0,
      writtenWithKeys: () => this.options.tools.writtenWithKeys,
      appendSoon: (body) => log.recordSoon(body),
    });
    const conversation = talk.attempt(step.key, attempt);
    this.lent.set(step.key, () => {
      calls.close();
      tools.close();
      purse.close();
    });
    const join = (name: ParticipantName) => conversation.join(name);
    const outcome = await runAttempt({ ...task, isRetry, calls, tools, join, purse }, stop);
    await conversation.leave(comesBack(outcome) ? 'interrupted' : 'ended');
    return withUsage(outcome, usageOfCalls(log.state.calls[step.key], since));
  }

  private assign(step: Step): Assignment | { readonly needsModel: string } {
    if (this.options.log.state.rehearsal) return rehearsalAssignment(step);
    if (step.run !== undefined)
      return { agent: step.agent ?? 'command', engine: 'command', why: 'a command of the file' };
    return this.services.agents.assign(step, this.options.log.state.definition.config);
  }

  /** Whether money could be spent on it. */
  needsModel(step: Step): boolean {
    if (step.run !== undefined || this.options.log.state.rehearsal) return false;
    const assigned = this.assign(step);
    return 'needsModel' in assigned || assigned.engine === 'model';
  }

  private isIdempotent(step: Step): boolean {
    if (this.options.log.state.rehearsal) return true;
    return step.idempotent ?? (step.run === undefined && this.services.agents.isIdempotent(step));
  }

  private async rehearse(step: Step, { content, notes }: RenderedContent): Promise<AttemptOutcome> {
    try {
      const { artifacts } = this.services.store;
      const product = await rehearseStep({ step, content, notes, artifacts });
      return { type: 'produced', product, whole: product.output };
    } catch (error) {
      return refused({ code: 'artifact', message: String(error) });
    }
  }

  private task(
    step: Step,
    attempt: number,
    assignment: Assignment,
    { content, notes }: RenderedContent,
  ): Omit<AttemptTask, keyof typeof NO_MODEL> {
    const { host, store, agents, workspace, onLive, secret } = this.services;
    const { runId, values, comment } = this.options;
    const said = comment(step.key);
    const note = (text: string) => store.logs.append(runId, step.key, attempt, text);
    const environment = content.command === undefined ? undefined : this.surroundings.environment(step);
    for (const text of [...notes, ...(environment?.notes ?? [])]) note(`note: ${text}\n`);
    return {
      host,
      agents,
      artifacts: store.artifacts,
      workspace,
      runId,
      step,
      attempt,
      assignment,
      content,
      values,
      environment: environment?.env ?? {},
      ...(secret && { secret }),
      upstream: () => this.surroundings.upstream(step),
      beside: () => this.surroundings.beside(step),
      ...(said !== undefined && { comment: said }),
      onText: (text) => {
        note(text);
        onLive({ runId, step: step.key, attempt, text });
      },
      onProgress: (progress) => onLive({ runId, step: step.key, attempt, progress }),
      config: this.options.log.state.definition.config,
      onVoid: (why) => {
        note(`\n[Void: ${why}]\n`);
        onLive({ runId, step: step.key, attempt, voided: why });
      },
      onUsage: (usage) => onLive({ runId, step: step.key, attempt, usage }),
      onProcess: (group) => {
        store.logs.noteProcess(runId, step.key, attempt, group).catch((error: unknown) => {
          host.log.warn(`The process of ${step.key} could not be noted: ${String(error)}`);
        });
      },
    };
  }
}

/** For attempts that ask no model. */
const NO_MODEL = {
  isRetry: false,
  calls: noCalls,
  tools: noTools,
  join: nobodyJoins,
  purse: emptyPurse,
};

/** Another attempt goes on where this one is: what its agents asked for still waits for them. */
function comesBack(outcome: AttemptOutcome): boolean {
  if (outcome.type === 'stopped') return outcome.stop.kind === 'pause' || outcome.stop.kind === 'close';
  return outcome.type === 'held' || outcome.type === 'asking';
}

function withUsage(outcome: AttemptOutcome, usage: Partial<Usage>): AttemptOutcome {
  if (outcome.type === 'failed') return { ...outcome, usage: { ...outcome.usage, ...usage } };
  if (outcome.type !== 'produced') return outcome;
  const { product } = outcome;
  return { ...outcome, product: { ...product, usage: { ...product.usage, ...usage } } };
}

function refused(fault: { readonly code: string; readonly message: string }): AttemptOutcome {
  return {
    type: 'failed',
    error: { ...fault, class: 'error' },
    artifacts: [],
    usage: { durationMs: 0 },
  };
}
