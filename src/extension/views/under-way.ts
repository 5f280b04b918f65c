import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { CallUsage } from '../../core/model/model-call';
import type { LiveOutput } from '../../core/runtime-port';
import type { FolderRuntime, RuntimeAccess } from '../runs/runtime-access';
import type { Runs } from '../runs/runs';

/** Answers grow many times a second. */
const CHANGE_INTERVAL = 500;

/** Tokens of the model calls that are under way: told live, recorded nowhere, gone when the call has ended. */
export class UnderWay implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly listening = new Map<FolderRuntime, Disposable>();
  private readonly byStep = new Map<string, Map<string, CallUsage>>();
  private timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.changed.event;

  constructor(runs: Runs, access: RuntimeAccess) {
    const listen = (folder: FolderRuntime) =>
      this.listening.set(
        folder,
        folder.runtime.onLive((live) => this.take(live)),
      );
    access.opened().forEach(listen);
    this.store.add(access.onDidOpen(listen));
    this.store.add(
      access.onDidClose((folder) => {
        this.listening.get(folder)?.dispose();
        this.listening.delete(folder);
      }),
    );
    this.store.add(
      runs.onEvent(({ event }) => {
        // What an event says of a step is counted by the run's state from then on.
        if ('step' in event) this.byStep.get(event.runId)?.delete(event.step);
        else if (/^run-(completed|failed|cancelled|paused|parked)$/.test(event.type))
          this.byStep.delete(event.runId);
      }),
    );
  }

  of(runId: string): readonly CallUsage[] {
    return [...(this.byStep.get(runId)?.values() ?? [])];
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const listening of this.listening.values()) listening.dispose();
    this.store.dispose();
  }

  private take({ runId, step, usage, voided }: LiveOutput): void {
    if (usage === undefined && voided === undefined) return;
    const steps = this.byStep.get(runId) ?? new Map<string, CallUsage>();
    if (usage === undefined) steps.delete(step);
    else steps.set(step, usage);
    this.byStep.set(runId, steps);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire();
    }, CHANGE_INTERVAL);
  }
}
