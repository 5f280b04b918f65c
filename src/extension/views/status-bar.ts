import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Approval } from '../../core/model/approval';
import { wantLine } from '../../core/model/asked-words';
import { uncertainLine } from '../../core/model/uncertain-words';
import type { RuntimeAccess } from '../runs/runtime-access';
import type { Runs } from '../runs/runs';
import { spentLine } from './spent-words';
import { UnderWay } from './under-way';

/** One item: what runs, or that something waits for a person. Gone when there is neither. */
export class StatusBar implements Disposable {
  private readonly store = new DisposableStore();
  private readonly item: vscode.StatusBarItem;
  private readonly underWay: UnderWay;

  constructor(
    private readonly runs: Runs,
    access: RuntimeAccess,
  ) {
    this.item = this.store.add(
      vscode.window.createStatusBarItem('baton.status', vscode.StatusBarAlignment.Left, 10),
    );
    this.item.name = 'Baton';
    this.underWay = this.store.add(new UnderWay(runs, access));
    this.store.add(runs.onDidChange(() => this.show()));
    this.store.add(this.underWay.onDidChange(() => this.show()));
  }

  dispose(): void {
    this.store.dispose();
  }

  private show(): void {
    const waiting = this.runs.waiting();
    const active = this.runs.unfinished();
    const [first] = active;
    this.item.backgroundColor =
      waiting.length > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.command = waiting.length > 0 ? 'baton.reviewApproval' : 'baton.showActiveRuns';
    if (waiting.length > 0) {
      const text =
        waiting.length === 1
          ? waitingLine(waiting[0]?.approval)
          : vscode.l10n.t('{0} steps wait for you', waiting.length);
      this.tell(`$(bell) ${text}`, vscode.l10n.t('Baton: {0}. Choose to review.', text));
    } else if (first === undefined) {
      this.item.hide();
    } else if (active.length > 1) {
      const text = vscode.l10n.t('{0} runs', active.length);
      this.tell(`$(${this.icon(active.some((entry) => this.isMoving(entry.summary.status)))}) ${text}`, text);
    } else {
      const { workflow, settledSteps, steps, status } = first.summary;
      const moving = this.isMoving(status) && !this.runs.isInterrupted(first);
      const state = this.runs.known(first.runId);
      const spent = state === undefined ? '' : spentLine(state.spent, this.underWay.of(first.runId));
      const text = [`${short(workflow)} ${settledSteps}/${steps}`, spent].filter(Boolean).join(' · ');
      this.tell(
        `$(${this.icon(moving)}) ${text}`,
        [vscode.l10n.t('Baton: {0}, {1} of {2} steps', workflow, settledSteps, steps), spent]
          .filter(Boolean)
          .join(' · '),
      );
    }
  }

  private isMoving(status: string): boolean {
    return status === 'running' || status === 'pending';
  }

  private icon(moving: boolean): string {
    return moving ? 'sync~spin' : 'debug-pause';
  }

  private tell(text: string, tooltip: string): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    // Icons read as nothing, or as their names.
    this.item.accessibilityInformation = { label: tooltip };
    this.item.show();
  }
}

function waitingLine(approval: Approval | undefined): string {
  if (approval?.kind === 'uncertain') return uncertainLine([approval]);
  const calls = approval?.kind === 'policy' ? approval.shown.calls : undefined;
  return calls === undefined
    ? vscode.l10n.t('{0} waits for you', short(approval?.title ?? ''))
    : short(wantLine(calls), 40);
}

/** The status bar is shared: long names give way. */
function short(name: string, longest = 28): string {
  return name.length <= longest ? name : `${name.slice(0, longest - 1).trimEnd()}…`;
}
