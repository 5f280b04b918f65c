/*
 * One request over the wire. Owns: the fetch that a vendor's package is given, the three timers, the abort, and the verdict on what
 * went wrong. Does not own: what the vendor's events mean.
 * Must stay true: nothing is retried; no redirect is followed; whoever waits is let go the moment it is cancelled or late, whatever
 * the package does about it; a cancelled request is never told as a timeout, nor the other way round.
 */
import { CancelledError } from '../../base/abort';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { isJsonObject, type JsonObject } from '../../base/json';
import type { CallUsage } from '../../model/model-call';
import type { ChatTimeouts } from '../provider';
import { ProviderError } from '../provider-error';
import type { Connection } from '../connection';
import { bytesOf, textOf, textsOf, type Bytes } from './body';
import { classify } from './classify';
import { EventReader, writeEvent, type WireEvent } from './event-stream';
import { failWith, WireFault, type Fault } from './fault';
import { networkFault } from './network-fault';
import { exhaustedUntil } from './retry-after';
import { sayable } from './sayable';
import { sentence } from './sentences';

export interface ExchangeOptions {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly timeouts: ChatTimeouts;
  /** events: server-sent events are asked for. whole: one JSON document. */
  readonly shape: 'events' | 'whole';
  readonly model?: string;
  /** What the request says, so that a vendor's sentence which repeats it is never passed on. */
  readonly said?: () => string;
  /** What it may have cost, asked when it fails after the response began. */
  readonly spent?: () => CallUsage;
  /** Whether a whole document is of the kind that was asked for. */
  readonly isAnswer?: (whole: JsonObject) => boolean;
  /** Whether an event proves that the answer is whole; only what is not part of it may follow. */
  readonly isEnd?: (event: JsonObject) => boolean;
  /** Whether an event is the last one: nothing after it is read. Absent: only the mark "[DONE]" is. */
  readonly isLast?: (event: JsonObject) => boolean;
  /** A whole answer where events were asked for, as the one event that it would have been. Absent: no such answer is taken. */
  readonly asEvent?: (whole: JsonObject) => JsonObject | undefined;
}

/** Characters of a refusal that are read, and how long they are waited for. */
const REFUSAL_LIMIT = 256_000;
const REFUSAL_MS = 2000;
/** How long usage and the mark of the end are waited for once the answer is whole. */
const GRACE_MS = 2000;

interface Piece {
  readonly text: string;
  /** Events in it. */
  readonly count: number;
  readonly isLast: boolean;
  /** What came after the text. */
  readonly error?: unknown;
}

/** Turns of the event loop's jobs that a package may need to pass one event on. */
const TURNS_PER_EVENT = 32;

/** Made once: an error of this kind is dear, and each request ends with one. */
const OVER = new DOMException('The request is over.', 'AbortError');

export class Exchange implements Disposable {
  private readonly open = new DisposableStore();
  private readonly controller = new AbortController();
  private readonly stopped: Promise<never>;
  private rejectStopped: (error: Error) => void = () => undefined;
  private isStopped = false;
  private late = false;
  private fault: Fault | undefined;
  private response: Response | undefined;
  private isWhole = false;
  /** Everything was read: there is nothing to be cancelled. */
  private isDrained = false;
  /** After the end, nothing but a broken event came. */
  private isBroken = false;
  private enough: Promise<undefined> | undefined;
  private endNow: () => void = () => undefined;
  private grace: Disposable | undefined;

  // Deadlines, by the monotonic clock. One timer watches them all: it wakes up for the nearest, or before it, and looks again.
  private readonly totalUntil: number;
  private firstByteUntil = Number.POSITIVE_INFINITY;
  private contentUntil = Number.POSITIVE_INFINITY;
  private timer: Disposable | undefined;
  private timerAt = Number.POSITIVE_INFINITY;
  /** When the last bytes came. */
  private readAt = 0;

