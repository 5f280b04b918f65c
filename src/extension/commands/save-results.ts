import * as vscode from 'vscode';
import { artifactsOf } from '../runs/report';
import { requireTrust } from '../trust';
import { fileName } from '../words';
import type { Command, Parts } from './command';
import { anyRun } from './control-run';
import { pickArtifact, pickRun, runTargetIn } from './targets';

/** Copies one file of a run to a place the person chooses. Nothing of a run is in the workspace before that. */
export const saveToWorkspace: Command = async (parts, argument) => {
  await parts.ready();
  const told = runTargetIn(argument);
  const found =
    told?.ref === undefined
      ? await pickArtifact(parts.runs, vscode.l10n.t('Save to Workspace'))
      : { runId: told.runId, ref: told.ref };
  const entry = found && parts.runs.get(found.runId);
  if (entry === undefined || !requireTrust(vscode.l10n.t('save files into it'))) return undefined;
  const proposed = vscode.Uri.joinPath(entry.folder.folder.uri, fileName(found!.ref.path));
  const target = await vscode.window.showSaveDialog({
    defaultUri: proposed,
    title: vscode.l10n.t('Save to Workspace'),
  });
  if (target === undefined) return undefined;
  await vscode.workspace.fs.writeFile(target, await entry.folder.runtime.readArtifact(found!.ref));
  await vscode.commands.executeCommand('vscode.open', target);
  return target;
};

/** Lays all files of a run out as DIR/artifacts/RUN/path-as-produced. */
export const saveArtifacts: Command = async (parts, argument) => {
  await parts.ready();
  const told = runTargetIn(argument)?.runId;
  const runId =
    told ??
    (
      await pickRun(
        parts.runs,
        vscode.l10n.t('Save Artifacts'),
        ({ summary }) => summary.settledSteps > 0,
        vscode.l10n.t('No run has produced anything yet.'),
      )
    )?.runId;
  const state = runId === undefined ? undefined : await parts.runs.state(runId);
  if (state !== undefined && artifactsOf(state).length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This run has produced no files.'));
    return undefined;
  }
  return runId === undefined ? undefined : layOut(parts, runId, vscode.l10n.t('Save Artifacts'));
};

/** The same with the run's events beside the files. */
export const exportRun: Command = async (parts, argument) => {
  await parts.ready();
  const title = vscode.l10n.t('Export Run');
  const runId = runTargetIn(argument)?.runId ?? (await anyRun(parts, title))?.runId;
  return runId === undefined ? undefined : layOut(parts, runId, title);
};

async function layOut(parts: Parts, runId: string, title: string): Promise<readonly string[] | undefined> {
  const entry = parts.runs.get(runId);
  if (entry === undefined) return undefined;
  const [directory] =
    (await vscode.window.showOpenDialog({
      title,
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
      openLabel: vscode.l10n.t('Save Here'),
      defaultUri: entry.folder.folder.uri,
    })) ?? [];
  if (directory === undefined) return undefined;
  const written = await entry.folder.runtime.exportRun(runId, directory.fsPath);
  void vscode.window.showInformationMessage(
    written.length === 1
      ? vscode.l10n.t('One file was written to {0}.', directory.fsPath)
      : vscode.l10n.t('{0} files were written to {1}.', written.length, directory.fsPath),
  );
  return written;
}
