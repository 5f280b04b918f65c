/*
 * A vendor's stream on its way to the vendor's package: read strictly, and written again as whole events. Bytes come in pieces of
 * any size; the events that a piece completes are passed on together.
 */
import type { JsonObject } from '../../base/json';
import { textOf, textsOf, type Bytes } from './body';
import { EventReader, writeEvent, type WireEvent } from './event-stream';
import { failWith } from './fault';

/** Whoever the stream is for, and what it takes for what. */
export interface StreamOwner {
  /** The answer is whole: what may still come (usage, the mark of the end) need not come. */
  isWhole(): boolean;
  /** An event came that proves it, or one after it. */
  wholeNow(): void;
  /** @throws WireFault */
  refuseErrors(event: WireEvent): void;
  /** One document where events were asked for. @throws WireFault */
  wholeJson(text: string): JsonObject;
  isEnd(event: JsonObject): boolean;
  isLast(event: JsonObject): boolean;
  asEvent(whole: JsonObject): JsonObject | undefined;
}

/** Turns of the event loop's jobs that a package may need to pass one event on. */
const TURNS_PER_EVENT = 32;
const MOST_WAITED_FOR = 256;

interface Piece {
  readonly text: string;
  /** Events in it. */
  readonly count: number;
  readonly isLast: boolean;
  /** What came after the text. */
  readonly error?: unknown;
}

/** The stream's events as text, piece by piece. Faults come after the events that came before them. */
export async function* writtenEvents(
  bytes: Pick<Bytes, 'read'>,
  owner: StreamOwner,
): AsyncGenerator<string, void> {
  const texts = textsOf(bytes);
  let head = '';
  // Gateways send empty lines while they wait; nothing of them is kept.
  for (let next = await texts.next(); !next.done; next = await texts.next()) {
    head = next.value.trimStart();
    if (head !== '') break;
  }
  // A stream begins with the name of a field (data, event, id, retry) or with a comment; all else is a page or one document.
  if (/^\s*[^deir:\s]/.test(head)) {
    const event = owner.asEvent(owner.wholeJson(await textOf(chained(head, texts))));
    if (event === undefined) failWith('invalid-response', 'one document in the place of a stream');
    yield writeEvent({ name: '', data: event }, '');
    return;
  }
  const reader = new EventReader();
  let events = reader.take(head);
  let isAtEnd = false;
  let count = 0;
  for (;;) {
    const piece = pieceOf(events, owner);
    count += piece.count;
    if (piece.text !== '') yield piece.text;
    if (piece.error !== undefined) {
      await passedOn(count);
      throw piece.error as Error;
    }
    if (piece.isLast || isAtEnd) return;
    try {
      const next = await texts.next();
      isAtEnd = next.done === true;
      events = next.done === true ? reader.end() : reader.take(next.value);
    } catch (error) {
      if (owner.isWhole()) return;
      await passedOn(count);
      throw error;
    }
  }
}

/** What a piece of the stream holds, written again: whole events, up to a fault. */
function pieceOf(events: Generator<WireEvent, void>, owner: StreamOwner): Piece {
  let text = '';
  let count = 0;
  for (;;) {
    let next;
    try {
      next = events.next();
    } catch (error) {
      // Once the answer is whole, a broken event is no more than the end.
      return owner.isWhole() ? { text, count, isLast: true } : { text, count, isLast: true, error };
    }
    if (next.done === true) return { text, count, isLast: false };
    const { data, name } = next.value;
    try {
      owner.refuseErrors(next.value);
    } catch (error) {
      return { text, count, isLast: true, error };
    }
    // Told here and not by who reads it: what comes after it in the same moment is known to come after it.
    if (owner.isWhole() || (data !== undefined && owner.isEnd(data))) owner.wholeNow();
    text += writeEvent(next.value, typeof data?.['type'] === 'string' ? data['type'] : name);
    count += 1;
    // Whatever a server still sends after its mark of the end is not waited for.
    if (data === undefined || owner.isLast(data)) return { text, count, isLast: true };
  }
}

/** Gives a package the time to pass on what it was given: an error takes with it what still waits inside. */
async function passedOn(events: number): Promise<void> {
  for (let turn = 0; turn < Math.min(events, MOST_WAITED_FOR) * TURNS_PER_EVENT; turn += 1)
    await Promise.resolve();
}

async function* chained(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
