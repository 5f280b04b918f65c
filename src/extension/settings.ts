import * as vscode from 'vscode';
import type { ApprovalMode } from '../core/model/workflow';

export type NotificationLevel = 'all' | 'needed' | 'none';

/** Baton's settings, read when asked for, so that a change counts at once. */
export const settings = {
  /** Application scope: a folder's settings cannot make gates answer themselves. */
  approvals: (): ApprovalMode => oneOf('approvals', ['interactive', 'batch', 'auto']),
  resumeOnOpen: (): 'ask' | 'always' => oneOf('resumeOnOpen', ['ask', 'always']),
  notifications: (): NotificationLevel => oneOf('notifications', ['all', 'needed', 'none']),
  codeLens: (resource: vscode.Uri): boolean =>
    vscode.workspace.getConfiguration('baton', resource).get('codeLens.enabled') !== false,
  /** Undefined: the workspace's storage folder. */
  stateDirectory: (): string | undefined => {
    const value = vscode.workspace.getConfiguration('baton').get('stateDirectory');
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  },
};

/** The setting's value; the first of `allowed` when it is none of them. */
function oneOf<Value extends string>(name: string, allowed: readonly [Value, ...Value[]]): Value {
  const value: unknown = vscode.workspace.getConfiguration('baton').get(name);
  return allowed.find((candidate) => candidate === value) ?? allowed[0];
}
