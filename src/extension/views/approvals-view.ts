import * as vscode from 'vscode';
import {
  parseViewMessage,
  type ApprovalItem,
  type FileDiff,
  type HostMessage,
} from '../../../webview/protocol';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Log } from '../../core/host';
import type { Changes } from '../documents/changes';
import type { Runs, Waiting } from '../runs/runs';
import { placeWords, runTitle } from '../words';
import { page, pageOptions } from './page';
import type { Answer, Answerable } from './run-panels';

const APPROVALS_VIEW = 'baton.approvals';

/** The cards of everything that waits for a person. */
export class ApprovalsView implements vscode.WebviewViewProvider, Answerable, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private view: vscode.WebviewView | undefined;
  private isReady = false;
  private wanted: string | undefined;
  /** What the page shows, as one text. */
  private shown: string | undefined;

  /** The view came into sight or left it. */
  readonly onDidChangeVisible = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly runs: Runs,
    private readonly log: Log,
    private readonly changes: Changes,
    private readonly answer: Answer,
  ) {
    this.store.add(vscode.window.registerWebviewViewProvider(APPROVALS_VIEW, this));
    this.store.add(runs.onDidChange(() => this.send()));
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const listening = new DisposableStore();
    this.view = view;
    this.isReady = false;
    view.webview.options = pageOptions(this.context.extensionUri);
    listening.add(
      view.webview.onDidReceiveMessage((data: unknown) => {
        const message = parseViewMessage(data);
        if (message === undefined) this.log.warn('The approvals view sent something that is no message.');
        else if (message.type === 'ready') this.begin();
        else this.answer(message, this);
      }),
    );
    listening.add(
      view.onDidChangeVisibility(() => {
        // A hidden view loses its page; the next one says "ready" again.
        if (!view.visible) this.isReady = false;
        this.changed.fire();
      }),
    );
    listening.add(
      view.onDidDispose(() => {
        listening.dispose();
        this.view = undefined;
        this.isReady = false;
      }),
    );
    this.store.add(listening);
    view.webview.html = page(
      view.webview,
      this.context.extensionUri,
      'approvals',
      vscode.l10n.t('Approvals'),
    );
    this.changed.fire();
  }

  /** Opens the view and puts the focus on one card. */
  async reveal(approvalId: string): Promise<void> {
    this.wanted = approvalId;
    await vscode.commands.executeCommand(`${APPROVALS_VIEW}.focus`);
    if (this.isReady) this.begin();
  }

  /** True when a person can see the cards right now. */
  isInSight(): boolean {
    return vscode.window.state.focused && this.view?.visible === true;
  }

  showDiffs(runId: string, diffs: readonly FileDiff[]): void {
    this.post({ type: 'diffs', runId, diffs });
  }

  refuse(message: string, approvalId?: string): void {
    this.post({ type: 'refused', message, ...(approvalId !== undefined && { approvalId }) });
  }

  dispose(): void {
    this.store.dispose();
  }

  private begin(): void {
    this.isReady = true;
    this.shown = undefined;
    this.send();
    if (this.wanted !== undefined) this.post({ type: 'reveal-approval', approvalId: this.wanted });
    this.wanted = undefined;
  }

  private send(): void {
    if (!this.isReady) return;
    const waiting = this.runs.waiting();
    const last = this.runs.list().find(({ summary }) => !summary.rehearsal);
    const state = last && this.runs.known(last.runId);
    const items = waiting.map((one) =>
      itemOf(
        one,
        this.changes.paths(one, () => this.send()),
      ),
    );
    const shown = JSON.stringify([
      waiting.map(({ approval }) => [approval.id, approval.shownHash]),
      items.map(({ changedFiles, runsIn }) => [changedFiles, runsIn]),
      last?.runId,
      last?.summary.status,
    ]);
    // Runs change many times while nothing changes here, and a card that is drawn anew loses the pointer.
    if (shown === this.shown) return;
    this.shown = shown;
    this.post({
      type: 'approvals',
      items,
      ...(last && {
        lastRun: {
          runId: last.runId,
          title: state ? runTitle(state) : last.summary.workflow,
          status: last.summary.status,
        },
      }),
      now: Date.now(),
    });
  }

  private post(message: HostMessage): void {
    void this.view?.webview.postMessage(message);
  }
}

function itemOf({ entry, state, approval }: Waiting, changedFiles: readonly string[]): ApprovalItem {
  const { otherOwner } = entry.folder.runtime;
  return {
    runId: state.runId,
    workflow: state.definition.name,
    runStartedAt: state.startedAt,
    rehearsal: state.rehearsal,
    approval,
    ...(changedFiles.length > 0 && { changedFiles }),
    ...(otherOwner && { runsIn: placeWords(otherOwner.name) }),
  };
}
