import type { RunEvent } from '../../src/core/model/events';
import type { CallUsage } from '../../src/core/model/model-call';
import type { HostMessage } from '../protocol';
import { plainOutput } from '../words/visible-text';

/** How much of a step's live output a panel keeps, in UTF-16 units. */
const LIVE_LIMIT = 16_384;
/** Void text is kept so that nobody wonders where it went; its end is enough for that. */
const VOID_LIMIT = 1_200;
const VOIDS_KEPT = 3;

/** What a step tells while it runs. */
export interface LiveStep {
  /** The tail of its output. */
  readonly text: string;
  /** 0 to 1, where it tells. */
  readonly fraction?: number;
  /** Where in `text` the answer begins that a model is giving now: all from here on can still be void. */
  readonly from: number;
  /** Tokens of the call that is under way. */
  readonly usage?: CallUsage;
  /** Text that turned out to be no answer, oldest first, and why. */
  readonly voided: readonly VoidText[];
}

export interface VoidText {
  readonly text: string;
  readonly why: string;
}

export const silent: LiveStep = { text: '', from: 0, voided: [] };

/** The tail that a log held when the panel was opened. */
export function liveFrom(tail: string, callsBefore: number): LiveStep {
  const text = plainOutput(tail).slice(-LIVE_LIMIT);
  // With earlier answers in it nobody knows where the present one begins, so none of it is taken back.
  return { ...silent, text, from: callsBefore > 1 ? text.length : 0 };
}

/** After one more message. */
export function withLive(
  before: LiveStep,
  { text, fraction, usage, settled, voided, restarted }: Extract<HostMessage, { type: 'run-live' }>,
): LiveStep {
  let next = restarted === true ? silent : before;
  if (settled === true) next = { ...next, from: next.text.length };
  if (voided !== undefined) next = taken(next, voided);
  if (text !== undefined) next = written(next, text);
  if (fraction !== undefined) next = { ...next, fraction: Math.min(1, Math.max(0, fraction)) };
  return usage === undefined ? next : { ...next, usage };
}

/** After an event about the step: a call that ended counts no more as under way. */
export function afterEvent(before: LiveStep, event: RunEvent): LiveStep {
  switch (event.type) {
    case 'call-answered':
    case 'call-failed':
    case 'step-held':
    case 'step-produced':
    case 'step-completed':
    case 'step-failed':
    case 'step-cancelled':
    case 'step-skipped':
      return withoutUsage(before);
    default:
      return before;
  }
}

function taken(before: LiveStep, why: string): LiveStep {
  const gone = before.text.slice(before.from).trim().slice(-VOID_LIMIT);
  return {
    ...withoutUsage(before),
    text: before.text.slice(0, before.from),
    voided: [...before.voided, { text: gone, why }].slice(-VOIDS_KEPT),
  };
}

function written(before: LiveStep, text: string): LiveStep {
  // Only the last line can still be written over; what stands above it was made plain before.
  const open = before.text.lastIndexOf('\n') + 1;
  const all = before.text.slice(0, open) + plainOutput(before.text.slice(open) + text);
  const cut = Math.max(0, all.length - LIVE_LIMIT);
  return { ...before, text: all.slice(cut), from: Math.max(0, Math.min(before.from, all.length) - cut) };
}

function withoutUsage(before: LiveStep): LiveStep {
  if (before.usage === undefined) return before;
  const { text, from, voided, fraction } = before;
  return { text, from, voided, ...(fraction !== undefined && { fraction }) };
}
