/*
 * owns: that a client sees what happens in the owner's process while it happens.
 * does not own: what happened. That stands in the journal, which is read when there is more of it.
 */
import { delay } from './base/clock';
import type { Host } from './host';
import { messageOf } from './model/errors';
import { decodeAnswer } from './runtime-messages';
import type { LiveOutput } from './runtime-port';
import type { JournalRunStore } from './storage/journal-run-store';
import type { Sent } from './storage/owner';

export interface WatchOptions {
  readonly host: Host;
  /** A viewer's: whoever listens to it hears what the owner recorded. */
  readonly store: JournalRunStore;
  readonly send: (message: object, timeoutMs: number) => Promise<Sent>;
  readonly onLive: (output: LiveOutput) => void;
  readonly signal: AbortSignal;
}

/** The owner answers when there is something new; it is asked again when it had nothing to tell for so long. */
const ASK_AGAIN_MS = 60_000;
/** Where nobody answers, or an older version of Baton, the journal itself is looked at this often. */
const LOOK_AGAIN_MS = 1_000;

/** Resolves when the signal fires. */
export async function watchOwner({ host, store, send, onLive, signal }: WatchOptions): Promise<void> {
  let known: { readonly seen?: number; readonly heard?: number } = {};
  while (!signal.aborted) {
    const sent = await send({ type: 'news', ...known }, ASK_AGAIN_MS);
    const answer = typeof sent === 'object' ? decodeAnswer(sent.answer) : undefined;
    if (signal.aborted) return;
    await look(host, store);
    if (answer?.type === 'news') {
      for (const output of answer.live) onLive(output);
      known = { seen: answer.seen, heard: answer.heard };
      continue;
    }
    known = {};
    if (sent !== 'silent') await delay(host.clock, LOOK_AGAIN_MS, signal).catch(() => {});
  }
}

async function look(host: Host, store: JournalRunStore): Promise<void> {
  try {
    await store.refresh();
  } catch (error) {
    host.log.warn(`What the owner recorded could not be read: ${messageOf(error)}`);
  }
}
