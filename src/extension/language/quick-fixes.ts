import * as vscode from 'vscode';

/** For "Did you mean "x"?" and "Use "x".": puts it there. */
export function suggestedFixes(
  document: vscode.TextDocument,
  problems: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  return problems.flatMap((problem) => {
    const meant = /(?:Did you mean|Use) "([^"]+)"[?.]/.exec(problem.message)?.[1];
    if (problem.source !== 'Baton' || meant === undefined) return [];
    const fix = new vscode.CodeAction(
      vscode.l10n.t('Change to "{0}"', meant),
      vscode.CodeActionKind.QuickFix,
    );
    fix.diagnostics = [problem];
    fix.isPreferred = true;
    fix.edit = new vscode.WorkspaceEdit();
    fix.edit.replace(document.uri, withoutQuotes(document, problem.range), meant);
    return [fix];
  });
}

function withoutQuotes(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  if (!range.isSingleLine || !/^(["']).*\1$/.test(document.getText(range))) return range;
  return new vscode.Range(range.start.translate(0, 1), range.end.translate(0, -1));
}
