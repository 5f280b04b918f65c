import * as vscode from 'vscode';
import type { ArtifactRef } from '../../core/model/artifact';
import type { DecisionAction } from '../../core/model/workflow';
import { artifactsOf } from '../runs/report';
import type { RunEntry, Runs, Waiting } from '../runs/runs';
import { fileName, formatTime, runLook, stepTitle } from '../words';
import type { WorkflowFiles } from '../workflows/workflow-files';

/*
 * What a command is about. It may be told by a menu (a file, a row of a tree, a run's id) or by nobody: then the
 * person picks. With nothing to pick from, that is said, and the command ends.
 */

/** Rows of trees and panels name a run, and some of them a step or a file of it. */
export interface RunTarget {
  readonly runId: string;
  readonly step?: string;
  readonly ref?: ArtifactRef;
  readonly seq?: number;
}

export function runTargetIn(argument: unknown): RunTarget | undefined {
  if (typeof argument === 'string') return { runId: argument };
  if (typeof argument !== 'object' || argument === null || !('runId' in argument)) return undefined;
  const { runId, step, ref, checkpoint } = argument as {
    runId: unknown;
    step?: unknown;
    ref?: unknown;
    checkpoint?: { seq?: unknown };
  };
  if (typeof runId !== 'string') return undefined;
  return {
    runId,
    ...(typeof step === 'string' && { step }),
    ...(typeof ref === 'object' && ref !== null && { ref: ref as ArtifactRef }),
    ...(typeof checkpoint?.seq === 'number' && { seq: checkpoint.seq }),
  };
}

/** The files a menu was opened on: one, or those that were selected together. */
export function workflowUrisIn(args: readonly unknown[]): readonly vscode.Uri[] {
  const [first, selected] = args;
  if (Array.isArray(selected) && selected.length > 1 && selected.every((one) => one instanceof vscode.Uri))
    return selected;
  if (first instanceof vscode.Uri) return [first];
  if (typeof first === 'object' && first !== null && 'uri' in first && first.uri instanceof vscode.Uri)
    return [first.uri];
  // The buttons of an editor's title know their group, but in its first moment not yet its file.
  const active = vscode.window.activeTextEditor?.document.uri;
  return active !== undefined && args.some(isEditorTitle) ? [active] : [];
}

function isEditorTitle(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'groupId' in argument;
}

export async function pickWorkflow(files: WorkflowFiles, title: string): Promise<vscode.Uri | undefined> {
  if (!files.isComplete) await files.scan();
  const active = vscode.window.activeTextEditor?.document;
  const all = [...files.list()].sort(
    (a, b) => Number(b.uri.path === active?.uri.path) - Number(a.uri.path === active?.uri.path),
  );
  if (all.length === 0) {
    const create = vscode.l10n.t('New Workflow');
    const text = vscode.l10n.t('There is no workflow in this folder yet.');
    if ((await vscode.window.showInformationMessage(text, create)) === create)
      await vscode.commands.executeCommand('baton.newWorkflow');
    return undefined;
  }
  const several = new Set(all.map(({ folder }) => folder)).size > 1;
  const chosen = await vscode.window.showQuickPick(
    all.map((file) => ({
      label: file.name,
      description: several ? `${file.folder.name}/${file.path}` : file.path,
      uri: file.uri,
    })),
    { title, placeHolder: vscode.l10n.t('Choose a workflow'), matchOnDescription: true },
  );
  return chosen?.uri;
}

export async function pickRun(
  runs: Runs,
  title: string,
  fits: (entry: RunEntry) => boolean,
  none: string,
): Promise<RunEntry | undefined> {
  const entries = runs.list().filter(fits);
  if (entries.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(
    entries.map((entry) => {
      const { summary } = entry;
      const look = runLook(summary, runs.isInterrupted(entry));
      return {
        label: summary.workflow,
        iconPath: look.icon,
        description: `${look.word} · ${summary.settledSteps}/${summary.steps} · ${formatTime(summary.startedAt)}`,
        ...(summary.rehearsal && { detail: vscode.l10n.t('REHEARSAL') }),
        entry,
      };
    }),
    { title, placeHolder: vscode.l10n.t('Choose a run'), matchOnDescription: true },
  );
  return chosen?.entry;
}

/** What waits and may be answered with `action`; with a target, that one alone. */
export async function pickWaiting(
  runs: Runs,
  title: string,
  target: RunTarget | undefined,
  action: DecisionAction | undefined,
): Promise<Waiting | undefined> {
  const all = runs
    .waiting()
    .filter(({ approval }) => action === undefined || approval.allow.includes(action))
    .filter(({ entry }) => target === undefined || entry.runId === target.runId)
    .filter(({ approval }) => target?.step === undefined || approval.step === target.step);
  if (all.length === 0) {
    void vscode.window.showInformationMessage(
      action === undefined || target === undefined
        ? vscode.l10n.t('Nothing waits for you.')
        : vscode.l10n.t('This step does not wait for that decision.'),
    );
    return undefined;
  }
  const [only] = all;
  // Deciding wants to be told what it is about; looking at the only one does no harm.
  if (all.length === 1 && (target?.step !== undefined || action === undefined)) return only;
  const chosen = await vscode.window.showQuickPick(
    all.map((waiting) => ({
      label: waiting.approval.title,
      description: `${waiting.state.definition.name} · ${formatTime(waiting.state.startedAt)}`,
      detail: waiting.approval.summary,
      waiting,
    })),
    { title, placeHolder: vscode.l10n.t('Choose what to decide'), matchOnDetail: true },
  );
  return chosen?.waiting;
}

export async function pickArtifact(
  runs: Runs,
  title: string,
): Promise<{ readonly runId: string; readonly ref: ArtifactRef } | undefined> {
  const entry = await pickRun(
    runs,
    title,
    ({ summary }) => summary.settledSteps + summary.openApprovals > 0,
    vscode.l10n.t('No run has produced anything yet.'),
  );
  const state = entry && (await runs.state(entry.runId));
  if (state === undefined) return undefined;
  const all = artifactsOf(state);
  if (all.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This run has produced no files.'));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(
    all.map(({ step, ref }) => ({ label: fileName(ref.path), description: stepTitle(state, step), ref })),
    { title, placeHolder: vscode.l10n.t('Choose a file') },
  );
  return chosen && { runId: state.runId, ref: chosen.ref };
}
