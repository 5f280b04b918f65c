import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { AutomaticChoice, Models, ProviderStatus } from '../../core/runtime-port';
import type { FolderRuntime, RuntimeAccess } from '../runs/runtime-access';

/** What a window shows of its models: read together, so that it fits together. */
export interface ModelsSeen {
  readonly providers: readonly ProviderStatus[];
  readonly automatic: AutomaticChoice;
  readonly notes: readonly string[];
}

/**
 * The models of the window: those of its first open folder, whose runs are what people watch, else models of its own, so that
 * a key can be set before any folder is opened.
 */
export class WindowModels implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly listening = new Map<FolderRuntime, Disposable>();
  private own: (Disposable & { readonly models: Models }) | undefined;

  readonly onDidChange = this.changed.event;

  /** `createOwn` makes models without a folder; it is asked once, when they are first needed. */
  constructor(
    private readonly access: RuntimeAccess,
    private readonly createOwn: () => Disposable & { readonly models: Models },
  ) {
    for (const folder of access.opened()) this.listen(folder);
    this.store.add(
      access.onDidOpen((folder) => {
        this.listen(folder);
        this.changed.fire();
      }),
    );
    this.store.add(
      access.onDidClose((folder) => {
        this.listening.get(folder)?.dispose();
        this.listening.delete(folder);
        this.changed.fire();
      }),
    );
  }

  current(): Models {
    const [first] = this.access.opened();
    return first?.runtime.models ?? this.ownModels();
  }

  async see(): Promise<ModelsSeen> {
    const models = this.current();
    // The choice first: looking for it may find a server that then stands among the providers.
    const automatic = await models.automatic();
    const [providers, notes] = await Promise.all([models.status(), models.notes()]);
    return { providers, automatic, notes };
  }

  dispose(): void {
    for (const listening of this.listening.values()) listening.dispose();
    this.own?.dispose();
    this.store.dispose();
  }

  private listen(folder: FolderRuntime): void {
    this.listening.set(
      folder,
      folder.runtime.models.onDidChange(() => this.changed.fire()),
    );
  }

  private ownModels(): Models {
    if (this.own === undefined) {
      const own = this.createOwn();
      const listening = own.models.onDidChange(() => this.changed.fire());
      this.own = {
        models: own.models,
        dispose: () => {
          listening.dispose();
          own.dispose();
        },
      };
    }
    return this.own.models;
  }
}
