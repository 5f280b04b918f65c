import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { RUN_PANEL, type RunPanels } from './run-panels';

/** Which runs had a panel, in the order of their opening, and in which session of the window. */
interface Note {
  readonly session: string;
  readonly runIds: readonly string[];
}

const KEY = 'baton.openPanels';

/**
 * When the extension host dies and the window stays, VS Code keeps its panels on the screen with nobody behind them:
 * they show a run that seems to go on for ever. Its next host finds them here and puts living ones in their place.
 */
export class OrphanedPanels implements Disposable {
  private readonly store = new DisposableStore();
  private readonly before: Note | undefined;

  constructor(
    private readonly memento: vscode.Memento,
    private readonly panels: RunPanels,
  ) {
    this.before = memento.get<Note>(KEY);
    this.store.add(panels.onDidChangeOpen(() => void this.note()));
  }

  /** To be called once, before a panel is opened for another reason. */
  async replace(): Promise<void> {
    // A reloaded window has another session: there VS Code asks for the content of each panel again by itself.
    if (this.before?.session !== vscode.env.sessionId || this.before.runIds.length === 0) return;
    const known = new Set(this.panels.openRuns());
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isRunPanel);
    if (tabs.length === 0 || known.size > 0) return;
    await vscode.window.tabGroups.close(tabs, true);
    for (const runId of this.before.runIds) this.panels.open(runId, { preserveFocus: true });
  }

  dispose(): void {
    this.store.dispose();
  }

  private async note(): Promise<void> {
    const note: Note = { session: vscode.env.sessionId, runIds: this.panels.openRuns() };
    await this.memento.update(KEY, note);
  }
}

function isRunPanel({ input }: vscode.Tab): boolean {
  // VS Code puts a prefix of its own before the type of a panel.
  return input instanceof vscode.TabInputWebview && input.viewType.endsWith(RUN_PANEL);
}
