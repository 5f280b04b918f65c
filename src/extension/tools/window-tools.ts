import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { ListedTools, ToolsStanding } from '../../core/runtime-port';
import type { FolderRuntime, RuntimeAccess } from '../runs/runtime-access';
import type { ToolSources } from './tool-source';

/** The tools of the window as people see them: those of its first folder, as its models are. Starts nothing by itself. */
export class WindowTools implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly listening = new Map<FolderRuntime, Disposable>();

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly access: RuntimeAccess,
    private readonly sources: ToolSources,
  ) {
    const tell = () => this.changed.fire();
    const listen = (folder: FolderRuntime) =>
      this.listening.set(folder, folder.runtime.tools.onDidChange(tell));
    for (const folder of access.opened()) listen(folder);
    this.store.add(sources.onDidChange(tell));
    this.store.add(vscode.workspace.onDidGrantWorkspaceTrust(tell));
    this.store.add(
      access.onDidOpen((folder) => {
        listen(folder);
        tell();
      }),
    );
    this.store.add(
      access.onDidClose((folder) => {
        this.listening.get(folder)?.dispose();
        this.listening.delete(folder);
        tell();
      }),
    );
  }

  /** What settings say, and what servers told so far. */
  async see(): Promise<ToolsStanding> {
    const [first] = this.access.opened();
    if (first !== undefined) return first.runtime.tools.standing();
    // Before anything ran here there is nobody who could have asked a server.
    const { mcpServers, rules, notes } = await this.sources.settings(firstFolder());
    return {
      servers: Object.keys(mcpServers).map((name) => ({ name, faults: [] })),
      asksEverything: rules.alwaysAsk.some((pattern) => Object.keys(pattern).length === 0),
      notes,
    };
  }

  /** Starts the person's servers and asks what they offer; undefined without a folder. Rejects with `CancelledError` on abort. */
  async ask(signal: AbortSignal): Promise<ListedTools | undefined> {
    const folder = firstFolder();
    if (folder === undefined) return undefined;
    const [open] = this.access.opened();
    const { runtime } = open ?? (await this.access.get(folder));
    return runtime.tools.list(signal);
  }

  dispose(): void {
    for (const listening of this.listening.values()) listening.dispose();
    this.store.dispose();
  }
}

function firstFolder(): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
}
