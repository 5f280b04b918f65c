import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Log } from '../../core/host';
import type { Approval } from '../../core/model/approval';
import type { RunEvent } from '../../core/model/events';
import type { RunId } from '../../core/model/ids';
import { fold, isSettled, isTerminal, runStatus, type RunState } from '../../core/model/run-state';
import type { RunSummary } from '../../core/storage/run-store';
import { isInterrupted } from './interrupted';
import type { FolderRuntime, RuntimeAccess } from './runtime-access';

/** A run as lists show it. */
export interface RunEntry {
  readonly runId: RunId;
  readonly folder: FolderRuntime;
  readonly summary: RunSummary;
}

/** Something that waits for a person. */
export interface Waiting {
  readonly entry: RunEntry;
  readonly state: RunState;
  readonly approval: Approval;
}

export interface RunTold {
  readonly entry: RunEntry;
  readonly state: RunState;
  readonly event: RunEvent;
}

/** States of finished runs that are kept to show their steps; older ones are read again when needed. */
const FINISHED_KEPT = 50;
/** Lists change this often at most, milliseconds. */
const CHANGE_INTERVAL = 200;

/**
 * What every list of the window shows: the runs of all open folders, folded from their events.
 * Views listen here and never ask a runtime what happened.
 */
export class Runs implements Disposable {
  private readonly store = new DisposableStore();
  private readonly entries = new Map<RunId, RunEntry>();
  private sorted: readonly RunEntry[] | undefined;
  private readonly states = new Map<RunId, RunState>();
  private readonly loading = new Map<RunId, Promise<RunState | undefined>>();
  private readonly reading = new Set<Promise<void>>();
  private readonly listening = new Map<FolderRuntime, DisposableStore>();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly told = this.store.add(new vscode.EventEmitter<RunTold>());
  private readonly loaded = this.store.add(new vscode.EventEmitter<FolderRuntime>());
  private timer: NodeJS.Timeout | undefined;

  /** Something about some run changed; at most five times a second. */
  readonly onDidChange = this.changed.event;
  /** One event of a run, with the run's state after it. */
  readonly onEvent = this.told.event;
  /** The runs of a folder were read: when it was opened, and when its owner changed. */
  readonly onDidLoad = this.loaded.event;

  constructor(
    access: RuntimeAccess,
    private readonly log: Log,
  ) {
    this.store.add(access.onDidOpen((folder) => this.add(folder)));
    this.store.add(access.onDidClose((folder) => this.remove(folder)));
  }

  /** Newest first. */
  list(): readonly RunEntry[] {
    this.sorted ??= [...this.entries.values()].sort((a, b) => b.summary.startedAt - a.summary.startedAt);
    return this.sorted;
  }

  get(runId: RunId): RunEntry | undefined {
    return this.entries.get(runId);
  }

  /** The state as far as it is known without asking. Unfinished runs are always known. */
  known(runId: RunId): RunState | undefined {
    return this.states.get(runId);
  }

  async state(runId: RunId): Promise<RunState | undefined> {
    const entry = this.entries.get(runId);
    return this.states.get(runId) ?? (entry && this.load(entry.folder, runId));
  }

  /** Takes in a run that was just started, so that it is known before its panel opens. */
  async follow(folder: FolderRuntime, runId: RunId): Promise<void> {
    if (!this.states.has(runId)) await this.load(folder, runId);
    this.tell();
  }

  /** Resolves when the folders that are open have been read. */
  async settled(): Promise<void> {
    await Promise.all(this.reading);
  }

  /** Everything that waits for a person, longest first. */
  waiting(): readonly Waiting[] {
    const found: Waiting[] = [];
    for (const entry of this.entries.values()) {
      const state = this.states.get(entry.runId);
      if (state === undefined || isTerminal(runStatus(state))) continue;
      for (const approval of Object.values(state.openApprovals)) found.push({ entry, state, approval });
    }
    return found.sort((a, b) => a.approval.requestedAt - b.approval.requestedAt);
  }

  /** Runs without an end, newest first. */
  unfinished(): readonly RunEntry[] {
    return this.list().filter(({ summary }) => !hasEnded(summary));
  }

