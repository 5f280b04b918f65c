import * as vscode from 'vscode';
import type { RunState } from '../../core/model/run-state';
import { tellRefusal } from '../runs/run-control';
import { undoWithCare } from '../runs/undo';
import { count, formatTime, stepTitle } from '../words';
import type { Command, Parts } from './command';
import { runTargetIn } from './targets';

/** Takes back what the agents of a step changed: all files, or those that the person chooses. */
export const undoChanges: Command = async (parts, argument) => {
  await parts.ready();
  const told = runTargetIn(argument);
  const found = await findStep(parts, told?.runId, told?.step);
  if (found === undefined) return;
  const { state, step } = found;
  const changes = state.changes[step] ?? [];
  const paths = changes.length === 1 ? undefined : await pickPaths(state, step);
  if (changes.length > 1 && paths === undefined) return;
  tellRefusal(await undoWithCare(parts.runs, parts.control, state.runId, step, paths));
};

/** The step that was told, else one of those whose agents changed files. */
async function findStep(
  parts: Parts,
  runId: string | undefined,
  step: string | undefined,
): Promise<{ readonly state: RunState; readonly step: string } | undefined> {
  const ids = runId === undefined ? parts.runs.list().map((entry) => entry.runId) : [runId];
  const states = await Promise.all(ids.map((id) => parts.runs.state(id)));
  const steps = states.flatMap((state) =>
    state === undefined
      ? []
      : Object.entries(state.changes)
          .filter(([key, files]) => files.length > 0 && (step === undefined || key === step))
          .map(([key, files]) => ({ state, step: key, files: files.length })),
  );
  if (steps.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No agent has changed a file that can be taken back.'),
    );
    return undefined;
  }
  if (steps.length === 1 && step !== undefined) return steps[0];
  const chosen = await vscode.window.showQuickPick(
    steps.map((one) => ({
      label: stepTitle(one.state, one.step),
      description: `${one.state.definition.name} · ${formatTime(one.state.startedAt)}`,
      detail: count(
        one.files,
        vscode.l10n.t('1 changed file'),
        vscode.l10n.t('{0} changed files', one.files),
      ),
      one,
    })),
    {
      title: vscode.l10n.t('Undo Changes'),
      placeHolder: vscode.l10n.t('Choose a step'),
      matchOnDescription: true,
    },
  );
  return chosen?.one;
}

async function pickPaths(state: RunState, step: string): Promise<readonly string[] | undefined> {
  const chosen = await vscode.window.showQuickPick(
    (state.changes[step] ?? []).map(({ path, before, after }) => ({
      label: path,
      picked: true,
      ...(before === undefined && { description: vscode.l10n.t('new') }),
      ...(after === undefined && { description: vscode.l10n.t('deleted') }),
    })),
    {
      title: vscode.l10n.t('Undo Changes of {0}', stepTitle(state, step)),
      placeHolder: vscode.l10n.t('Choose the files that become as they were'),
      canPickMany: true,
    },
  );
  const paths = chosen?.map(({ label }) => label);
  return paths === undefined || paths.length === 0 ? undefined : paths;
}
