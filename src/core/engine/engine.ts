/*
 * owns: the live runs of one folder, by id.
 * does not own: what happens inside a run (run), reading files and telling who may (runtime).
 * must stay true: one `Run` for each run at any time; starting twice with one client id gives one run; one run that cannot be opened
 * keeps no other from being opened.
 */
import type { Agents } from '../agents/agent';
import { Emitter } from '../base/emitter';
import type { JsonObject } from '../base/json';
import type { Host } from '../host';
import type { Decider, Decision } from '../model/approval';
import { BatonError, messageOf } from '../model/errors';
import type { RunEvent, WorkflowSource } from '../model/events';
import type { ApprovalId, RunId, Sha256, StepKey } from '../model/ids';
import { foldAll, type RunState } from '../model/run-state';
import type { ApprovalMode, WorkflowDefinition } from '../model/workflow';
import type { CommandOutcome, LiveOutput, UndoOutcome } from '../runtime-port';
import type { RunStore } from '../storage/run-store';
import type { DaySpending } from './money/run-purse';
import { reopenRun } from './reopen';
import type { SecretSource } from './work/command-secrets';
import { undone, undoOutcome, undoRefusal, unrecorded, type Restore } from './undoing';
import { Run, type Moves, type ResumeOptions, type RunServices } from './run';

export interface EngineOptions {
  readonly host: Host;
  readonly store: RunStore;
  readonly agents: Agents;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Which runs go on in this process. */
  readonly moves: Moves;
  /** False in a folder that is not trusted: there only rehearsals go on. Default: trusted. */
  readonly isTrusted?: () => boolean;
  /** Who owns the folder, for people. */
  readonly owner: string;
  /** The person's limits for a day; absent: nobody counts days. */
  readonly day?: DaySpending;
  /** Values of `secrets.NAME`, asked for when a command starts; absent: there are none. */
  readonly secret?: SecretSource;
}

/** A run to begin. Everything about it has been checked. */
export interface NewRun {
  readonly definition: WorkflowDefinition;
  readonly definitionHash: Sha256;
  readonly source: WorkflowSource;
  readonly inputs: JsonObject;
  /** As the person chose. */
  readonly mode: ApprovalMode;
  readonly by: string;
  readonly notes: readonly string[];
  readonly rehearsal: boolean;
  readonly clientId?: string;
  /** The run of which a step's process asked for it. */
  readonly startedIn?: RunId;
}

const FINAL: ReadonlySet<string> = new Set(['run-completed', 'run-failed', 'run-cancelled']);

export class Engine {
  private readonly live = new Map<RunId, Run>();
  private readonly opening = new Map<RunId, Promise<Run>>();
  private readonly byClient = new Map<string, Promise<RunId>>();
  private readonly event = new Emitter<RunEvent>((error) =>
    this.options.host.log.error('A listener failed', error),
  );
  private readonly liveOutput = new Emitter<LiveOutput>();
  private readonly notice = new Emitter<string>();
  private readonly services: RunServices;

  /** Stored events of every run, in the order of their runs. */
  readonly onEvent = this.event.event;
  readonly onLive = this.liveOutput.event;
  readonly onNotice = this.notice.event;

  constructor(private readonly options: EngineOptions) {
    const { store } = options;
    this.services = {
      isTrusted: () => true,
      ...options,
      onLive: (live) => this.liveOutput.fire(live),
      onStored: (events) => this.stored(events),
      onFault: (runId, error) => this.fault(runId, error),
    };
    store.onFull((notice) => {
      this.notice.fire(notice);
      for (const run of this.live.values()) void run.pause('storage', 'storage');
    });
  }

  /** Opens every unfinished run of earlier processes. */
  async recover(): Promise<void> {
    if (this.options.store.unfinished().length > 0) await this.agentsReady();
    await Promise.all(
      this.options.store.unfinished().map(async (runId) => {
        try {
          await this.open(runId);
        } catch (error) {
          this.options.host.log.error(`Run ${runId} cannot be opened`, error);
          this.notice.fire(`Run ${runId} cannot be opened: ${messageOf(error)}`);
        }
      }),
    );
  }

  /** Resolves once the run is on the disk; its first steps may already be at work. */
  start(run: NewRun): Promise<RunId> {
    if (run.clientId === undefined) return this.begin(run);
    const known = this.byClient.get(run.clientId);
    if (known !== undefined) return known;
    const begun = this.begin(run);
    this.byClient.set(run.clientId, begun);
    const { clientId } = run;
    begun.catch(() => this.byClient.delete(clientId));
    return begun;
  }

  isLive(runId: RunId): boolean {
    return this.live.has(runId);
  }

  async pause(runId: RunId, by: string): Promise<CommandOutcome> {
    return this.command(runId, (run) => run.pause(by));
  }

  async resume(runId: RunId, options: ResumeOptions): Promise<CommandOutcome> {
    const { store } = this.options;
    if (store.isFull && !(await store.reclaim()))
      return { ok: false, code: 'storage', message: 'The disk is still full; make room and resume again.' };
    return this.command(runId, (run) => run.resume(options));
  }

  async cancel(runId: RunId, by: string): Promise<CommandOutcome> {
    return this.command(runId, (run) => run.cancel(by));
  }

