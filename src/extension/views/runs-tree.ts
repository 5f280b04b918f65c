import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { artifactsOfStep } from '../runs/report';
import type { RunEntry, Runs } from '../runs/runs';
import { placeWords } from '../words';
import { artifactItem, folderItem, rehearsalsItem, runItem, stepItem, type RunsNode } from './runs-nodes';

const RUNS_VIEW = 'baton.runs';
/** Older runs are kept, but a list of more is no list. */
const SHOWN = 100;

/** Runs, their steps and what these produced. Carries the one badge of the container: how much waits for a person. */
export class RunsTree implements vscode.TreeDataProvider<RunsNode>, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly view: vscode.TreeView<RunsNode>;
  private ticking: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly runs: Runs) {
    this.view = this.store.add(
      vscode.window.createTreeView(RUNS_VIEW, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.store.add(runs.onDidChange(() => this.refresh()));
    this.store.add(this.view.onDidChangeVisibility(() => this.refresh()));
  }

  getChildren(node?: RunsNode): RunsNode[] | Promise<RunsNode[]> {
    if (node === undefined) return this.roots();
    switch (node.type) {
      case 'folder':
        return this.ofFolder(node.folder);
      case 'rehearsals':
        return this.entries(node.folder, true).map(runNode);
      case 'run':
        return this.steps(node.runId);
      case 'step':
        return this.artifacts(node.runId, node.step);
      case 'artifact':
        return [];
      default:
        return node satisfies never;
    }
  }

  getParent(node: RunsNode): RunsNode | undefined {
    if (node.type === 'artifact') return { type: 'step', runId: node.runId, step: node.step };
    if (node.type === 'step') return { type: 'run', runId: node.runId };
    if (node.type !== 'run') return undefined;
    const entry = this.runs.get(node.runId);
    if (entry === undefined) return undefined;
    const { folder } = entry.folder;
    const grouped = this.folders().length > 1;
    if (entry.summary.rehearsal) return { type: 'rehearsals', folder: grouped ? folder : undefined };
    return grouped ? { type: 'folder', folder } : undefined;
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    const now = Date.now();
    switch (node.type) {
      case 'folder':
        return folderItem(node.folder);
      case 'rehearsals':
        return rehearsalsItem(node.folder, this.entries(node.folder, true).length);
      case 'run': {
        const entry = this.runs.get(node.runId);
        if (entry === undefined) return new vscode.TreeItem(node.runId);
        const { startedAt, endedAt } = entry.summary;
        const elapsed = (endedAt ?? now) - startedAt;
        return runItem(entry, this.runs.known(node.runId), this.runs.isInterrupted(entry), elapsed);
      }
      case 'step': {
        const state = this.runs.known(node.runId);
        return state === undefined ? new vscode.TreeItem(node.step) : stepItem(state, node.step, now);
      }
      case 'artifact':
        return artifactItem(node);
      default:
        return node satisfies never;
    }
  }

  dispose(): void {
    clearInterval(this.ticking);
    this.store.dispose();
  }

  private refresh(): void {
    this.changed.fire();
    this.count(this.runs.waiting().length);
    const elsewhere = this.runs
      .unfinished()
      .map(({ folder }) => folder.runtime.otherOwner)
      .find((owner) => owner !== undefined);
    this.view.description =
      elsewhere === undefined ? '' : vscode.l10n.t('in {0}', placeWords(elsewhere.name));
    this.tick();
  }

  /** Only this one view of the container has a badge: VS Code adds up those of all its views. */
  private count(waiting: number): void {
    const shown = this.view.badge?.value ?? 0;
    if (waiting === shown) return;
    if (waiting > 0) {
      this.view.badge = { value: waiting, tooltip: waitingText(waiting) };
      return;
    }
    // Without the zero in between the number stays on the icon.
    this.view.badge = { value: 0, tooltip: '' };
    this.view.badge = undefined;
  }

  /** Durations of running steps count on, as long as somebody looks. */
  private tick(): void {
    const counting =
      this.view.visible && this.runs.unfinished().some(({ summary }) => summary.status === 'running');
    if (counting && this.ticking === undefined) this.ticking = setInterval(() => this.changed.fire(), 1_000);
    if (!counting) {
      clearInterval(this.ticking);
      this.ticking = undefined;
    }
  }

  private folders(): readonly vscode.WorkspaceFolder[] {
    return [...new Set(this.runs.list().map(({ folder }) => folder.folder))].sort(
      (a, b) => a.index - b.index,
    );
  }

  private roots(): RunsNode[] {
    const folders = this.folders();
    if (folders.length > 1) return folders.map((folder) => ({ type: 'folder', folder }));
    return this.ofFolder(undefined);
  }

  private ofFolder(folder: vscode.WorkspaceFolder | undefined): RunsNode[] {
    const nodes: RunsNode[] = this.entries(folder, false).map(runNode);
    // A rehearsal never stands among runs that did something.
    if (this.entries(folder, true).length > 0) nodes.push({ type: 'rehearsals', folder });
    return nodes;
  }

  private entries(folder: vscode.WorkspaceFolder | undefined, rehearsal: boolean): readonly RunEntry[] {
    return this.runs
      .list()
      .filter((entry) => entry.summary.rehearsal === rehearsal)
      .filter((entry) => folder === undefined || entry.folder.folder === folder)
      .slice(0, SHOWN);
  }

  private async steps(runId: string): Promise<RunsNode[]> {
    const state = await this.runs.state(runId);
    return state === undefined
      ? []
      : state.definition.steps.map(({ key }) => ({ type: 'step', runId, step: key }));
  }

  private artifacts(runId: string, step: string): RunsNode[] {
    const state = this.runs.known(runId);
    if (state === undefined) return [];
    return artifactsOfStep(state, step).map((ref) => ({ type: 'artifact', runId, step, ref }));
  }
}

function runNode({ runId }: RunEntry): RunsNode {
  return { type: 'run', runId };
}

function waitingText(waiting: number): string {
  return waiting === 1
    ? vscode.l10n.t('1 step waits for you')
    : vscode.l10n.t('{0} steps wait for you', waiting);
}
