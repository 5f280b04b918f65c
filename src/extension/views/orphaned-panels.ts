import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { noteOpenPanels, readOpenPanels, type OpenPanelsNote } from './open-panels-note';
import { RUN_PANEL, type RunPanels } from './run-panels';

/**
 * When the extension host dies and the window stays, VS Code keeps its panels on the screen with nobody behind them:
 * they show a run that seems to go on for ever. Its next host finds them here and puts living ones in their place.
 */
export class OrphanedPanels implements Disposable {
  private readonly store = new DisposableStore();
  private readonly before: OpenPanelsNote | undefined;

  constructor(
    private readonly memento: vscode.Memento,
    private readonly panels: RunPanels,
  ) {
    this.before = readOpenPanels(memento);
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
    await noteOpenPanels(this.memento, { session: vscode.env.sessionId, runIds: this.panels.openRuns() });
  }
}

function isRunPanel({ input }: vscode.Tab): boolean {
  // VS Code puts a prefix of its own before the type of a panel.
  return input instanceof vscode.TabInputWebview && input.viewType.endsWith(RUN_PANEL);
}
