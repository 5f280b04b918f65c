import * as vscode from 'vscode';
import { requireTrust } from '../trust';
import type { Command, Parts } from './command';
import { pickWorkflow, workflowUrisIn } from './targets';

/** Starts the file of the menu or editor, else a picked one. Gives the ids of the runs. */
export const runWorkflow: Command = (parts, ...args) =>
  startAll(parts, args, vscode.l10n.t('Run Workflow'), { rehearsal: false, withInputs: false });

export const runWorkflowWithInputs: Command = (parts, ...args) =>
  startAll(parts, args, vscode.l10n.t('Run with Inputs'), { rehearsal: false, withInputs: true });

/** Goes through the whole workflow without a model, a command or a write. */
export const rehearseWorkflow: Command = (parts, ...args) =>
  startAll(parts, args, vscode.l10n.t('Rehearse Workflow'), { rehearsal: true, withInputs: false });

/** The bundled review, on the person's own code. */
export const reviewFolder: Command = async (parts) => {
  const folder = await pickFolder(vscode.l10n.t('Review This Folder'));
  if (folder === undefined) return undefined;
  const uri = vscode.Uri.joinPath(parts.extensionUri, 'media', 'workflows', 'review-this-folder.yaml');
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  return parts.starter.start({
    folder,
    workflow: { text, path: 'review-this-folder.yaml', builtin: true },
    rehearsal: false,
    withInputs: false,
    preserveFocus: false,
  });
};

async function startAll(
  parts: Parts,
  args: readonly unknown[],
  title: string,
  how: { readonly rehearsal: boolean; readonly withInputs: boolean },
): Promise<readonly string[]> {
  // Said before anything is picked or asked.
  if (!how.rehearsal && !requireTrust(vscode.l10n.t('run this workflow'))) return [];
  const told = workflowUrisIn(args);
  const picked = told.length > 0 ? undefined : await pickWorkflow(parts.files, title);
  const started: string[] = [];
  for (const uri of picked ? [picked] : told) {
    const runId = await startOne(parts, uri, { ...how, preserveFocus: told.length > 0 });
    if (runId !== undefined) started.push(runId);
  }
  return started;
}

async function startOne(
  parts: Parts,
  uri: vscode.Uri,
  how: { readonly rehearsal: boolean; readonly withInputs: boolean; readonly preserveFocus: boolean },
): Promise<string | undefined> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('A workflow runs in a folder. Open the folder of {0} first.', uri.path),
    );
    return undefined;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  // What runs is what the person sees, and what later readers of the run find in the file.
  if (document.isDirty && !how.rehearsal) await document.save();
  const path = vscode.workspace.asRelativePath(uri, false);
  return parts.starter.start({ folder, uri, workflow: { text: document.getText(), path }, ...how });
}

export async function pickFolder(title: string): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick({ placeHolder: title });
  const [only] = folders;
  if (only === undefined) {
    const open = vscode.l10n.t('Open Folder');
    const text = vscode.l10n.t('This needs an open folder.');
    if ((await vscode.window.showInformationMessage(text, open)) === open)
      await vscode.commands.executeCommand('vscode.openFolder');
  }
  return only;
}
