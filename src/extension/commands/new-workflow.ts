import * as vscode from 'vscode';
import type { Command } from './command';
import { pickFolder } from './run-workflow';

/** Makes a small workflow with comments and opens it; a file of that name that is there already is only opened. */
export const newWorkflow: Command = async (parts) => {
  const folder = await pickFolder(vscode.l10n.t('New Workflow'));
  if (folder === undefined) return undefined;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Workflow'),
    prompt: vscode.l10n.t('Name of the workflow. The file is .baton/workflows/NAME.yaml.'),
    value: 'my-workflow',
    validateInput: (value) =>
      /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value)
        ? undefined
        : vscode.l10n.t('Letters, digits, dots, hyphens and underscores.'),
  });
  if (name === undefined) return undefined;
  const template = vscode.Uri.joinPath(parts.extensionUri, 'media', 'workflows', 'starter.yaml');
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(template));
  const uri = vscode.Uri.joinPath(folder.uri, '.baton', 'workflows', `${name.replace(/\.ya?ml$/, '')}.yaml`);
  if (!(await exists(uri)))
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text.replace('my-workflow', name)));
  await vscode.window.showTextDocument(uri);
  return uri;
};

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
