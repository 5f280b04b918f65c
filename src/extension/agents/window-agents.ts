import * as vscode from 'vscode';
import type { FolderAgents, ListedAgent } from '../../core/agents/own/agent-profiles';
import { knownAgents, type KnownAgent } from '../../core/agents/roster';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Host } from '../../core/host';
import { runtimeBundle } from '../bundles';

/** An agent as the window shows it. */
export interface SeenAgent extends ListedAgent {
  /** The file that describes it; absent: it is Baton's own. */
  readonly file?: vscode.Uri;
}

/** Where files of agents may lie, below each folder. */
const PLACES = [
  ['.baton', 'agents'],
  ['.github', 'agents'],
  ['.claude', 'agents'],
];
const FILES = '{.baton,.github,.claude}/agents/*.md';

/** The agents that steps can name in this window: Baton's own, and those of its folders. */
export class WindowAgents implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly byFolder = new Map<string, FolderAgents>();

  readonly onDidChange = this.changed.event;

  constructor(private readonly host: Pick<Host, 'files'>) {
    const watcher = this.store.add(vscode.workspace.createFileSystemWatcher(`**/${FILES}`));
    const tell = () => this.changed.fire();
    this.store.add(watcher.onDidCreate(tell));
    this.store.add(watcher.onDidChange(tell));
    this.store.add(watcher.onDidDelete(tell));
    this.store.add(vscode.workspace.onDidChangeWorkspaceFolders(tell));
    this.store.add(vscode.workspace.onDidGrantWorkspaceTrust(tell));
  }

  /** All that a file may name, by the folder in which it lies. The same array while nothing changed. */
  async of(uri: vscode.Uri): Promise<readonly KnownAgent[]> {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const agents = folder === undefined ? undefined : await this.agentsOf(folder);
    return agents?.known() ?? knownAgents;
  }

  /** Baton's in their order, and those of the folders. What takes the place of one of Baton's stands in it. */
  async list(): Promise<readonly SeenAgent[]> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const own = (await Promise.all(folders.map((folder) => this.ownOf(folder)))).flat();
    const rest = new Set(own);
    const listed = knownAgents.flatMap((agent): SeenAgent[] => {
      const instead = own.filter(({ name, replaces }) => replaces === true && name === agent.name);
      for (const one of instead) rest.delete(one);
      // Where only some of several folders replace it, Baton's stands for the others.
      const stays = instead.length < Math.max(1, folders.length);
      return [...(stays ? [{ ...agent, source: 'baton' }] : []), ...instead];
    });
    return [...listed, ...rest];
  }

  dispose(): void {
    this.store.dispose();
  }

  private async ownOf(folder: vscode.WorkspaceFolder): Promise<readonly SeenAgent[]> {
    const listed = (await (await this.agentsOf(folder))?.list()) ?? [];
    return listed
      .filter(({ source }) => source !== 'baton')
      .map((agent) => ({ ...agent, file: vscode.Uri.joinPath(folder.uri, agent.source) }));
  }

  /** Undefined where a folder has no agents: then nothing is loaded for them. */
  private async agentsOf(folder: vscode.WorkspaceFolder): Promise<FolderAgents | undefined> {
    if (folder.uri.scheme !== 'file') return undefined;
    const { files } = this.host;
    const workspace = folder.uri.fsPath;
    let agents = this.byFolder.get(workspace);
    if (agents !== undefined) return agents;
    const lists = await Promise.all(
      PLACES.map((place) => files.list(files.join(workspace, ...place)).catch(() => [])),
    );
    if (lists.every(({ length }) => length === 0)) return undefined;
    agents = runtimeBundle().createAgentProfiles({
      files,
      workspace,
      isTrusted: () => vscode.workspace.isTrusted,
    });
    this.byFolder.set(workspace, agents);
    return agents;
  }
}
