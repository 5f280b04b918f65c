import * as vscode from 'vscode';
import type { ParsedDocuments } from './parsed-documents';

/** The outline: inputs and steps. */
export async function workflowSymbols(
  document: vscode.TextDocument,
  parsed: ParsedDocuments,
): Promise<vscode.DocumentSymbol[]> {
  const { definition, positions } = await parsed.get(document);
  const steps = Object.entries(positions).map(([key, { start, end }]) => {
    const step = definition?.steps.find((candidate) => candidate.key === key);
    const range = document.validateRange(
      new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1),
    );
    const detail = step?.action ?? (step?.run === undefined ? '' : 'run');
    const title = step?.title ?? key;
    return new vscode.DocumentSymbol(
      title === '' ? key : title,
      detail,
      vscode.SymbolKind.Function,
      range,
      range,
    );
  });
  return steps.sort((a, b) => a.range.start.compareTo(b.range.start));
}
