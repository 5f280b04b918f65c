import * as vscode from 'vscode';
import { parseDocument } from 'yaml';

/** Two-space YAML that keeps comments, blank lines and quotes; a text that is broken, or would change its meaning, stays. */
export function formatWorkflow(
  document: vscode.TextDocument,
  options: vscode.FormattingOptions,
): vscode.TextEdit[] {
  const text = document.getText();
  const formatted = formatYaml(text, options.tabSize);
  if (formatted === undefined || formatted === text) return [];
  const all = new vscode.Range(document.positionAt(0), document.positionAt(text.length));
  return [vscode.TextEdit.replace(all, formatted)];
}

export function formatYaml(text: string, indent: number): string | undefined {
  const tree = parseDocument(text, { logLevel: 'silent' });
  if (tree.errors.length > 0) return undefined;
  const formatted = tree.toString({ indent, lineWidth: 0, flowCollectionPadding: true });
  const again = parseDocument(formatted, { logLevel: 'silent' });
  const isSame = again.errors.length === 0 && JSON.stringify(again) === JSON.stringify(tree);
  return isSame ? formatted : undefined;
}
