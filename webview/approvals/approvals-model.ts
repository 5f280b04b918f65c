import { noDecisions, stillOpen, withRefused, withSent, type Decisions } from './decisions';
import type { ApprovalItem, HostMessage } from '../protocol';

/** What the sidebar's list of waiting approvals shows. */
export interface ApprovalsModel {
  /** Undefined until the host told for the first time. */
  readonly items?: readonly ApprovalItem[];
  readonly lastRun?: { readonly runId: string; readonly title: string; readonly status: string };
  readonly decisions: Decisions;
  readonly clockOffset: number;
  /** A refusal that belongs to no card. */
  readonly refused?: string;
  /** The card the host asked to show; a new object for each asking. */
  readonly reveal?: { readonly approvalId: string };
}

export const emptyApprovalsModel: ApprovalsModel = { decisions: noDecisions, clockOffset: 0 };

/** The model after one more message. Pure; `viewNow` is this view's clock. */
export function applyApprovalsMessage(
  model: ApprovalsModel,
  message: HostMessage,
  viewNow: number,
): ApprovalsModel {
  switch (message.type) {
    case 'approvals':
      return {
        items: message.items,
        decisions: stillOpen(
          model.decisions,
          message.items.map((item) => item.approval),
        ),
        clockOffset: message.now - viewNow,
        ...(message.lastRun !== undefined && { lastRun: message.lastRun }),
        ...(model.reveal !== undefined && { reveal: model.reveal }),
      };
    case 'refused':
      return message.approvalId === undefined
        ? { ...model, refused: message.message }
        : { ...model, decisions: withRefused(model.decisions, message.approvalId, message.message) };
    case 'reveal-approval':
      return { ...model, reveal: { approvalId: message.approvalId } };
    default:
      return model;
  }
}

/** The model after a decision was sent from here. */
export function approvalSent(model: ApprovalsModel, approvalId: string, shownHash: string): ApprovalsModel {
  return { ...model, decisions: withSent(model.decisions, approvalId, shownHash) };
}
