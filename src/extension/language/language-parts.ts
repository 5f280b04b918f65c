import type * as vscode from 'vscode';
import type { Event } from '../../core/base/emitter';
import type { Host } from '../../core/host';

/** What the rest of the extension lends the language features. */
export interface LanguageParts {
  readonly host: Host;
  readonly isWorkflow: (document: vscode.TextDocument) => boolean;
  readonly onDidChangeFiles: Event<void>;
}
