import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Checkpoint } from '../../core/runtime-port';
import type { RunEntry, Runs } from '../runs/runs';
import { formatTime, runLook, stepTitle } from '../words';
import { runAbilities } from './run-abilities';

const CHECKPOINTS_VIEW = 'baton.checkpoints';
const SHOWN = 50;

export type CheckpointsNode =
  | { readonly type: 'run'; readonly runId: string }
  | {
      readonly type: 'checkpoint';
      readonly runId: string;
      readonly checkpoint: Checkpoint;
      readonly isLast: boolean;
    };

/** The positions from which runs can go on, newest first. */
export class CheckpointsTree implements vscode.TreeDataProvider<CheckpointsNode>, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly runs: Runs) {
    const view = this.store.add(
      vscode.window.createTreeView(CHECKPOINTS_VIEW, { treeDataProvider: this, showCollapseAll: true }),
    );
    // Collapsed by default: nothing is computed for a view that nobody sees.
    this.store.add(
      runs.onDidChange(() => {
        if (view.visible) this.changed.fire();
      }),
    );
    this.store.add(
      view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.changed.fire();
      }),
    );
  }

  async getChildren(node?: CheckpointsNode): Promise<CheckpointsNode[]> {
    if (node === undefined)
      return this.runs
        .list()
        .filter(({ summary }) => !summary.rehearsal && summary.settledSteps > 0)
        .slice(0, SHOWN)
        .map(({ runId }) => ({ type: 'run', runId }));
    const entry = node.type === 'run' ? this.runs.get(node.runId) : undefined;
    if (entry === undefined) return [];
    await this.runs.state(entry.runId);
    const checkpoints = [...(await entry.folder.runtime.checkpoints(entry.runId))].sort(
      (a, b) => b.seq - a.seq,
    );
    return checkpoints.map((checkpoint, i) => ({
      type: 'checkpoint',
      runId: entry.runId,
      checkpoint,
      isLast: i === 0,
    }));
  }

  getTreeItem(node: CheckpointsNode): vscode.TreeItem {
    const entry = this.runs.get(node.runId);
    if (entry === undefined) return new vscode.TreeItem(node.runId);
    return node.type === 'run'
      ? this.runItem(entry)
      : this.checkpointItem(entry, node.checkpoint, node.isLast);
  }

  dispose(): void {
    this.store.dispose();
  }

  private runItem(entry: RunEntry): vscode.TreeItem {
    const item = new vscode.TreeItem(entry.summary.workflow, vscode.TreeItemCollapsibleState.Collapsed);
    const look = runLook(entry.summary, this.runs.isInterrupted(entry));
    item.id = `checkpoints:${entry.runId}`;
    item.iconPath = look.icon;
    item.description = formatTime(entry.summary.startedAt);
    item.contextValue = 'run';
    item.accessibilityInformation = { label: `${entry.summary.workflow}, ${look.word}, ${item.description}` };
    return item;
  }

  private checkpointItem(entry: RunEntry, checkpoint: Checkpoint, isLast: boolean): vscode.TreeItem {
    const state = this.runs.known(entry.runId);
    const titles = checkpoint.steps.map((key) => (state ? stepTitle(state, key) : key)).join(', ');
    const label = vscode.l10n.t('after {0}', titles);
    const item = new vscode.TreeItem(label);
    const kind =
      checkpoint.type === 'full'
        ? vscode.l10n.t('Everything up to here has settled')
        : vscode.l10n.t('One step settled');
    item.id = `checkpoint:${checkpoint.id}:${checkpoint.type}`;
    item.iconPath = new vscode.ThemeIcon(checkpoint.type === 'full' ? 'milestone' : 'git-commit');
    item.description = formatTime(checkpoint.at);
    item.tooltip = kind;
    item.accessibilityInformation = { label: `${label}, ${kind}, ${item.description}` };
    const { canResume } = runAbilities(state, this.runs.isInterrupted(entry));
    // Resume goes on from the last position; earlier ones tell where the run has been.
    item.contextValue = isLast && canResume ? 'checkpoint canResume' : 'checkpoint';
    return item;
  }
}
