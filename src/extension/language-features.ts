import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../core/base/disposable';
import type { Host } from '../core/host';
import type { WindowAgents } from './agents/window-agents';
import { languageBundle } from './bundles';
import type { Language } from './language/main';
import type { WorkflowFiles } from './workflows/workflow-files';

/** What the editor knows about workflow files. Its code loads with the first one that is opened. */
export class LanguageFeatures implements Disposable {
  private readonly store = new DisposableStore();
  private loaded: Language | undefined;

  constructor(
    private readonly files: WorkflowFiles,
    private readonly host: Host,
    private readonly agents: WindowAgents,
  ) {
    const look = (document: vscode.TextDocument) => {
      if (this.loaded === undefined && files.isWorkflow(document)) this.load();
    };
    this.store.add(vscode.workspace.onDidOpenTextDocument(look));
    this.store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => look(document)));
    // Documents that were open before: looked at once the window stands.
    const idle = setTimeout(() => vscode.workspace.textDocuments.forEach(look));
    this.store.add({ dispose: () => clearTimeout(idle) });
  }

  /** Checks a document now; gives the number of errors and warnings. */
  validate(document: vscode.TextDocument): Promise<number> {
    return this.load().validate(document);
  }

  dispose(): void {
    this.store.dispose();
  }

  private load(): Language {
    this.loaded ??= this.store.add(
      languageBundle().startLanguage({
        host: this.host,
        isWorkflow: (document) => this.files.isWorkflow(document),
        onDidChangeFiles: (listener) => this.files.onDidChange(listener),
        agents: this.agents,
      }),
    );
    return this.loaded;
  }
}
