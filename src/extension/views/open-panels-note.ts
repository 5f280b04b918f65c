import type * as vscode from 'vscode';

/** Which runs had a panel, in the order of their opening, and in which session of the window. */
export interface OpenPanelsNote {
  readonly session: string;
  readonly runIds: readonly string[];
}

const KEY = 'baton.openPanels';

export function readOpenPanels(memento: vscode.Memento): OpenPanelsNote | undefined {
  return memento.get<OpenPanelsNote>(KEY);
}

export async function noteOpenPanels(memento: vscode.Memento, note: OpenPanelsNote): Promise<void> {
  await memento.update(KEY, note);
}
