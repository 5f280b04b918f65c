import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { wantLine } from '../../core/model/asked-words';
import { budgetWords } from '../../core/model/budget-words';
import { messageOf } from '../../core/model/errors';
import { reportOf } from '../runs/report';
import type { FolderRuntime } from '../runs/runtime-access';
import type { RunControl } from '../runs/run-control';
import type { RunTold, Runs, Waiting } from '../runs/runs';
import { settings } from '../settings';
import { runTitle } from '../words';
import { tellsHere } from './who-tells';

/** Gates that open together are told together. */
const GATHER = 400;
/** A toast that nobody answers has left the screen by then, and tells nobody that it did. */
const STANDS = 15_000;

export interface Sight {
  /** A person can see this run, or its cards, right now. */
  readonly isInSight: (runId: string) => boolean;
  readonly review: (waiting: Waiting) => void;
  readonly openRun: (runId: string) => void;
  readonly openReport: (runId: string) => void;
}

/**
 * The few things worth an interruption: a person is needed, a run ended out of sight, a run was found interrupted.
 * Never approves: one line of text is not enough to decide on.
 */
export class Notifications implements Disposable {
  private readonly store = new DisposableStore();
  private readonly untold = new Set<string>();
  private isAsking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly runs: Runs,
    private readonly control: RunControl,
    private readonly sight: Sight,
  ) {
    this.store.add(runs.onEvent((told) => this.take(told)));
    this.store.add(runs.onDidLoad((folder) => void this.offerResume(folder)));
    this.store.add(
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        const folders = new Set(runs.list().map(({ folder }) => folder));
        for (const folder of folders) void this.offerResume(folder);
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.store.dispose();
  }

  private take(told: RunTold): void {
    const { event } = told;
    if (!tellsHere(told.entry.folder.runtime.otherOwner?.name)) return;
    if (event.type === 'approval-requested') this.gather(event.approval.id);
    if (event.type === 'run-completed' || event.type === 'run-failed') void this.tellEnd(told);
    if (event.type === 'run-parked') this.gather(undefined);
  }

  private gather(approvalId: string | undefined): void {
    if (approvalId !== undefined) this.untold.add(approvalId);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.ask();
    }, GATHER);
  }

  /** One toast at a time; what came while it stood is told by the next one, if it still waits. */
  private async ask(): Promise<void> {
    if (this.isAsking || settings.notifications() === 'none') return;
    const waiting = this.runs
      .waiting()
      .filter(({ approval, state }) => this.untold.has(approval.id) && !this.sight.isInSight(state.runId));
    this.untold.clear();
    const [first] = waiting;
    if (first === undefined) return;
    this.isAsking = true;
    const gone = setTimeout(() => this.isGone(), STANDS);
    const review = vscode.l10n.t('Review');
    const text =
      waiting.length === 1 ? waitingText(first) : vscode.l10n.t('{0} steps wait for you.', waiting.length);
    const chosen = await vscode.window.showInformationMessage(text, review, vscode.l10n.t('Later'));
    clearTimeout(gone);
    if (chosen === review) this.sight.review(first);
    this.isGone();
  }

  private isGone(): void {
    this.isAsking = false;
    if (this.untold.size > 0) this.gather(undefined);
  }

  private async tellEnd({ state, event }: RunTold): Promise<void> {
    if (settings.notifications() !== 'all' || this.sight.isInSight(state.runId)) return;
    const open = vscode.l10n.t('Open Run');
    if (event.type === 'run-failed') {
      const text = vscode.l10n.t('{0} failed: {1}', state.definition.name, event.message);
      if ((await vscode.window.showWarningMessage(text, open)) === open) this.sight.openRun(state.runId);
      return;
    }
    const report = reportOf(state);
    const isAnswer = report?.path.startsWith('answers/') === true;
    const openReport = isAnswer ? vscode.l10n.t('Open Answer') : vscode.l10n.t('Open Report');
    const text = report
      ? vscode.l10n.t('{0} is done: {1}', state.definition.name, report.summary)
      : vscode.l10n.t('{0} is done.', state.definition.name);
    const chosen = await vscode.window.showInformationMessage(text, ...(report ? [openReport] : []), open);
    if (chosen === openReport) this.sight.openReport(state.runId);
    if (chosen === open) this.sight.openRun(state.runId);
  }

  /** One notification for all runs that a crash or a closed window left standing. */
  private async offerResume({ runtime }: FolderRuntime): Promise<void> {
    const interrupted = this.runs
      .unfinished()
      .filter((entry) => entry.folder.runtime === runtime && this.runs.isInterrupted(entry));
    const [first] = interrupted;
    if (first === undefined || !vscode.workspace.isTrusted) return;
    if (!tellsHere(runtime.otherOwner?.name)) return;
    const resumeAll = async (automatic: boolean) => {
      for (const { runId } of interrupted) {
        const outcome = await this.control.resume(runId, { automatic });
        if (!outcome.ok) void vscode.window.showWarningMessage(outcome.message);
      }
    };
    if (settings.resumeOnOpen() === 'always') return resumeAll(true);
    if (settings.notifications() === 'none') return;
    const state = this.runs.known(first.runId);
    const text =
      interrupted.length === 1
        ? vscode.l10n.t('{0} was interrupted.', state ? runTitle(state) : first.summary.workflow)
        : vscode.l10n.t('{0} runs were interrupted.', interrupted.length);
    const resume = interrupted.length === 1 ? vscode.l10n.t('Resume') : vscode.l10n.t('Resume All');
    const open = vscode.l10n.t('Open Run');
    const chosen = await vscode.window.showInformationMessage(text, resume, open, vscode.l10n.t('Later'));
    if (chosen === open) this.sight.openRun(first.runId);
    if (chosen === resume)
      await resumeAll(false).catch((error: unknown) => void vscode.window.showErrorMessage(messageOf(error)));
  }
}

function waitingText({ approval, state }: Waiting): string {
  const { budget, calls } = approval.shown;
  const { name } = state.definition;
  // What is asked about money is asked of the whole run, whichever step came first.
  if (budget !== undefined) {
    const { question, why } = budgetWords(budget);
    return vscode.l10n.t('{0} waits for you: {1} {2}', name, question, why);
  }
  // What exactly stands on the card: a line of text is not enough to decide on.
  if (approval.kind === 'policy' && calls !== undefined)
    return vscode.l10n.t('{0} ({1}, {2})', wantLine(calls), approval.title, name);
  return vscode.l10n.t('{0} waits for you: {1} ({2})', approval.title, approval.summary, name);
}
