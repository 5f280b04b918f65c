import * as vscode from 'vscode';
import type { Command } from './command';
import { pickWorkflow, workflowUrisIn } from './targets';

/** Checks files, shows what is wrong in the Problems panel, and says so when nothing is. */
export const validateWorkflow: Command = async (parts, ...args) => {
  const told = workflowUrisIn(args);
  const picked =
    told.length > 0 ? undefined : await pickWorkflow(parts.files, vscode.l10n.t('Validate Workflow'));
  const uris = picked ? [picked] : told;
  let problems = 0;
  for (const uri of uris) {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preserveFocus: told.length > 0 });
    problems += await parts.language.validate(document);
  }
  if (uris.length === 0) return 0;
  if (problems > 0) await vscode.commands.executeCommand('workbench.actions.view.problems');
  else {
    const name =
      uris.length === 1 ? vscode.workspace.asRelativePath(uris[0]!) : vscode.l10n.t('{0} files', uris.length);
    void vscode.window.showInformationMessage(vscode.l10n.t('{0}: no problem found.', name));
  }
  return problems;
};
