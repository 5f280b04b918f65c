import * as vscode from 'vscode';
import type { RunId, StepKey } from '../../core/model/ids';
import type { CommandOutcome } from '../../core/runtime-port';
import { stepTitle } from '../words';
import type { RunControl } from './run-control';
import type { Runs } from './runs';

/** So many names a dialog shows; the others are counted. */
const NAMED = 10;

/**
 * Takes back what a step's agents changed in files. Several files at once are asked about first, and so is each that somebody changed
 * since: those stay unless the person says otherwise.
 */
export async function undoWithCare(
  runs: Runs,
  control: RunControl,
  runId: RunId,
  step: StepKey,
  paths: readonly string[] | undefined,
): Promise<CommandOutcome> {
  const state = await runs.state(runId);
  const changed = (state?.changes[step] ?? []).map(({ path }) => path);
  const wanted = paths ?? changed;
  if (state === undefined || !wanted.some((path) => changed.includes(path)))
    return { ok: false, code: 'refused', message: vscode.l10n.t('These changes are taken back already.') };
  if (wanted.length > 1) {
    const undo = vscode.l10n.t('Undo {0} Files', wanted.length);
    const question = vscode.l10n.t(
      'Take back the changes of {0} in {1} files?',
      stepTitle(state, step),
      wanted.length,
    );
    const chosen = await vscode.window.showWarningMessage(
      question,
      { modal: true, detail: listOf(wanted) },
      undo,
    );
    if (chosen !== undo) return { ok: true };
  }
  const outcome = await control.undo(runId, step, { ...(paths !== undefined && { paths }) });
  if (!outcome.ok || outcome.changedSince.length === 0) return outcome;
  const since = outcome.changedSince;
  const overwrite = vscode.l10n.t('Overwrite');
  const keep = vscode.l10n.t('Keep');
  const question =
    since.length === 1
      ? vscode.l10n.t('{0} was changed since. Overwrite it with what it was before the step?', since[0] ?? '')
      : vscode.l10n.t(
          '{0} files were changed since. Overwrite them with what they were before the step?',
          since.length,
        );
  const options = { modal: true, ...(since.length > 1 && { detail: listOf(since) }) };
  const chosen = await vscode.window.showWarningMessage(
    question,
    options,
    { title: overwrite },
    // Leaving the dialog keeps them too.
    { title: keep, isCloseAffordance: true },
  );
  if (chosen?.title !== overwrite) return { ok: true };
  const overwritten = await control.undo(runId, step, { paths: since, anyway: since });
  if (!overwritten.ok || overwritten.changedSince.length === 0) return overwritten;
  const left = overwritten.changedSince.join(', ');
  return { ok: false, code: 'refused', message: vscode.l10n.t('{0} could not be overwritten.', left) };
}

function listOf(paths: readonly string[]): string {
  const more = paths.length - NAMED;
  return [...paths.slice(0, NAMED), ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : [])].join('\n');
}
