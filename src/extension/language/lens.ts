import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { settings } from '../settings';
import type { LanguageParts } from './language-parts';

/** Run and Rehearse above the first line. */
export class WorkflowLenses implements vscode.CodeLensProvider, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly parts: LanguageParts) {
    this.store.add(parts.onDidChangeFiles(() => this.changed.fire()));
    this.store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('baton.codeLens')) this.changed.fire();
      }),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (document.uri.scheme !== 'file' || !this.parts.isWorkflow(document)) return [];
    if (!settings.codeLens(document.uri)) return [];
    const first = new vscode.Range(0, 0, 0, 0);
    const args = { arguments: [document.uri] };
    return [
      new vscode.CodeLens(first, {
        command: 'baton.runWorkflow',
        title: `$(play) ${vscode.l10n.t('Run')}`,
        ...args,
      }),
      new vscode.CodeLens(first, {
        command: 'baton.rehearseWorkflow',
        title: vscode.l10n.t('Rehearse'),
        ...args,
      }),
    ];
  }

  dispose(): void {
    this.store.dispose();
  }
}
