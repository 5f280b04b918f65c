import * as vscode from 'vscode';
import { openArtifact as open } from '../documents/artifact-documents';
import { openOutput } from '../documents/output-documents';
import { openWorkflowOfRun as openWorkflow } from '../open-file';
import { reportOf } from '../runs/report';
import { stepTitle } from '../words';
import type { Command, Parts } from './command';
import { anyRun } from './control-run';
import { pickArtifact, pickRun, pickWorkflow, runTargetIn, workflowUrisIn } from './targets';

export const openReport: Command = async (parts, argument) => {
  await parts.ready();
  const told = runTargetIn(argument)?.runId;
  const runId =
    told ??
    (
      await pickRun(
        parts.runs,
        vscode.l10n.t('Open Report'),
        ({ summary }) => summary.status === 'completed' && !summary.rehearsal,
        vscode.l10n.t('No run has ended with a report yet.'),
      )
    )?.runId;
  const state = runId === undefined ? undefined : await parts.runs.state(runId);
  if (state === undefined) return;
  const report = reportOf(state);
  if (report === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} wrote no report.', state.definition.name));
    return;
  }
  await open(state.runId, report);
};

export const openArtifact: Command = async (parts, argument) => {
  await parts.ready();
  const told = runTargetIn(argument);
  const found =
    told?.ref === undefined
      ? await pickArtifact(parts.runs, vscode.l10n.t('Open Artifact'))
      : { runId: told.runId, ref: told.ref };
  if (found !== undefined) await open(found.runId, found.ref);
};

/** What the last attempt of a step wrote while it ran. */
export const openStepOutput: Command = async (parts, argument) => {
  await parts.ready();
  const told = runTargetIn(argument);
  const runId = told?.runId ?? (await anyRun(parts, vscode.l10n.t('Open Step Output')))?.runId;
  if (runId === undefined) return;
  const step = told?.step ?? (await pickStep(parts, runId));
  const state = await parts.runs.state(runId);
  const attempt = step === undefined ? undefined : state?.steps[step]?.attempt;
  if (step !== undefined && attempt !== undefined)
    await openOutput(parts.runs, { runId, step, attempt: Math.max(1, attempt) });
};

export const openWorkflowOfRun: Command = async (parts, argument) => {
  await parts.ready();
  const told = runTargetIn(argument);
  const runId = told?.runId ?? (await anyRun(parts, vscode.l10n.t('Open Workflow of Run')))?.runId;
  if (runId !== undefined) await openWorkflow(parts.runs, runId, told?.step);
};

/** Opens a workflow file of the workspace. */
export const openWorkflowFile: Command = async (parts, ...args) => {
  const uri = workflowUrisIn(args)[0] ?? (await pickWorkflow(parts.files, vscode.l10n.t('Open Workflow')));
  if (uri !== undefined) await vscode.window.showTextDocument(uri);
};

async function pickStep(parts: Parts, runId: string): Promise<string | undefined> {
  const state = await parts.runs.state(runId);
  if (state === undefined) return undefined;
  const started = Object.values(state.steps).filter(({ attempt }) => attempt > 0);
  const chosen = await vscode.window.showQuickPick(
    started.map(({ key }) => ({ label: stepTitle(state, key), key })),
    { title: vscode.l10n.t('Open Step Output'), placeHolder: vscode.l10n.t('Choose a step') },
  );
  return chosen?.key;
}
