import * as vscode from 'vscode';
import type { RunState, RunStatus, StepState } from '../core/model/run-state';
import { isWindowName } from './window-name';

/** A state as people meet it everywhere: icon first, word second, colour only third. */
export interface Look {
  readonly icon: vscode.ThemeIcon;
  readonly word: string;
}

/** The same words as in the run panel. */
export function stepLook(step: StepState): Look {
  switch (step.status) {
    case 'pending':
      if (step.held === 'budget')
        return look('credit-card', vscode.l10n.t('Waits for the budget'), 'list.warningForeground');
      return step.retryAt === undefined
        ? look('circle-large-outline', vscode.l10n.t('Not started'), 'disabledForeground')
        : look('history', vscode.l10n.t('Retrying soon'));
    case 'running':
      return look('sync~spin', vscode.l10n.t('Running'));
    case 'waiting':
      return look('bell', vscode.l10n.t('Waiting for you'), 'list.warningForeground');
    case 'completed':
      return look('pass', vscode.l10n.t('Completed'), 'testing.iconPassed');
    case 'failed':
      return look('error', vscode.l10n.t('Failed'), 'testing.iconFailed');
    case 'skipped':
      return look('circle-slash', vscode.l10n.t('Skipped'), 'testing.iconSkipped');
    case 'cancelled':
      return look('stop-circle', vscode.l10n.t('Cancelled'), 'testing.iconSkipped');
    case 'uncertain':
      return look('question', vscode.l10n.t('May have happened'), 'list.warningForeground');
    default:
      return step satisfies never;
  }
}

/** `interrupted`: nobody drives it, as after a crash. */
export function runLook(
  { status, openApprovals }: { readonly status: string; readonly openApprovals: number },
  interrupted: boolean,
): Look {
  if (interrupted) return look('debug-disconnect', vscode.l10n.t('Interrupted'));
  // People know no parked runs, only ones that wait for them.
  if (status === 'parked' && openApprovals > 0)
    return look('question', vscode.l10n.t('Waiting for you'), 'list.warningForeground');
  switch (status as RunStatus) {
    case 'pending':
      return look('circle-large-outline', vscode.l10n.t('Starting'));
    case 'running':
      return look('sync~spin', vscode.l10n.t('Running'));
    case 'waiting':
      return look('bell', vscode.l10n.t('Waiting for you'), 'list.warningForeground');
    case 'paused':
      return look('debug-pause', vscode.l10n.t('Paused'));
    case 'completed':
      return look('pass', vscode.l10n.t('Completed'), 'testing.iconPassed');
    case 'failed':
      return look('error', vscode.l10n.t('Failed'), 'testing.iconFailed');
    case 'cancelled':
      return look('stop-circle', vscode.l10n.t('Cancelled'), 'testing.iconSkipped');
    case 'parked':
      return look('question', vscode.l10n.t('Needs you'), 'list.warningForeground');
    default:
      return look('circle-large-outline', status);
  }
}

function look(icon: string, word: string, color?: string): Look {
  return {
    icon: new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color)),
    word,
  };
}

/** Local time of day, "14:02"; with the day when it is not today, "12 Nov 14:02". */
export function formatTime(at: number, now = Date.now()): string {
  const date = new Date(at);
  const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.getDate()} ${date.toLocaleString(vscode.env.language, { month: 'short' })} ${time}`;
}

/** "1 step", "3 steps": English counts by an s; other languages translate the two sentences. */
export function count(number: number, one: string, many: string): string {
  return number === 1 ? one : many;
}

/** The last part of a path: "report.md" of "reports/report.md". */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

/** "comprehensive-code-review · 14:02", as a run is called in titles and lists. */
export function runTitle(state: RunState): string {
  return `${state.definition.name} · ${formatTime(state.startedAt)}`;
}

/** Where a run goes on that another process owns: nobody knows a window by the number of its process. */
export function placeWords(owner: string): string {
  return isWindowName(owner) ? vscode.l10n.t('another window') : owner;
}

/** Title of a step as people know it. */
export function stepTitle(state: RunState, key: string): string {
  return state.definition.steps.find((step) => step.key === key)?.title ?? key;
}

/** "payment-pla…m-server-0": both ends of a name that is too long, for where the middle tells the least. */
export function fitMiddle(name: string, longest: number): string {
  const letters = [...name];
  if (letters.length <= longest) return name;
  const end = Math.floor((longest - 1) / 2);
  return `${letters.slice(0, longest - 1 - end).join('')}…${letters.slice(-end).join('')}`;
}
