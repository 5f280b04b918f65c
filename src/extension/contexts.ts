import * as vscode from 'vscode';
import type { Disposable } from '../core/base/disposable';
import type { Runs } from './runs/runs';

/** Keeps the context keys that keybindings and the walkthrough look for. */
export function keepContexts(runs: Runs): Disposable {
  const told = new Map<string, boolean>();
  const set = (name: string, value: boolean) => {
    if (told.get(name) === value) return;
    told.set(name, value);
    void vscode.commands.executeCommand('setContext', name, value);
  };
  return runs.onDidChange(() => {
    set('baton.approvalPending', runs.waiting().length > 0);
    set('baton.hasRun', runs.list().length > 0);
  });
}