  async decide(runId: RunId, id: ApprovalId, decision: Decision, by: Decider): Promise<CommandOutcome> {
    return this.command(runId, (run) => run.decide(id, decision, by));
  }

  /** Takes back what a step's agents changed in files, also after the run has ended. */
  async undo(runId: RunId, step: StepKey, by: string, restore: Restore): Promise<UndoOutcome> {
    const { store } = this.options;
    const live = this.live.get(runId);
    if (live !== undefined) return live.undo(step, by, restore);
    if (store.unfinished().includes(runId)) return (await this.open(runId)).undo(step, by, restore);
    return this.undoEnded(runId, step, by, restore);
  }

  /** As stored; undefined for a run that is not known. */
  async state(runId: RunId): Promise<RunState | undefined> {
    const run = this.live.get(runId);
    if (run !== undefined) return run.log.snapshot();
    return foldAll(await this.options.store.read(runId));
  }

  /** Resolves when the run cannot go on by itself. */
  async whenIdle(runId: RunId): Promise<RunState> {
    const run = this.live.get(runId);
    const state = run === undefined ? await this.state(runId) : await run.whenIdle();
    if (state === undefined) throw new BatonError('unknown-run', `There is no run ${runId}.`);
    return state;
  }

  /** Stops what runs so that it can be resumed. */
  async close(): Promise<void> {
    await Promise.allSettled(this.opening.values());
    await Promise.all([...this.live.values()].map((run) => run.close()));
    this.live.clear();
    this.event.dispose();
    this.liveOutput.dispose();
    this.notice.dispose();
  }

  private async begin(request: NewRun): Promise<RunId> {
    const { store, host } = this.options;
    if (store.isFull && !(await store.reclaim()))
      throw new BatonError('store-full', 'The disk is full; make room and start again.');
    const { rehearsal, ...started } = request;
    if (!rehearsal) await this.agentsReady();
    const runId = host.ids.next();
    const run = new Run(runId, this.services, {
      type: 'new',
      started: { type: 'run-started', ...started },
      rehearsal,
    });
    this.live.set(runId, run);
    if (run.flow.areAllSettled) run.conclude();
    run.flow.proceed();
    if (!(await run.log.whenBegun))
      throw new BatonError('store-failed', 'The run could not be recorded, and so it was not started.');
    return runId;
  }

  private async command(runId: RunId, act: (run: Run) => Promise<CommandOutcome>): Promise<CommandOutcome> {
    const { store } = this.options;
    const live = this.live.get(runId);
    if (live !== undefined) return act(live);
    if (store.unfinished().includes(runId)) {
      await this.agentsReady();
      return act(await this.open(runId));
    }
    const isKnown = (await store.read(runId)).length > 0;
    return isKnown
      ? { ok: false, code: 'finished', message: `Run ${runId} has ended.` }
      : { ok: false, code: 'unknown-run', message: `There is no run ${runId}.` };
  }

  private async undoEnded(runId: RunId, step: StepKey, by: string, restore: Restore): Promise<UndoOutcome> {
    const { store, host } = this.options;
    const state = foldAll(await store.read(runId));
    if (state === undefined) return { ok: false, code: 'unknown-run', message: `There is no run ${runId}.` };
    const refused = undoRefusal(state, step);
    if (refused !== undefined) return { ok: false, code: 'refused', message: refused };
    const result = await restore(state.changes[step] ?? []);
    if (result.restored.length === 0) return undoOutcome(result);
    const { rehearsal } = state;
    try {
      const body = undone(state, step, by, result);
      this.stored(await store.amend(runId, [body], { at: host.clock.now(), rehearsal }));
    } catch (error) {
      host.log.error(`What was taken back of run ${runId} could not be recorded`, error);
      return unrecorded(result);
    }
    return undoOutcome(result);
  }

  /** A run begins or goes on without models rather than not at all: its steps say what they miss. */
  private async agentsReady(): Promise<void> {
    const { agents, host } = this.options;
    try {
      await agents.ready?.();
    } catch (error) {
      host.log.error('The models could not be looked up', error);
    }
  }

  private open(runId: RunId): Promise<Run> {
    const opening = this.opening.get(runId);
    if (opening !== undefined) return opening;
    const opened = this.reopen(runId).finally(() => this.opening.delete(runId));
    this.opening.set(runId, opened);
    return opened;
  }

  private async reopen(runId: RunId): Promise<Run> {
    const { store, owner } = this.options;
    const events = await store.read(runId);
    const first = events[0];
    if (first?.type === 'run-started' && first.clientId !== undefined)
      this.byClient.set(first.clientId, Promise.resolve(runId));
    const run = await reopenRun(runId, events, this.services, { epoch: store.epoch, owner });
    if (!run.hasEnded) this.live.set(runId, run);
    return run;
  }

  private stored(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (FINAL.has(event.type)) this.live.delete(event.runId);
      this.event.fire(event);
    }
  }

  private fault(runId: RunId, error: unknown): void {
    this.live.delete(runId);
    this.options.host.log.error(`Run ${runId} stopped: nothing more can be recorded`, error);
    this.notice.fire(`Run ${runId} stopped: ${messageOf(error)} Resume it when that is solved.`);
  }
}
