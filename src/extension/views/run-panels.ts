import * as vscode from 'vscode';
import type { FileDiff, ViewMessage } from '../../../webview/protocol';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Log } from '../../core/host';
import type { Changes } from '../documents/changes';
import type { FolderRuntime, RuntimeAccess } from '../runs/runtime-access';
import type { Runs } from '../runs/runs';
import { page, pageOptions } from './page';
import { panelAbilities, RunPanel } from './run-panel';

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
    const panel = this.create(vscode.l10n.t('Run'), options.preserveFocus === true);
    this.adopt(panel, runId).reveal(options.step);
  }

  /** A panel without a run yet: the form of the inputs. */
  create(title: string, preserveFocus: boolean): vscode.WebviewPanel {
    const column = { viewColumn: vscode.ViewColumn.Active, preserveFocus };
    const panel = vscode.window.createWebviewPanel(
      RUN_PANEL,
      title,
      column,
      pageOptions(this.context.extensionUri),
    );
    this.dress(panel, title);
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
    const runId = runIdIn(state);
    // A panel of an earlier version, or one whose page never loaded: there is nothing to show in it.
    if (runId === undefined || this.panels.has(runId)) {
      panel.dispose();
      return;
    }
    panel.webview.options = pageOptions(this.context.extensionUri);
    this.adopt(panel, runId);
    this.dress(panel, panel.title);
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

  private dress(panel: vscode.WebviewPanel, title: string): void {
    const icon = (theme: string) =>
      vscode.Uri.joinPath(this.context.extensionUri, 'media', `workflow-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.html = page(panel.webview, this.context.extensionUri, 'run', title);
  }

  private tellAbilities(): void {
    const runId = this.active();
    const entry = runId === undefined ? undefined : this.runs.get(runId);
    const state = runId === undefined ? undefined : this.runs.known(runId);
    const abilities = panelAbilities(entry, state, entry !== undefined && this.runs.isInterrupted(entry));
    for (const [name, value] of Object.entries(abilities))
      void vscode.commands.executeCommand('setContext', `baton.panel.${name}`, value);
  }
}

function runIdIn(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('runId' in state)) return undefined;
  return typeof state.runId === 'string' ? state.runId : undefined;
}
