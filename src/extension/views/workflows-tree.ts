import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { RunEntry, Runs } from '../runs/runs';
import type { WorkflowFile, WorkflowFiles } from '../workflows/workflow-files';
import { fileName, formatTime, runLook } from '../words';

const WORKFLOWS_VIEW = 'baton.workflows';

export type WorkflowsNode =
  | { readonly type: 'folder'; readonly folder: vscode.WorkspaceFolder }
  | { readonly type: 'workflow'; readonly uri: vscode.Uri };

/** The workflow files of the workspace, each with how it went last. */
export class WorkflowsTree implements vscode.TreeDataProvider<WorkflowsNode>, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private lastRuns: Map<string, RunEntry> | undefined;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly files: WorkflowFiles,
    private readonly runs: Runs,
  ) {
    const view = this.store.add(vscode.window.createTreeView(WORKFLOWS_VIEW, { treeDataProvider: this }));
    const refresh = () => {
      view.message =
        !vscode.workspace.isTrusted && files.list().length > 0
          ? vscode.l10n.t('Restricted Mode: read, validate and rehearse only.')
          : '';
      this.changed.fire();
    };
    this.store.add(files.onDidChange(refresh));
    this.store.add(
      runs.onDidChange(() => {
        this.lastRuns = undefined;
        refresh();
      }),
    );
    this.store.add(vscode.workspace.onDidGrantWorkspaceTrust(refresh));
  }

  async getChildren(node?: WorkflowsNode): Promise<WorkflowsNode[]> {
    // The welcome text says that there is none: that must be true when it is shown.
    if (!this.files.isComplete) await this.files.scan();
    const all = this.files.list();
    if (node?.type === 'workflow') return [];
    if (node?.type === 'folder') return all.filter(({ folder }) => folder === node.folder).map(nodeOf);
    const folders = [...new Set(all.map(({ folder }) => folder))];
    // A level that tells nothing apart only takes room.
    return folders.length > 1 ? folders.map((folder) => ({ type: 'folder', folder })) : all.map(nodeOf);
  }

  getTreeItem(node: WorkflowsNode): vscode.TreeItem {
    if (node.type === 'folder') {
      const folder = new vscode.TreeItem(node.folder.name, vscode.TreeItemCollapsibleState.Expanded);
      folder.iconPath = vscode.ThemeIcon.Folder;
      return folder;
    }
    const file = this.files.get(node.uri);
    const item = new vscode.TreeItem(file?.name ?? fileName(node.uri.path));
    item.id = node.uri.toString();
    // No resourceUri: decorations of other extensions would repaint the state's icon.
    item.contextValue = 'workflow';
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [node.uri] };
    if (file === undefined) return item;
    const last = this.lastRun(file);
    const namesakes = this.files.list().filter((other) => other.name === file.name).length > 1;
    const look = last && runLook(last.summary, this.runs.isInterrupted(last));
    item.iconPath =
      look?.icon ?? new vscode.ThemeIcon('circle-large-outline', new vscode.ThemeColor('disabledForeground'));
    const when = last && formatTime(last.summary.startedAt);
    item.description = [namesakes && file.path, when].filter(Boolean).join(' · ');
    item.tooltip = tooltip(file, look && `${look.word} · ${when}`);
    item.accessibilityInformation = {
      label: [file.name, look?.word ?? vscode.l10n.t('never run'), when].filter(Boolean).join(', '),
    };
    return item;
  }

  dispose(): void {
    this.store.dispose();
  }

  private lastRun(file: WorkflowFile): RunEntry | undefined {
    if (this.lastRuns === undefined) {
      this.lastRuns = new Map();
      // Newest first: the first of a file is its last run.
      for (const entry of this.runs.list()) {
        const { path, rehearsal } = entry.summary;
        if (rehearsal || path === undefined) continue;
        const key = vscode.Uri.joinPath(entry.folder.folder.uri, path).toString();
        if (!this.lastRuns.has(key)) this.lastRuns.set(key, entry);
      }
    }
    return this.lastRuns.get(file.uri.toString());
  }
}

function nodeOf({ uri }: WorkflowFile): WorkflowsNode {
  return { type: 'workflow', uri };
}

function tooltip(file: WorkflowFile, last: string | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown('**').appendText(file.name).appendMarkdown('**\n\n').appendText(file.path);
  text.appendMarkdown('\n\n').appendText(last ?? vscode.l10n.t('Never run here.'));
  return text;
}
