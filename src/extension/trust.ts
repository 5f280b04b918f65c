import * as vscode from 'vscode';

/**
 * True in a trusted window. Otherwise says what cannot be done and offers the way to trust.
 * `what` completes "To ..., trust this folder first": "run this workflow", "decide".
 */
export function requireTrust(what: string): boolean {
  if (vscode.workspace.isTrusted) return true;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const text = vscode.l10n.t(
    'This folder is in Restricted Mode. To {0}, trust it first. Rehearsing and validating work here.',
    what,
  );
  void vscode.window.showWarningMessage(text, manage).then(async (chosen) => {
    if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  });
  return false;
}
