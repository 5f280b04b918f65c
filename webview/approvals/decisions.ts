import type { Approval } from '../../src/core/model/approval';

/** What this view sent and what came back, per approval. A card is busy from the click until the answer. */
export interface Decisions {
  /** Approval id to the hash it was decided for: new content frees the card again. */
  readonly sent: Readonly<Record<string, string>>;
  /** Approval id to the reason of the last refusal. */
  readonly refused: Readonly<Record<string, string>>;
}

export const noDecisions: Decisions = { sent: {}, refused: {} };

export function withSent(before: Decisions, approvalId: string, shownHash: string): Decisions {
  return {
    sent: { ...before.sent, [approvalId]: shownHash },
    refused: without(before.refused, approvalId),
  };
}

export function withRefused(before: Decisions, approvalId: string, message: string): Decisions {
  return {
    sent: without(before.sent, approvalId),
    refused: { ...before.refused, [approvalId]: message },
  };
}

/** Forgets what belongs to approvals that are no longer open, or that show something else now. */
export function stillOpen(before: Decisions, open: readonly Approval[]): Decisions {
  const hashes = new Map(open.map((approval) => [approval.id, approval.shownHash]));
  const sent = Object.entries(before.sent).filter(([id, hash]) => hashes.get(id) === hash);
  const refused = Object.entries(before.refused).filter(([id]) => hashes.has(id));
  if (
    sent.length === Object.keys(before.sent).length &&
    refused.length === Object.keys(before.refused).length
  )
    return before;
  return { sent: Object.fromEntries(sent), refused: Object.fromEntries(refused) };
}

function without(record: Readonly<Record<string, string>>, id: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== id));
}
