import * as vscode from 'vscode';
import { formatYaml } from './format-yaml';

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
