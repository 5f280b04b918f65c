import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { ModelSettings, ModelSource } from '../../core/providers/model-settings';
import { runtimeBundle } from '../bundles';
import type { Keys } from './keys';
import { concernsModels, readModelSettings } from './read-settings';
import type { VscodeModel } from './vscode-model';
import { SETTINGS_FILE } from './workspace-files';

/** Changes that come together are told once, milliseconds. */
const GATHER = 50;

/** What the editor lends the core so that models can be asked: its settings, its secret storage, its own models. */
export class ModelSources implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly keys: Keys,
    private readonly editorModels: VscodeModel,
    private readonly env: (name: string) => string | undefined,
  ) {
    const tell = () => {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.changed.fire();
      }, GATHER);
    };
    this.store.add(keys.onDidChange(tell));
    this.store.add(editorModels.onDidChange(tell));
    // The editor tells nothing of what a folder's file may not set, and the notes about it come and go with the file.
    const files = this.store.add(vscode.workspace.createFileSystemWatcher(`**/${SETTINGS_FILE}`));
    for (const event of [files.onDidCreate, files.onDidChange, files.onDidDelete])
      this.store.add(event(tell));
    this.store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (concernsModels(event)) tell();
      }),
    );
  }

  /** Settings differ by folder; keys and models do not. */
  of(folder: vscode.WorkspaceFolder | undefined): ModelSource {
    return {
      settings: () => this.settings(folder),
      key: (provider) => this.keys.key(provider),
      secret: (name) => this.keys.secret(name),
      editorModels: this.editorModels,
      onDidChange: this.changed.event,
    };
  }

  async settings(folder: vscode.WorkspaceFolder | undefined): Promise<ModelSettings> {
    return runtimeBundle().resolveModelSettings({ ...(await readModelSettings(folder)), env: this.env });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.store.dispose();
  }
}
