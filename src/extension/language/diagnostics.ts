import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Diagnostic, Range } from '../../core/model/diagnostic';
import type { Dialect, ParsedWorkflow } from '../../core/workflow/parsed-workflow';
import type { LanguageParts } from './language-parts';
import type { ParsedDocuments } from './parsed-documents';

/** A person who types wants no problems for half a word. */
const SETTLE = 250;

const SEVERITIES: Readonly<Record<Diagnostic['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** Keeps the Problems panel true for every open workflow file. */
export class Diagnostics implements Disposable {
  private readonly store = new DisposableStore();
  private readonly collection = this.store.add(vscode.languages.createDiagnosticCollection('baton'));
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly parts: LanguageParts,
    private readonly parsed: ParsedDocuments,
  ) {
    this.store.add(vscode.workspace.onDidOpenTextDocument((document) => this.plan(document, 0)));
    this.store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.plan(document, SETTLE)));
    this.store.add(
      vscode.workspace.onDidCloseTextDocument((document) => {
        clearTimeout(this.timers.get(document.uri.toString()));
        this.collection.delete(document.uri);
      }),
    );
    this.store.add(parts.onDidChangeFiles(() => this.planAll()));
    this.store.add(parts.agents.onDidChange(() => this.planAll()));
    this.planAll();
  }

  /** Checks a document now; gives the number of errors and warnings. */
  async check(document: vscode.TextDocument): Promise<number> {
    const parsed = await this.parsed.get(document);
    if (!document.isClosed) this.collection.set(document.uri, problemsOf(document, parsed));
    return parsed.diagnostics.filter(({ severity }) => severity !== 'information').length;
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.store.dispose();
  }

  private planAll(): void {
    for (const document of vscode.workspace.textDocuments) this.plan(document, 0);
  }

  private plan(document: vscode.TextDocument, delay: number): void {
    if (document.uri.scheme === 'git' || !/^(baton-workflow|ya?ml|jsonc?)$/.test(document.languageId)) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        if (document.isClosed) return;
        if (this.parts.isWorkflow(document)) void this.check(document);
        else this.collection.delete(document.uri);
      }, delay),
    );
  }
}

function problemsOf(document: vscode.TextDocument, parsed: ParsedWorkflow): vscode.Diagnostic[] {
  const problems = parsed.diagnostics.map((found) => {
    const message = found.suggestion === undefined ? found.message : `${found.message} ${found.suggestion}`;
    const problem = new vscode.Diagnostic(
      rangeOf(document, found.range),
      message,
      SEVERITIES[found.severity],
    );
    problem.source = 'Baton';
    problem.code = found.code;
    return problem;
  });
  // In another dialect most keys were translated; one line says so, and the plan says how.
  if (parsed.dialect !== 'baton' && parsed.definition !== undefined) {
    const mapped = parsed.mappings.filter(({ outcome }) => outcome === 'mapped').length;
    const text = vscode.l10n.t('Read as {0}: {1} keys were mapped.', dialectName(parsed.dialect), mapped);
    const note = new vscode.Diagnostic(document.lineAt(0).range, text, vscode.DiagnosticSeverity.Information);
    note.source = 'Baton';
    note.code = 'dialect';
    problems.push(note);
  }
  return problems;
}

function dialectName(dialect: Dialect): string {
  switch (dialect) {
    case 'baton':
      return vscode.l10n.t("Baton's own format");
    case 'phases':
      return vscode.l10n.t('a phases file');
    case 'automatosx-action':
    case 'automatosx-prompt':
    case 'automatosx-iterate':
      return vscode.l10n.t('the AutomatosX v8 dialect');
    default:
      return dialect satisfies never;
  }
}

/** From people's counting to the editor's; never empty, so that there is something to point at. */
function rangeOf(document: vscode.TextDocument, { start, end }: Range): vscode.Range {
  const range = document.validateRange(
    new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1),
  );
  if (!range.isEmpty) return range;
  return document.getWordRangeAtPosition(range.start) ?? document.lineAt(range.start.line).range;
}
