import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Host } from '../../core/host';
import { messageOf } from '../../core/model/errors';
import type { Runtime } from '../../core/runtime-port';
import { notesFolder } from '../../core/storage/home';
import { runtimeBundle } from '../bundles';
import type { ModelSources } from '../models/model-source';
import type { ToolSources } from '../tools/tool-source';
import { editorDiagnostics } from './editor-diagnostics';
import { settings } from '../settings';
import { windowName } from '../window-name';

/** A workspace folder and the runtime that keeps its runs. */
export interface FolderRuntime {
  readonly folder: vscode.WorkspaceFolder;
  readonly runtime: Runtime;
}

/** How long the workbench may take to answer before this window counts as closed. It takes 3-4 ms when there is one. */
const WINDOW_ANSWERS_WITHIN = 2_000;

/**
 * One runtime per workspace folder, opened when first needed and closed with its folder.
 * Another process may own a folder: then its runtime sees the runs and changes nothing.
 */
export class RuntimeAccess implements Disposable {
  private readonly store = new DisposableStore();
  private readonly opening = new Map<string, Promise<FolderRuntime>>();
  private readonly open = new Map<string, FolderRuntime>();
  private readonly didOpen = this.store.add(new vscode.EventEmitter<FolderRuntime>());
  private readonly didClose = this.store.add(new vscode.EventEmitter<FolderRuntime>());

  readonly onDidOpen = this.didOpen.event;
  readonly onDidClose = this.didClose.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly host: Host,
    private readonly models: ModelSources,
    private readonly tools: ToolSources,
  ) {
    this.store.add(
      vscode.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const folder of removed) void this.close(folder);
        if (added.length > 0) void this.openUsed();
      }),
    );
  }

  /** The folder's runtime. Throws for a folder that lies on no disk, and when its state cannot be opened. */
  get(folder: vscode.WorkspaceFolder): Promise<FolderRuntime> {
    const key = folder.uri.toString();
    const known = this.opening.get(key);
    if (known !== undefined) return known;
    const opening = this.openFolder(folder);
    this.opening.set(key, opening);
    // A failed opening is tried again the next time.
    opening.catch(() => this.opening.delete(key));
    return opening;
  }

  /** Those that are open, in the order of the workspace's folders. */
  opened(): readonly FolderRuntime[] {
    return [...this.open.values()].sort((a, b) => a.folder.index - b.folder.index);
  }

  /** Opens the folders in which something ran before; the others wait until they are needed. */
  async openUsed(): Promise<void> {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file') continue;
      try {
        if (await this.hasHome(folder)) await this.get(folder);
      } catch (error) {
        this.host.log.error(`The runs of ${folder.name} could not be opened.`, error);
        void vscode.window.showErrorMessage(
          vscode.l10n.t('The runs of {0} could not be opened: {1}', folder.name, messageOf(error)),
        );
      }
    }
  }

  private async openFolder(folder: vscode.WorkspaceFolder): Promise<FolderRuntime> {
    if (folder.uri.scheme !== 'file')
      throw new Error(
        vscode.l10n.t('Workflows run only in folders on a disk. Open {0} from one.', folder.name),
      );
    const home = this.home(folder);
    const runtime = await runtimeBundle().createRuntime({
      host: this.host,
      workspace: folder.uri.fsPath,
      ...home,
      access: 'run',
      owner: { name: windowName(process.pid), kind: 'window', isAlive: windowAnswers },
      editorDiagnostics,
      models: this.models.of(folder),
      tools: this.tools.of(folder),
      isTrusted: () => vscode.workspace.isTrusted,
    });
    const opened: FolderRuntime = { folder, runtime };
    this.store.add(
      runtime.onNotice((notice) => void vscode.window.showInformationMessage(`${folder.name}: ${notice}`)),
    );
    this.open.set(folder.uri.toString(), opened);
    this.didOpen.fire(opened);
    return opened;
  }

  /** Where the folder's state lies, if nothing else is noted. Each folder of a window has a place of its own. */
  private home(folder: vscode.WorkspaceFolder): { stateDirectory?: string; storageFolder?: string } {
    const override = settings.stateDirectory();
    const name = this.host.sha256(folder.uri.toString()).slice(0, 16);
    if (override !== undefined) return { stateDirectory: this.host.files.join(override, name) };
    const storage = this.context.storageUri?.fsPath;
    if (storage === undefined) return {};
    const isOnly = vscode.workspace.workspaceFolders?.length === 1;
    return { storageFolder: isOnly ? storage : this.host.files.join(storage, name) };
  }

  /** Whether something ran in this folder before, in this window or another, or in a terminal. */
  private async hasHome(folder: vscode.WorkspaceFolder): Promise<boolean> {
    const { files } = this.host;
    const { stateDirectory } = this.home(folder);
    if (stateDirectory !== undefined) return (await files.stat(stateDirectory)) !== undefined;
    const real = (await files.realPath(folder.uri.fsPath)) ?? folder.uri.fsPath;
    return (await files.stat(files.join(notesFolder(this.host), this.host.sha256(real)))) !== undefined;
  }

  private async close(folder: vscode.WorkspaceFolder): Promise<void> {
    const key = folder.uri.toString();
    const opened = await this.opening.get(key)?.catch(() => undefined);
    this.opening.delete(key);
    this.open.delete(key);
    if (opened === undefined) return;
    this.didClose.fire(opened);
    await opened.runtime.close();
  }

  /** Stops what runs so that it is resumable. VS Code gives little time for this, and none after a crash. */
  async closeAll(): Promise<void> {
    const opened = await Promise.allSettled(this.opening.values());
    this.opening.clear();
    this.open.clear();
    const runtimes = opened.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value.runtime] : [],
    );
    await Promise.allSettled(runtimes.map((runtime) => runtime.close()));
  }

  dispose(): void {
    void this.closeAll();
    this.store.dispose();
  }
}

/**
 * False once the tab or window of this extension host is gone. The host of a closed tab lives on for hours, and
 * every call to the workbench then hangs.
 */
async function windowAnswers(): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), WINDOW_ANSWERS_WITHIN);
  });
  const answer = vscode.commands.executeCommand('setContext', 'baton.window', true).then(() => true);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
