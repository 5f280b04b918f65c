import * as vscode from 'vscode';
import type { JsonValue } from '../../core/base/json';
import { budgetWords, readAmount } from '../../core/model/budget-words';
import { formatAmount } from '../../core/model/spending-words';
import type { DecisionAction } from '../../core/model/workflow';
import { tellRefusal } from '../runs/run-control';
import type { Waiting } from '../runs/runs';
import type { Command, Parts } from './command';
import { pickWaiting, runTargetIn } from './targets';

/** Opens the card of what waits, with the focus on it. */
export const reviewApproval: Command = async (parts, argument) => {
  const waiting = await choose(parts, argument, vscode.l10n.t('Review'), undefined);
  if (waiting !== undefined) await parts.approvals.reveal(waiting.approval.id);
};

export const approveStep: Command = async (parts, argument) => {
  const waiting = await choose(parts, argument, vscode.l10n.t('Approve'), 'approve');
  if (waiting === undefined || (await showsOnCard(parts, waiting))) return;
  await decide(parts, waiting, 'approve');
};

/** Opens the result as a document, where approving happens. A budget has no result: its new cap is typed. */
export const editResult: Command = async (parts, argument) => {
  const waiting = await choose(parts, argument, vscode.l10n.t('Approve With Changes'), 'modify');
  if (waiting === undefined || (await showsOnCard(parts, waiting))) return;
  const asked = waiting.approval.shown.budget;
  if (asked === undefined) {
    await parts.drafts.open(waiting);
    return;
  }
  const text = await vscode.window.showInputBox({
    title: budgetWords(asked).question,
    prompt: vscode.l10n.t('The new cap. {0} is spent already.', formatAmount(asked.unit, asked.spent)),
    value: String(asked.raiseTo),
    validateInput: (typed) => {
      const read = readAmount(asked, typed);
      return 'problem' in read ? read.problem : undefined;
    },
  });
  const read = text === undefined ? undefined : readAmount(asked, text);
  if (read !== undefined && 'amount' in read) await decide(parts, waiting, 'modify', { value: read.amount });
};

export const retryStep: Command = async (parts, argument) => {
  const waiting = await choose(parts, argument, vscode.l10n.t('Retry Step'), 'retry');
  if (waiting === undefined || (await showsOnCard(parts, waiting))) return;
  const comment = await vscode.window.showInputBox({
    title: vscode.l10n.t('Retry {0}', waiting.approval.title),
    prompt: vscode.l10n.t('What should be different this time? The step is told. May be empty.'),
  });
  if (comment !== undefined) await decide(parts, waiting, 'retry', { ...(comment !== '' && { comment }) });
};

export const skipStep: Command = async (parts, argument) => {
  const waiting = await choose(parts, argument, vscode.l10n.t('Skip Step'), 'skip');
  if (waiting === undefined) return;
  if (waiting.approval.kind === 'budget') {
    await decide(parts, waiting, 'skip');
    return;
  }
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Skip {0}', waiting.approval.title),
    prompt: vscode.l10n.t('What later steps get instead of a result, as JSON. Empty: nothing.'),
    validateInput: (value) => (parse(value) === 'broken' ? vscode.l10n.t('Not valid JSON yet.') : undefined),
  });
  if (text === undefined) return;
  const read = parse(text);
  if (read !== 'broken') await decide(parts, waiting, 'skip', read);
};

/** What an agent wants to do, or may have done, is decided where all of it can be seen. */
async function showsOnCard(parts: Parts, { approval }: Waiting): Promise<boolean> {
  if (approval.shown.calls === undefined) return false;
  await parts.approvals.reveal(approval.id);
  return true;
}

async function choose(
  parts: Parts,
  argument: unknown,
  title: string,
  action: DecisionAction | undefined,
): Promise<Waiting | undefined> {
  await parts.ready();
  return pickWaiting(parts.runs, title, runTargetIn(argument), action);
}

async function decide(
  parts: Parts,
  { approval, state }: Waiting,
  action: DecisionAction,
  more: { readonly comment?: string; readonly value?: JsonValue } = {},
): Promise<void> {
  const decision = { action, shownHash: approval.shownHash, ...more };
  tellRefusal(await parts.control.decide(state.runId, approval.id, decision));
}

function parse(text: string): { readonly value?: JsonValue } | 'broken' {
  if (text.trim() === '') return {};
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return 'broken';
  }
}