  constructor(private readonly options: ExchangeOptions) {
    const { signal, timeouts, connection } = options;
    this.stopped = new Promise((_, reject) => {
      this.rejectStopped = reject;
    });
    this.stopped.catch(() => undefined);
    const cancel = () => this.stop();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    this.open.add({ dispose: () => signal.removeEventListener('abort', cancel) });
    const now = connection.clock.monotonic();
    this.totalUntil = now + timeouts.total;
    this.wakeAt(now + Math.min(timeouts.total, timeouts.firstByte), now);
  }

  /** Id that the vendor gave the request, for its support. */
  get requestId(): string | undefined {
    const headers = this.response?.headers;
    return (
      headers?.get('request-id') ??
      headers?.get('x-request-id') ??
      headers?.get('apim-request-id') ??
      headers?.get('x-goog-request-id') ??
      undefined
    );
  }

  /** Milliseconds until the vendor takes the next request, where its headers say that none remains now. */
  get restMs(): number | undefined {
    return this.response && exhaustedUntil(this.response.headers, this.options.connection.clock.now());
  }

  /** Does the work with this exchange's `fetch`, and rejects with a `ProviderError` or, when cancelled, a `CancelledError`. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (this.isStopped) throw new CancelledError();
      const result = await Promise.race([work(), this.stopped]);
      // The packages end their loops without an error when they are aborted. (Called: the value may have changed meanwhile.)
      if (this.isOver) throw new CancelledError();
      return result;
    } catch (error) {
      throw this.verdict(error);
    } finally {
      this.dispose();
    }
  }

  get isOver(): boolean {
    return this.isStopped || this.open.isDisposed;
  }

  /** An event with content arrived. */
  progressed(): void {
    if (!this.isWhole) this.contentUntil = this.readAt + this.options.timeouts.idle;
  }

  dispose(): void {
    this.open.dispose();
    this.timer?.dispose();
    this.grace?.dispose();
    if (!this.isDrained) this.stop();
  }

