import * as vscode from 'vscode';
import {
  parseViewMessage,
  type FileDiff,
  type HostMessage,
  type ViewMessage,
} from '../../../webview/protocol';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { RunEvent } from '../../core/model/events';
import type { RunState } from '../../core/model/run-state';
import type { LiveOutput } from '../../core/runtime-port';
import type { Changes } from '../documents/changes';
import { reportOf } from '../runs/report';
import type { RunEntry, Runs } from '../runs/runs';
import { formatTime, runTitle } from '../words';
import { eventForView, stateForView } from './for-view';
import { LiveBatch } from './live-batch';
import { progressOf, snapshotOf } from './run-snapshot';

/** A panel takes this many updates a second at most. */
const BATCH = 100;
/** Nobody reads more than this in a tenth of a second; the step's output has it all. */
const LIVE = 20_000;

/**
 * One run in the editor area. The host is the truth: a page that was hidden or reloaded says "ready", gets a
 * snapshot, and from then on only what changed.
 */
export class RunPanel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly events: RunEvent[] = [];
  private readonly live = new LiveBatch(LIVE);
  /** Seq up to which the page knows; undefined while it knows nothing. */
  private shown: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private step: string | undefined;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly runId: string,
    private readonly runs: Runs,
    private readonly changes: Changes,
    private readonly ready: () => Promise<void>,
    onMessage: (message: Exclude<ViewMessage, { type: 'ready' }>, panel: RunPanel) => void,
    log: (text: string) => void,
  ) {
    this.store.add(
      panel.webview.onDidReceiveMessage((data: unknown) => {
        const message = parseViewMessage(data);
        if (message === undefined) log('A run panel sent something that is no message.');
        else if (message.type === 'ready') void this.showAll();
        else onMessage(message, this);
      }),
    );
    this.store.add(
      runs.onEvent(({ event }) => {
        if (event.runId !== runId || this.shown === undefined || event.seq <= this.shown) return;
        // A model is asked: only what it tells from here on can be taken back.
        if (event.type === 'routing-decision') this.live.settle(event.step);
        else if (event.type === 'step-started' && event.attempt > 1) this.live.restart(event.step);
        this.events.push(eventForView(event));
        this.plan();
      }),
    );
    // Without events of its own a run may be taken over, or found interrupted.
    this.store.add(runs.onDidChange(() => this.retitle()));
    this.store.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.forget();
      }),
    );
  }

  /** Selects a step as soon as the page can. */
  reveal(step: string | undefined): void {
    this.step = step;
    if (this.shown !== undefined) this.sendReveal();
  }

  takeLive(output: LiveOutput): void {
    if (this.shown === undefined) return;
    this.live.take(output);
    this.plan();
  }

  showDiffs(runId: string, diffs: readonly FileDiff[]): void {
    this.post({ type: 'diffs', runId, diffs });
  }

  refuse(message: string, approvalId?: string): void {
    this.post({ type: 'refused', message, ...(approvalId !== undefined && { approvalId }) });
  }

  /** Draws the page anew from what is true now. */
  async showAll(): Promise<void> {
    if (this.runs.get(this.runId) === undefined) await this.ready();
    const entry = this.runs.get(this.runId);
    const state = await this.runs.state(this.runId);
    if (entry === undefined || state === undefined) {
      this.post({
        type: 'run-missing',
        message: vscode.l10n.t('This run is no longer kept in this folder.'),
      });
      return;
    }
    this.forget();
    const run = await snapshotOf(this.runs, this.changes, entry, state);
    // Events that came while the snapshot was made are in the state that is known now.
    const latest = this.runs.known(this.runId) ?? state;
    this.shown = latest.seq;
    this.post({ type: 'run-snapshot', run: { ...run, state: stateForView(latest) } });
    this.sendReveal();
    this.retitle();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.store.dispose();
  }

  private forget(): void {
    this.shown = undefined;
    this.events.length = 0;
    this.live.clear();
  }

  private plan(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.send();
    }, BATCH);
  }

  private async send(): Promise<void> {
    for (const message of this.live.drain()) this.post(message);
    const entry = this.runs.get(this.runId);
    const state = this.runs.known(this.runId);
    if (entry === undefined || state === undefined) return;
    const report = reportOf(state);
    const progress = await progressOf(entry, state);
    // Taken only now: while this one waited, another batch may have gone, or the page may have been drawn anew.
    const events = this.events.splice(0);
    const last = events.at(-1);
    if (last === undefined) return;
    this.shown = last.seq;
    this.post({
      type: 'run-events',
      events,
      progress,
      interrupted: this.runs.isInterrupted(entry),
      ...(report && { report }),
      now: Date.now(),
    });
  }

  private sendReveal(): void {
    if (this.step !== undefined) this.post({ type: 'reveal-step', step: this.step });
    this.step = undefined;
  }

  private retitle(): void {
    const state = this.runs.known(this.runId);
    if (state === undefined) return;
    const title = panelTitle(state);
    if (this.panel.title !== title) this.panel.title = title;
  }

  private post(message: HostMessage): void {
    void this.panel.webview.postMessage(message);
  }
}

function panelTitle(state: RunState): string {
  return withRehearsal(runTitle(state), state.rehearsal);
}

/** What the panel of a run is called, from what lists know of it. */
export function titleOf({ summary }: RunEntry): string {
  return withRehearsal(`${summary.workflow} · ${formatTime(summary.startedAt)}`, summary.rehearsal);
}

function withRehearsal(title: string, rehearsal: boolean): string {
  return rehearsal ? vscode.l10n.t('{0} (rehearsal)', title) : title;
}
