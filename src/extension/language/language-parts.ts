import type * as vscode from 'vscode';
import type { Event } from '../../core/base/emitter';
import type { KnownAgent } from '../../core/agents/roster';
import type { Host } from '../../core/host';

/** What the rest of the extension lends the language features. */
export interface LanguageParts {
  readonly host: Host;
  readonly isWorkflow: (document: vscode.TextDocument) => boolean;
  readonly onDidChangeFiles: Event<void>;
  /** Whom a file may name. */
  readonly agents: {
    of(uri: vscode.Uri): Promise<readonly KnownAgent[]>;
    readonly onDidChange: Event<void>;
  };
}
