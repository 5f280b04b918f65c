import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Host } from '../../core/host';
import type { ToolSettings, ToolSource } from '../../core/tools/tool-box';
import { runtimeBundle } from '../bundles';
import type { Keys } from '../models/keys';
import { SETTINGS_FILE } from '../models/workspace-files';
import { createEditorIntelligence } from './editor-intelligence';
import { tokenFor } from './github-session';
import { LanguageServices } from './language-services';
import { concernsTools, FOLDER_FILE, folderTools, ignoredTools, personsTools } from './tool-configuration';

/** Changes that come together are told once, milliseconds. */
const GATHER = 50;

/** What the editor lends to tools: the person's settings, the sign-in to GitHub, and what its languages know about code. */
export class ToolSources implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly services = this.store.add(new LanguageServices());
  private readonly told = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly host: Host,
    keys: Keys,
  ) {
    const tell = () => {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.changed.fire();
      }, GATHER);
    };
    // Keys of search services lie beside those of providers.
    this.store.add(keys.onDidChange(tell));
    this.store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (concernsTools(event)) tell();
      }),
    );
    this.store.add(
      vscode.authentication.onDidChangeSessions(({ provider }) => {
        if (provider.id === 'github') tell();
      }),
    );
    // The editor tells nothing of what a folder's file may not set, and the notes about it come and go with the file.
    const files = this.store.add(
      vscode.workspace.createFileSystemWatcher(`**/{${FOLDER_FILE},${SETTINGS_FILE}}`),
    );
    for (const event of [files.onDidCreate, files.onDidChange, files.onDidDelete])
      this.store.add(event(tell));
  }

  /** What a folder wishes narrows the rules; all else is the same for each folder. */
  of(folder: vscode.WorkspaceFolder): ToolSource {
    return {
      settings: () => this.settings(folder),
      codeIntelligence: createEditorIntelligence(folder, this.host, this.services),
      githubToken: async () => tokenFor((await this.settings(folder)).addresses.github),
      onDidChange: this.onDidChange,
    };
  }

  async settings(folder: vscode.WorkspaceFolder | undefined): Promise<ToolSettings> {
    const read = runtimeBundle().readToolSettings(personsTools(), await folderTools(folder));
    const notes = [...(await ignoredTools(folder)), ...read.notes];
    this.log(folder, notes);
    return { ...read, notes };
  }

  /** What has no effect is said once, until it changes. */
  private log(folder: vscode.WorkspaceFolder | undefined, notes: readonly string[]): void {
    const name = folder?.name ?? '';
    const told = notes.join('\n');
    if (this.told.get(name) === told) return;
    this.told.set(name, told);
    for (const note of notes) this.host.log.warn(note);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.store.dispose();
  }
}