  private stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.rejectStopped(OVER);
    this.controller.abort(OVER);
  }

  /** Given to the vendor's package in the place of the platform's. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const { connection, timeouts, shape } = this.options;
    const { clock } = connection;
    const begun = clock.monotonic();
    this.firstByteUntil = begun + timeouts.firstByte;
    this.wakeAt(this.firstByteUntil, begun);
    let response: Response;
    try {
      const changed = { redirect: 'error', signal: this.controller.signal } as const;
      response = await connection.fetch(input, { ...init, ...changed });
    } catch (error) {
      throw this.failed(networkFault(error));
    } finally {
      this.firstByteUntil = Number.POSITIVE_INFINITY;
    }
    this.response = response;
    this.readAt = clock.monotonic();
    this.contentUntil = this.readAt + timeouts.idle;
    this.wakeAt(this.contentUntil, this.readAt);
    const bytes = bytesOf(response);
    this.open.add({ dispose: () => bytes.cancel() });
    try {
      if (!response.ok) throw new WireFault(await this.refusal(response, bytes));
      if (/\bhtml\b/i.test(response.headers.get('content-type') ?? '')) failWith('not-the-provider');
      return shape === 'whole' ? await this.whole(bytes) : this.events(bytes);
    } catch (error) {
      throw this.failed(error instanceof WireFault ? error.what : networkFault(error));
    }
  };

  private async refusal(response: Response, bytes: Bytes): Promise<Fault> {
    // The status says most of it already, should the body break or not come.
    const patience = new Promise<string>((resolve) => {
      this.open.add(this.options.connection.clock.after(REFUSAL_MS, () => resolve('')));
    });
    const whole = textOf(textsOf(bytes), REFUSAL_LIMIT).catch(() => '');
    const text = await Promise.race([whole, patience]);
    const { status, headers } = response;
    return classify({ status, headers, text, now: this.options.connection.clock.now() });
  }

  private async whole(bytes: Bytes): Promise<Response> {
    const json = this.wholeJson(await textOf(textsOf(bytes)));
    if (this.options.isAnswer?.(json) === false) failWith('invalid-response', 'an answer of another kind');
    return new Response(JSON.stringify(json), {
      headers: { 'content-type': 'application/json' },
    });
  }

  private wholeJson(text: string): JsonObject {
    if (text.trimStart().startsWith('<')) failWith('not-the-provider');
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      failWith('invalid-response', text.trim() === '' ? 'an empty answer' : 'an answer that is not JSON');
    }
    const first: unknown = Array.isArray(json) ? json[0] : json;
    if (!isJsonObject(first)) failWith('invalid-response', 'an answer that is not an object');
    this.refuseErrors({ name: '', data: first });
    if (json !== first) failWith('invalid-response', 'a list of answers');
    return first;
  }

  private events(bytes: Bytes): Response {
    const written = this.written(bytes);
    const encoder = new TextEncoder();
    let isCancelled = false;
    const source: UnderlyingDefaultSource<Uint8Array> = {
      pull: async (controller) => {
        const next = await written.next().catch((error: unknown) => {
          controller.error(this.failed(error instanceof WireFault ? error.what : networkFault(error)));
        });
        if (next === undefined || isCancelled) return;
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      cancel: () => {
        isCancelled = true;
        bytes.cancel();
      },
    };
    // Nothing is read ahead: an error would take with it what was read before it.
    const body = new ReadableStream(source, { highWaterMark: 0 });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  private async *written(bytes: Bytes): AsyncGenerator<string> {
    const texts = textsOf({ ...bytes, read: () => this.read(bytes) });
    const head: string[] = [];
    for (let next = await texts.next(); !next.done; next = await texts.next()) {
      head.push(next.value);
      if (head.join('').trim() !== '') break;
    }
    // A stream begins with the name of a field (data, event, id, retry) or with a comment; all else is a page or one document.
    if (/^\s*[^deir:\s]/.test(head.join(''))) {
      const json = this.wholeJson(await textOf(chained(head.join(''), texts)));
      const event = this.options.asEvent?.(json);
      if (event === undefined) failWith('invalid-response', 'one document in the place of a stream');
      yield writeEvent({ name: '', data: event }, '');
      return;
    }
    const reader = new EventReader();
    let events = reader.take(head.join(''));
    let isAtEnd = false;
    let count = 0;
    for (;;) {
      const piece = this.pieceOf(events);
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
        if (this.isWhole) return;
        await passedOn(count);
        throw error;
      }
    }
  }

  /** What a piece of the stream holds, written again: whole events, up to a fault. */
  private pieceOf(events: Generator<WireEvent, void>): Piece {
    let text = '';
    let count = 0;
    try {
      for (let event = this.next(events); event !== undefined; event = this.next(events)) {
        this.refuseErrors(event);
        const { data } = event;
        // Told here and not by who reads it: what comes after it in the same moment is known to come after it.
        if (this.isWhole || (data !== undefined && this.options.isEnd?.(data) === true)) this.isWholeNow();
        text += writeEvent(event, typeof data?.['type'] === 'string' ? data['type'] : event.name);
        count += 1;
        // Whatever a server still sends after its mark of the end is not waited for.
        if (data === undefined || this.options.isLast?.(data) === true) return { text, count, isLast: true };
      }
      return { text, count, isLast: this.isBroken };
    } catch (error) {
      return { text, count, isLast: true, error };
    }
  }

  /** The next event. Once the answer is whole, a broken one is no more than the end. */
  private next(events: Generator<WireEvent, void>): WireEvent | undefined {
    try {
      const next = events.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      if (!this.isWhole) throw error;
      this.isBroken = true;
      return undefined;
    }
  }

  /** What may still come (usage, the mark of the end) is waited for a little, and its absence is no fault. */
  private isWholeNow(): void {
    this.isWhole = true;
    this.contentUntil = Number.POSITIVE_INFINITY;
    this.grace?.dispose();
    this.grace = undefined;
  }

  /** Waits for bytes, but not long for those that need not come. */
  private read(bytes: Bytes): Promise<Uint8Array | undefined> {
    const { clock } = this.options.connection;
    const read = bytes.read().then((chunk) => {
      this.readAt = clock.monotonic();
      if (chunk === undefined) this.isDrained = true;
      return chunk;
    });
    if (!this.isWhole || this.isOver) return read;
    this.enough ??= new Promise((resolve) => (this.endNow = () => resolve(undefined)));
    this.grace ??= clock.after(GRACE_MS, this.endNow);
    return Promise.race([read, this.enough]);
  }

  private refuseErrors({ name, data }: WireEvent): void {
    if (data === undefined) return;
    const told = data['error'];
    if (name !== 'error' && data['type'] !== 'error' && (told === undefined || told === null || told === ''))
      return;
    const headers = this.response?.headers ?? new Headers();
    const now = this.options.connection.clock.now();
    throw new WireFault(classify({ headers, text: JSON.stringify(data), now }));
  }

  /** Wakes up at the moment, or before it. */
  private wakeAt(moment: number, now: number): void {
    if (moment >= this.timerAt || this.isOver) return;
    this.timer?.dispose();
    this.timerAt = moment;
    this.timer = this.options.connection.clock.after(moment - now, () => this.wake());
  }

  private wake(): void {
    this.timerAt = Number.POSITIVE_INFINITY;
    const now = this.options.connection.clock.monotonic();
    const next = Math.min(this.totalUntil, this.firstByteUntil, this.contentUntil);
    // Timers may be early by less than a millisecond.
    if (next - now < 1) this.isLate();
    else this.wakeAt(next, now);
  }

  private isLate(): void {
    if (this.isOver) return;
    this.late = true;
    this.stop();
  }

  private failed(fault: Fault): WireFault {
    this.fault ??= fault;
    return new WireFault(this.fault);
  }

  private verdict(error: unknown): Error {
    const { connection, signal, spent } = this.options;
    if (signal.aborted) return signal.reason instanceof CancelledError ? signal.reason : new CancelledError();
    const { name } = connection.settings;
    const fault: Fault = this.late
      ? { fault: 'timeout' }
      : error instanceof WireFault
        ? error.what
        : (this.fault ?? unexpected(error));
    const hasBegun = this.response?.ok === true;
    const usage = hasBegun ? spent?.() : undefined;
    const requestId = this.requestId;
    return new ProviderError(
      {
        provider: name,
        fault: fault.fault,
        ...(fault.status !== undefined && { status: fault.status }),
        ...(fault.retryAfterMs !== undefined && { retryAfterMs: fault.retryAfterMs }),
        ...(fault.raw !== undefined && { raw: fault.raw }),
        ...(usage !== undefined && { usage }),
        ...(requestId !== undefined && { requestId }),
      },
      this.sentenceOf(fault),
    );
  }

  private sentenceOf(fault: Fault): string {
    const { connection, model, said } = this.options;
    const { detail, ...rest } = fault;
    const passed = detail === undefined ? undefined : sayable(detail, connection.key, said?.() ?? '');
    const isKeyless = connection.settings.keyless === true;
    return sentence(
      { ...rest, ...(passed !== undefined && { detail: passed }) },
      connection.settings.title,
      model,
      isKeyless,
    );
  }
}

/** Thrown by a vendor's package: what it read was not what it expects, or it does not take what it was given. */
function unexpected(error: unknown): Fault {
  return { fault: 'invalid-response', raw: error instanceof Error ? error.name : 'unknown' };
}

/** Gives a package the time to pass on what it was given: an error takes with it what still waits inside. */
async function passedOn(events: number): Promise<void> {
  for (let turn = 0; turn < Math.min(events, 256) * TURNS_PER_EVENT; turn += 1) await undefined;
}

async function* chained(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
