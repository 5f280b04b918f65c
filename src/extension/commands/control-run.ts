import * as vscode from 'vscode';
import type { CommandOutcome } from '../../core/runtime-port';
import { tellRefusal } from '../runs/run-control';
import type { RunEntry } from '../runs/runs';
import { runAbilities } from '../views/run-abilities';
import type { Command, Parts } from './command';
import { pickRun, runTargetIn } from './targets';

export const openRun: Command = async (parts, argument) => {
  await parts.ready();
  const told = runTargetIn(argument);
  const runId =
    told?.runId ??
    (
      await pickRun(
        parts.runs,
        vscode.l10n.t('Open Run'),
        () => true,
        vscode.l10n.t('Nothing has run here yet.'),
      )
    )?.runId;
  if (runId !== undefined) parts.panels.open(runId, told?.step === undefined ? {} : { step: told.step });
};

/** Goes on with an interrupted, paused or parked run; decides nothing. */
export const resumeRun: Command = (parts, argument) =>
  control(
    parts,
    argument,
    vscode.l10n.t('Resume Run'),
    'canResume',
    vscode.l10n.t('No run can be resumed.'),
    (id) => parts.control.resume(id, { ...seqOf(argument) }),
  );

/** What runs finishes; nothing new starts. */
export const pauseRun: Command = (parts, argument) =>
  control(
    parts,
    argument,
    vscode.l10n.t('Pause Run'),
    'canPause',
    vscode.l10n.t('No run can be paused.'),
    (id) => parts.control.pause(id),
  );

export const cancelRun: Command = (parts, argument) =>
  control(
    parts,
    argument,
    vscode.l10n.t('Cancel Run'),
    'canCancel',
    vscode.l10n.t('No run can be cancelled.'),
    (id) => parts.control.cancel(id),
  );

/** What is going on: opens the only unfinished run, or lets choose among several. */
export const showActiveRuns: Command = async (parts) => {
  await parts.ready();
  const unfinished = new Set(parts.runs.unfinished().map(({ runId }) => runId));
  const only = unfinished.size === 1 ? [...unfinished][0] : undefined;
  const runId =
    only ??
    (
      await pickRun(
        parts.runs,
        vscode.l10n.t('Active Runs'),
        (entry) => unfinished.has(entry.runId),
        vscode.l10n.t('Nothing is running.'),
      )
    )?.runId;
  if (runId !== undefined) parts.panels.open(runId);
};

export const copyRunId: Command = async (parts, argument) => {
  await parts.ready();
  const runId = runTargetIn(argument)?.runId ?? (await anyRun(parts, vscode.l10n.t('Copy Run Id')))?.runId;
  if (runId !== undefined) await vscode.env.clipboard.writeText(runId);
};

export function anyRun(parts: Parts, title: string): Promise<RunEntry | undefined> {
  return pickRun(parts.runs, title, () => true, vscode.l10n.t('Nothing has run here yet.'));
}

function seqOf(argument: unknown): { readonly seq?: number } {
  const seq = runTargetIn(argument)?.seq;
  return seq === undefined ? {} : { seq };
}

async function control(
  parts: Parts,
  argument: unknown,
  title: string,
  ability: 'canResume' | 'canPause' | 'canCancel',
  none: string,
  act: (runId: string) => Promise<CommandOutcome>,
): Promise<void> {
  await parts.ready();
  const can = (entry: RunEntry) =>
    runAbilities(parts.runs.known(entry.runId), parts.runs.isInterrupted(entry))[ability];
  const runId = runTargetIn(argument)?.runId ?? (await pickRun(parts.runs, title, can, none))?.runId;
  if (runId !== undefined) tellRefusal(await act(runId));
}
