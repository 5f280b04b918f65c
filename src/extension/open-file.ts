import * as vscode from 'vscode';
import type { Runs } from './runs/runs';

/**
 * Opens a file of the workspace by its path relative to a folder. A path that leads out of the folder is refused:
 * it comes from a result, and results are not trusted.
 */
export async function openWorkspaceFile(path: string, line: number | undefined): Promise<void> {
  const parts = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || /^[A-Za-z]:/.test(path))
    throw new Error(vscode.l10n.t('{0} is not in this folder.', path));
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const uri = vscode.Uri.joinPath(folder.uri, ...parts);
    if (await exists(uri)) return show(uri, line);
  }
  throw new Error(vscode.l10n.t('{0} does not exist.', path));
}

/** Opens the file a run was started from, at one of its steps. */
export async function openWorkflowOfRun(runs: Runs, runId: string, step: string | undefined): Promise<void> {
  const state = await runs.state(runId);
  const entry = runs.get(runId);
  if (state === undefined || entry === undefined)
    throw new Error(vscode.l10n.t('This run is no longer here.'));
  const { path, lines } = state.source;
  if (path === undefined)
    throw new Error(vscode.l10n.t('{0} is part of Baton and has no file here.', state.definition.name));
  const uri = vscode.Uri.joinPath(entry.folder.folder.uri, path);
  await show(uri, step === undefined ? undefined : lines[step]);
}

async function show(uri: vscode.Uri, line: number | undefined): Promise<void> {
  const selection = line === undefined ? undefined : new vscode.Range(line - 1, 0, line - 1, 0);
  await vscode.commands.executeCommand('vscode.open', uri, {
    preview: true,
    ...(selection && { selection }),
  } satisfies vscode.TextDocumentShowOptions);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
