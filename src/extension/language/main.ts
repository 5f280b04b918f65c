import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { CompleteWorkflow } from './completion';
import { Diagnostics } from './diagnostics';
import { formatWorkflow } from './formatter';
import { hoverWorkflow } from './hover';
import { WorkflowLenses } from './lens';
import type { LanguageParts } from './language-parts';
import { ParsedDocuments } from './parsed-documents';
import { suggestedFixes } from './quick-fixes';
import { stepDefinition, stepReferences, StepRename } from './step-navigation';
import { workflowSymbols } from './symbols';

export interface Language extends Disposable {
  /** Checks a document now; gives the number of errors and warnings. */
  validate(document: vscode.TextDocument): Promise<number>;
}

const YAML: vscode.DocumentSelector = [
  { language: 'baton-workflow' },
  { language: 'yaml', pattern: '**/workflows/**' },
  { language: 'yaml', pattern: '**/*.baton.{yaml,yml}' },
];
const ALL: vscode.DocumentSelector = [
  ...YAML,
  { language: 'json', pattern: '**/workflows/**' },
  { language: 'json', pattern: '**/*.baton.json' },
];

/** Starts everything the editor knows about workflow files. */
export function startLanguage(parts: LanguageParts): Language {
  const store = new DisposableStore();
  const { languages } = vscode;
  const parsed = store.add(new ParsedDocuments(parts));
  const diagnostics = store.add(new Diagnostics(parts, parsed));

  // Files in the same folders that are no workflows belong to other extensions.
  const only =
    <Result>(provide: (document: vscode.TextDocument) => Result) =>
    (document: vscode.TextDocument): Result | undefined =>
      parts.isWorkflow(document) ? provide(document) : undefined;

  store.add(
    languages.registerCompletionItemProvider(YAML, new CompleteWorkflow(parts), ' ', ':', '-', '[', ','),
  );
  store.add(
    languages.registerHoverProvider(YAML, {
      provideHover: (document, position) =>
        only(async (own) => hoverWorkflow(own, position, await parts.agents.of(own.uri)))(document),
    }),
  );
  store.add(
    languages.registerDefinitionProvider(ALL, {
      provideDefinition: (document, position) => only((own) => stepDefinition(own, position))(document),
    }),
  );
  store.add(
    languages.registerReferenceProvider(ALL, {
      provideReferences: (document, position) => only((own) => stepReferences(own, position))(document),
    }),
  );
  store.add(languages.registerRenameProvider(ALL, new StepRename(parts.isWorkflow)));
  store.add(
    languages.registerDocumentSymbolProvider(ALL, {
      provideDocumentSymbols: (document) => only((own) => workflowSymbols(own, parsed))(document),
    }),
  );
  store.add(languages.registerCodeLensProvider(ALL, store.add(new WorkflowLenses(parts))));
  store.add(
    languages.registerCodeActionsProvider(
      ALL,
      { provideCodeActions: (document, _range, context) => suggestedFixes(document, context.diagnostics) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  store.add(
    languages.registerDocumentFormattingEditProvider(
      { language: 'baton-workflow' },
      { provideDocumentFormattingEdits: (document, options) => formatWorkflow(document, options) },
    ),
  );
  return {
    validate: (document) => diagnostics.check(document),
    dispose: () => store.dispose(),
  };
}
