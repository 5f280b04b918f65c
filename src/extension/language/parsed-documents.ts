import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { KnownAgent } from '../../core/agents/roster';
import { parseWorkflowFile } from '../../core/workflow/parse-file';
import type { ParsedWorkflow } from '../../core/workflow/parsed-workflow';
import type { LanguageParts } from './language-parts';

interface Kept {
  readonly version: number;
  readonly knownAgents: readonly KnownAgent[];
  readonly parsed: Promise<ParsedWorkflow>;
}

/** What open documents say, read once for each of their versions and of the agents that they may name. */
export class ParsedDocuments implements Disposable {
  private readonly store = new DisposableStore();
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly parts: Pick<LanguageParts, 'host' | 'agents'>) {
    this.store.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.kept.delete(uri.toString())));
  }

  async get(document: vscode.TextDocument): Promise<ParsedWorkflow> {
    const key = document.uri.toString();
    const knownAgents = await this.parts.agents.of(document.uri);
    const known = this.kept.get(key);
    if (known?.version === document.version && known.knownAgents === knownAgents) return known.parsed;
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    const parsed = parseWorkflowFile(this.parts.host, {
      text: document.getText(),
      path: vscode.workspace.asRelativePath(document.uri, false),
      knownAgents,
      ...(folder?.uri.scheme === 'file' && { workspace: folder.uri.fsPath }),
    });
    this.kept.set(key, { version: document.version, knownAgents, parsed });
    return parsed;
  }

  dispose(): void {
    this.kept.clear();
    this.store.dispose();
  }
}
