import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { knownAgents } from '../../core/agents/roster';
import type { Host } from '../../core/host';
import { parseWorkflowFile } from '../../core/workflow/parse-file';
import type { ParsedWorkflow } from '../../core/workflow/parsed-workflow';

interface Kept {
  readonly version: number;
  readonly parsed: Promise<ParsedWorkflow>;
}

/** What open documents say, read once for each of their versions. */
export class ParsedDocuments implements Disposable {
  private readonly store = new DisposableStore();
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly host: Host) {
    this.store.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.kept.delete(uri.toString())));
  }

  get(document: vscode.TextDocument): Promise<ParsedWorkflow> {
    const key = document.uri.toString();
    const known = this.kept.get(key);
    if (known?.version === document.version) return known.parsed;
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    const parsed = parseWorkflowFile(this.host, {
      text: document.getText(),
      path: vscode.workspace.asRelativePath(document.uri, false),
      knownAgents,
      ...(folder?.uri.scheme === 'file' && { workspace: folder.uri.fsPath }),
    });
    this.kept.set(key, { version: document.version, parsed });
    return parsed;
  }

  dispose(): void {
    this.kept.clear();
    this.store.dispose();
  }
}
