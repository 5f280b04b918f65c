import * as vscode from 'vscode';
import {
  parseViewMessage,
  type FileDiff,
  type HostMessage,
  type ViewMessage,
} from '../../../webview/protocol';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Log } from '../../core/host';
import type { Changes } from '../documents/changes';
import type { FolderRuntime, RuntimeAccess } from '../runs/runtime-access';
import type { Runs } from '../runs/runs';
import { keptIn, runOfLostPanel } from './lost-panel';
import { readOpenPanels } from './open-panels-note';
import { page, pageOptions } from './page';
import { runAbilities } from './run-abilities';
import { RunPanel, titleOf } from './run-panel';

export const RUN_PANEL = 'baton.run';

/** Answers what a person asked for in a panel or card. */
export type Answer = (message: Exclude<ViewMessage, { type: 'ready' }>, view: Answerable) => void;

/** A view that can show what was asked for, or why it was not done. */
export interface Answerable {
  showDiffs(runId: string, diffs: readonly FileDiff[]): void;
  refuse(message: string, approvalId?: string): void;
}

/** The open run panels: one per run, restored with the window. */
export class RunPanels implements vscode.WebviewPanelSerializer, Disposable {
  private readonly store = new DisposableStore();
  private readonly panels = new Map<string, RunPanel>();
  /** Runs that had a panel when the window was last here. */
  private readonly before: readonly string[];
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());

  /** Which panels are in sight changed. */
  readonly onDidChangeVisible = this.changed.event;
  private readonly openChanged = this.store.add(new vscode.EventEmitter<void>());
  /** A run got a panel, or lost its own. */
  readonly onDidChangeOpen = this.openChanged.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly runs: Runs,
    access: RuntimeAccess,
    private readonly changes: Changes,
    private readonly ready: () => Promise<void>,
    private readonly log: Log,
    private readonly answer: Answer,
  ) {
    this.before = readOpenPanels(context.workspaceState)?.runIds ?? [];
    this.store.add(vscode.window.registerWebviewPanelSerializer(RUN_PANEL, this));
    const follow = ({ runtime }: FolderRuntime) => {
      this.store.add(runtime.onLive((output) => this.panels.get(output.runId)?.takeLive(output)));
      this.store.add(
        runtime.onDidChangeOwner(() => {
          for (const panel of this.panels.values()) void panel.showAll();
        }),
      );
    };
    this.store.add(access.onDidOpen(follow));
    this.store.add(runs.onDidChange(() => this.tellAbilities()));
  }

  /** Shows the run, in the panel it already has if there is one. */
  open(runId: string, options: { readonly preserveFocus?: boolean; readonly step?: string } = {}): void {
    const known = this.panels.get(runId);
    if (known !== undefined) {
      known.panel.reveal(undefined, options.preserveFocus === true);
      known.reveal(options.step);
      return;
    }
    const panel = this.create(vscode.l10n.t('Run'), options.preserveFocus === true, runId);
    this.adopt(panel, runId).reveal(options.step);
  }

  /** Without a run yet: the form of the inputs. */
  create(title: string, preserveFocus: boolean, runId?: string): vscode.WebviewPanel {
    const column = { viewColumn: vscode.ViewColumn.Active, preserveFocus };
    const panel = vscode.window.createWebviewPanel(
      RUN_PANEL,
      title,
      column,
      pageOptions(this.context.extensionUri),
    );
    this.dress(panel, title, runId);
    return panel;
  }

  /** Makes a panel the run's own. */
  adopt(panel: vscode.WebviewPanel, runId: string): RunPanel {
    const adopted = new RunPanel(panel, runId, this.runs, this.changes, this.ready, this.answer, (text) =>
      this.log.warn(text),
    );
    this.panels.set(runId, adopted);
    const listening = new DisposableStore();
    listening.add(adopted);
    listening.add(
      panel.onDidChangeViewState(() => {
        this.changed.fire();
        this.tellAbilities();
      }),
    );
    listening.add(
      panel.onDidDispose(() => {
        this.panels.delete(runId);
        listening.dispose();
        this.changed.fire();
        this.openChanged.fire();
        this.tellAbilities();
      }),
    );
    this.openChanged.fire();
    this.tellAbilities();
    return adopted;
  }

  /** Called by VS Code for each panel that was open when the window closed. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    panel.webview.options = pageOptions(this.context.extensionUri);
    const kept = keptIn(state);
    if (kept === 'form') {
      const again = vscode.l10n.t('The inputs of {0} were not kept. Run the workflow again.', panel.title);
      this.explain(panel, again);
      return;
    }
    const runId = kept?.runId ?? (await this.find(panel));
    if (runId === undefined) {
      this.explain(panel, vscode.l10n.t('It is not known which run this was. Open it in the list of runs.'));
    } else if (this.panels.has(runId)) {
      // Opened anew meanwhile: one panel of a run is enough.
      panel.dispose();
    } else {
      this.adopt(panel, runId);
      this.dress(panel, panel.title, runId);
    }
  }

  /** Runs that have a panel, in the order of its opening. */
  openRuns(): readonly string[] {
    return [...this.panels.keys()];
  }

  /** True when a person can see this run right now. */
  isInSight(runId: string): boolean {
    return vscode.window.state.focused && this.panels.get(runId)?.panel.visible === true;
  }

  /** The run whose panel is in front. */
  active(): string | undefined {
    return [...this.panels.values()].find(({ panel }) => panel.active)?.runId;
  }

  dispose(): void {
    // The panels themselves stay: a window that reloads wants them back.
    for (const panel of this.panels.values()) panel.dispose();
    this.store.dispose();
  }

  /** The page may have had no time to keep which run it shows. */
  private async find({ title }: vscode.WebviewPanel): Promise<string | undefined> {
    await this.ready();
    const free = this.runs.list().filter(({ runId }) => !this.panels.has(runId));
    const findable = free.map((entry) => ({
      runId: entry.runId,
      title: titleOf(entry),
      ended: entry.summary.endedAt !== undefined,
    }));
    return runOfLostPanel(title, this.before, findable);
  }

  /** A panel without a run says why, and what to do. */
  private explain(panel: vscode.WebviewPanel, message: string): void {
    const told: HostMessage = { type: 'run-missing', message };
    const listening = panel.webview.onDidReceiveMessage((data: unknown) => {
      if (parseViewMessage(data)?.type === 'ready') void panel.webview.postMessage(told);
    });
    panel.onDidDispose(() => void listening.dispose());
    this.dress(panel, panel.title);
  }

  private dress(panel: vscode.WebviewPanel, title: string, runId?: string): void {
    const icon = (theme: string) =>
      vscode.Uri.joinPath(this.context.extensionUri, 'media', `workflow-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.html = page(panel.webview, this.context.extensionUri, 'run', title, runId);
  }

  private tellAbilities(): void {
    const runId = this.active();
    const entry = runId === undefined ? undefined : this.runs.get(runId);
    const state = runId === undefined ? undefined : this.runs.known(runId);
    const abilities = runAbilities(state, entry !== undefined && this.runs.isInterrupted(entry));
    for (const [name, value] of Object.entries(abilities))
      void vscode.commands.executeCommand('setContext', `baton.panel.${name}`, value);
  }
}