  /** True when nobody drives an unfinished run: after a crash, before Resume. */
  isInterrupted(entry: RunEntry): boolean {
    const { runtime } = entry.folder;
    return isInterrupted({
      status: entry.summary.status,
      state: this.states.get(entry.runId),
      isLive: runtime.isLive(entry.runId),
      isElsewhere: runtime.otherOwner !== undefined,
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const listening of this.listening.values()) listening.dispose();
    this.store.dispose();
  }

  private add(folder: FolderRuntime): void {
    const listening = new DisposableStore();
    this.listening.set(folder, listening);
    listening.add(folder.runtime.onEvent((event) => this.take(folder, event)));
    listening.add(folder.runtime.onDidChangeOwner(() => this.read(folder)));
    this.read(folder);
  }

  private remove(folder: FolderRuntime): void {
    this.listening.get(folder)?.dispose();
    this.listening.delete(folder);
    for (const entry of [...this.entries.values()]) if (entry.folder === folder) this.forget(entry.runId);
    this.tell();
  }

  private enter(entry: RunEntry): void {
    this.entries.set(entry.runId, entry);
    this.sorted = undefined;
  }

  private forget(runId: RunId): void {
    this.entries.delete(runId);
    this.sorted = undefined;
    this.states.delete(runId);
  }

  private read(folder: FolderRuntime): void {
    const reading = this.readAll(folder).finally(() => this.reading.delete(reading));
    this.reading.add(reading);
  }

  private async readAll(folder: FolderRuntime): Promise<void> {
    try {
      const summaries = await folder.runtime.runs();
      for (const summary of summaries) {
        const { runId } = summary;
        this.enter({ runId, folder, summary });
        if (!hasEnded(summary)) await this.load(folder, runId);
      }
      const owner = folder.runtime.otherOwner;
      const held = owner === undefined ? '' : ` They run in ${owner.name}.`;
      this.log.info(`${folder.folder.name}: ${summaries.length} runs are kept.${held}`);
    } catch (error) {
      this.log.error(`The runs of ${folder.folder.name} could not be read.`, error);
    }
    this.tell();
    this.loaded.fire(folder);
  }

  private take(folder: FolderRuntime, event: RunEvent): void {
    const before = this.states.get(event.runId);
    if (before !== undefined && event.seq === before.seq + 1) {
      this.keep(folder, fold(before, event));
      this.announce(folder, event);
    } else if (before === undefined || event.seq > before.seq) {
      // The beginning of a run, or a gap: the runtime knows the whole.
      void this.catchUp(folder, event).then(() => this.announce(folder, event));
    } else {
      // The runtime's own state runs ahead of what is stored; the event still has to be told.
      this.announce(folder, event);
    }
  }

  /** A reading that began before this event was stored does not hold it: then one more does. */
  private async catchUp(folder: FolderRuntime, { runId, seq }: RunEvent): Promise<void> {
    const state = await this.load(folder, runId);
    if (state === undefined || state.seq < seq) await this.load(folder, runId);
  }

  private announce(folder: FolderRuntime, event: RunEvent): void {
    const entry = this.entries.get(event.runId);
    const state = this.states.get(event.runId);
    if (entry?.folder === folder && state !== undefined) this.told.fire({ entry, state, event });
    this.tell();
  }

  private load(folder: FolderRuntime, runId: RunId): Promise<RunState | undefined> {
    const running = this.loading.get(runId);
    if (running !== undefined) return running;
    const loading = folder.runtime
      .state(runId)
      .then((state) => {
        const before = this.states.get(runId);
        if (state !== undefined && (before === undefined || state.seq >= before.seq))
          this.keep(folder, state);
        return state;
      })
      .catch((error: unknown) => {
        this.log.error(`Run ${runId} could not be read.`, error);
        return undefined;
      })
      .finally(() => this.loading.delete(runId));
    this.loading.set(runId, loading);
    return loading;
  }

  private keep(folder: FolderRuntime, state: RunState): void {
    const { runId } = state;
    this.states.delete(runId);
    this.states.set(runId, state);
    this.enter({ runId, folder, summary: summaryOf(state) });
    if (!isTerminal(runStatus(state))) return;
    const finished = [...this.states.values()].filter((other) => isTerminal(runStatus(other)));
    for (const other of finished.slice(0, -FINISHED_KEPT)) this.states.delete(other.runId);
  }

  private tell(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire();
    }, CHANGE_INTERVAL);
  }
}

function hasEnded({ status }: RunSummary): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

function summaryOf(state: RunState): RunSummary {
  const steps = Object.values(state.steps);
  return {
    runId: state.runId,
    workflow: state.definition.name,
    rehearsal: state.rehearsal,
    status: runStatus(state),
    startedAt: state.startedAt,
    settledSteps: steps.filter(isSettled).length,
    steps: steps.length,
    openApprovals: Object.keys(state.openApprovals).length,
    ...(state.source.path !== undefined && { path: state.source.path }),
    ...(state.endedAt !== undefined && { endedAt: state.endedAt }),
  };
}
