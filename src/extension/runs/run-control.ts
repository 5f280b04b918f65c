import * as vscode from 'vscode';
import type { Decision } from '../../core/model/approval';
import type { ApprovalId, RunId, StepKey } from '../../core/model/ids';
import type { CommandOutcome, UndoOutcome } from '../../core/runtime-port';
import type { Consent } from '../models/consent';
import type { RunEntry, Runs } from './runs';
import { requireTrust } from '../trust';
import { person } from '../vscode-host';

/**
 * What a person asks of a run, from wherever in the window they ask: the panel, a card, the tree, the palette.
 * Every answer is a value; nothing changes on screen until the event comes back.
 */
export class RunControl {
  constructor(
    private readonly runs: Runs,
    private readonly consent: Consent,
  ) {}

  async decide(runId: RunId, id: ApprovalId, decision: Decision): Promise<CommandOutcome> {
    this.consent.personActs();
    const outcome = await this.ask(runId, vscode.l10n.t('decide'), ({ folder }) =>
      folder.runtime.decide(runId, id, decision, person()),
    );
    if (outcome.ok) await vscode.commands.executeCommand('setContext', 'baton.hasDecided', true);
    return outcome;
  }

  /** `automatic`: a setting resumes, not a person. `seq`: from this checkpoint. */
  resume(
    runId: RunId,
    options: { readonly seq?: number; readonly automatic?: boolean } = {},
  ): Promise<CommandOutcome> {
    if (options.automatic !== true) this.consent.personActs();
    return this.ask(runId, vscode.l10n.t('resume this run'), ({ folder }) =>
      folder.runtime.resume(runId, {
        by: person().name,
        ...(options.seq !== undefined && { seq: options.seq }),
        ...(options.automatic === true && { automatic: true }),
      }),
    );
  }

  pause(runId: RunId): Promise<CommandOutcome> {
    return this.ask(runId, undefined, ({ folder }) => folder.runtime.pause(runId, person().name));
  }

  cancel(runId: RunId): Promise<CommandOutcome> {
    return this.ask(runId, undefined, ({ folder }) => folder.runtime.cancel(runId, person().name));
  }

  /** Takes back what a step's agents changed. `anyway`: these, although somebody changed them since. */
  undo(
    runId: RunId,
    step: StepKey,
    options: { readonly paths?: readonly string[]; readonly anyway?: readonly string[] },
  ): Promise<UndoOutcome> {
    return this.ask(runId, vscode.l10n.t('undo changes'), ({ folder }) =>
      folder.runtime.undoChanges(runId, step, { by: person().name, ...options }),
    );
  }

  /** `moves`: what makes the run do something, which needs trust. Stopping never does, nor does a rehearsal. */
  private async ask<Outcome>(
    runId: RunId,
    moves: string | undefined,
    question: (entry: RunEntry) => Promise<Outcome>,
  ): Promise<Outcome | Extract<CommandOutcome, { ok: false }>> {
    const entry = this.runs.get(runId);
    if (entry === undefined)
      return { ok: false, code: 'unknown-run', message: vscode.l10n.t('This run is no longer here.') };
    if (moves !== undefined && !entry.summary.rehearsal && !requireTrust(moves))
      return { ok: false, code: 'refused', message: vscode.l10n.t('This folder is in Restricted Mode.') };
    return question(entry);
  }
}

/** For commands, which have no place of their own to show a refusal. */
export function tellRefusal(outcome: CommandOutcome): void {
  if (!outcome.ok && vscode.workspace.isTrusted) void vscode.window.showWarningMessage(outcome.message);
}
