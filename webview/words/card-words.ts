import type { Approval } from '../../src/core/model/approval';
import { approvalQuestion } from './status-words';

/** What a card says before it shows anything, each thing once. */
export interface CardWords {
  readonly question?: string;
  readonly summary?: string;
  readonly message?: string;
  /** Shown exactly, in a block of its own. */
  readonly error?: string;
}

/**
 * An approval is also told in one line of text, in a toast or a terminal, so its parts repeat each other: a failure is in the
 * summary and in what is shown, and the question is asked in the message too.
 */
export function cardWords(approval: Approval): CardWords {
  const { kind, shown } = approval;
  const { error } = shown;
  const summary = approval.summary === '' ? undefined : approval.summary;
  const message = approval.message === approval.summary ? undefined : approval.message;
  const isGate = kind === 'gate';
  // Of these two the question stands above, and what can be chosen below.
  const asksAnyway = kind === 'error' || kind === 'uncertain';
  const repeats = error !== undefined && summary?.includes(error) === true;
  // A failure is read as it was written; anything else as the sentence it is.
  const inBlock = error !== undefined && (kind === 'error' || !repeats);
  return {
    ...(!isGate && { question: approvalQuestion(approval) }),
    ...(summary !== undefined && !(repeats && inBlock) && { summary }),
    ...(message !== undefined && !asksAnyway && { message }),
    ...(inBlock && { error }),
  };
}
