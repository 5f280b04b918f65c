/*
 * One request over the wire. Owns: the fetch that a vendor's package is given, the three timers, the abort, and the verdict on what
 * went wrong. Does not own: what the vendor's events mean.
 * Must stay true: nothing is retried; no redirect is followed; whoever waits is let go the moment it is cancelled or late, whatever
 * the package does about it; a cancelled request is never told as a timeout, nor the other way round.
 */
import { CancelledError } from '../../base/abort';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { CallUsage } from '../../model/model-call';
import type { ChatTimeouts } from '../provider';
import { ProviderError } from '../provider-error';
import type { Connection } from '../connection';
import { bytesOf, textOf, textsOf, type Bytes } from './body';
import { classify } from './classify';
import { Deadlines } from './deadlines';
import type { WireEvent } from './event-stream';
import { failWith, WireFault, type Fault, type Late } from './fault';
import { networkFault } from './network-fault';
import { exhaustedUntil } from './retry-after';
import { sayable } from './sayable';
import { sentence } from './sentences';
import { checkTimeouts } from './timeouts';
import { writtenEvents } from './written-events';

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
  /** A list, where it stands for an answer, as the document that it would have been; undefined where it does not. */
  readonly ofList?: (list: readonly JsonValue[]) => JsonObject | undefined;
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

/** Made once: an error of this kind is dear, and each request ends with one. */
const OVER = new DOMException('The request is over.', 'AbortError');

export class Exchange implements Disposable {
  private readonly open = new DisposableStore();
  private readonly controller = new AbortController();
  private readonly stopped: Promise<never>;
  private rejectStopped: (error: Error) => void = () => undefined;
  private isStopped = false;
  private late: Late | undefined;
  private fault: Fault | undefined;
  private response: Response | undefined;
  private isWhole = false;
  private bytes: Bytes | undefined;
  private enough: Promise<undefined> | undefined;
  private endNow: () => void = () => undefined;
  private grace: Disposable | undefined;

  private readonly deadlines: Deadlines;
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
    this.deadlines = new Deadlines(connection.clock, timeouts, (limit) => this.isLate(limit));
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
    if (!this.isWhole) this.deadlines.contentAt(this.readAt);
  }

  dispose(): void {
    this.open.dispose();
    this.deadlines.dispose();
    this.grace?.dispose();
    // What was read to its end has nothing to be cancelled.
    if (this.bytes?.isDrained === true) return;
    this.bytes?.cancel(OVER);
    this.stop();
  }

  private stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.rejectStopped(OVER);
    this.controller.abort(OVER);
  }

  /** Given to the vendor's package in the place of the platform's. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const { connection, shape } = this.options;
    this.deadlines.left();
    let response: Response;
    try {
      const changed = { redirect: 'error', signal: this.controller.signal } as const;
      response = await connection.fetch(input, { ...init, ...changed });
    } catch (error) {
      throw this.failed(networkFault(error));
    } finally {
      this.deadlines.answered();
    }
    this.response = response;
    const bytes = bytesOf(response);
    this.bytes = bytes;
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
    const fault = classify({ status, headers, text, now: this.options.connection.clock.now() });
    // Where no model was asked for, none is missing: the address leads somewhere else.
    const isLost = fault.fault === 'model-gone' && this.options.model === undefined;
    return isLost ? { ...fault, fault: 'not-the-provider' } : fault;
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
    const told = Array.isArray(json) ? (this.options.ofList?.(json as readonly JsonValue[]) ?? json) : json;
    const first: unknown = Array.isArray(told) ? told[0] : told;
    if (!isJsonObject(first)) failWith('invalid-response', 'an answer that is not an object');
    this.refuseErrors({ name: '', data: first });
    if (told !== first) failWith('invalid-response', 'a list of answers');
    return first;
  }

  private events(bytes: Bytes): Response {
    const { isEnd, isLast, asEvent } = this.options;
    const written = writtenEvents(
      { read: () => this.read(bytes) },
      {
        isWhole: () => this.isWhole,
        wholeNow: () => this.isWholeNow(),
        refuseErrors: (event) => this.refuseErrors(event),
        wholeJson: (text) => this.wholeJson(text),
        isEnd: (event) => isEnd?.(event) === true,
        isLast: (event) => isLast?.(event) === true,
        asEvent: (whole) => asEvent?.(whole),
      },
    );
    const encoder = new TextEncoder();
    let isCancelled = false;
    const source: UnderlyingDefaultSource<Uint8Array> = {
      pull: async (controller) => {
        const next = await written.next().catch((error: unknown) => {
          controller.error(this.failed(error instanceof WireFault ? error.what : networkFault(error)));
        });
        if (next === undefined || isCancelled) return;
        if (next.done) {
          controller.close();
          // Mostly nothing follows, and a connection that was read to its end need not be cut: the next request can use it.
          bytes.read().catch(() => undefined);
        } else controller.enqueue(encoder.encode(next.value));
      },
      cancel: () => {
        isCancelled = true;
        bytes.cancel(OVER);
      },
    };
    // Nothing is read ahead: an error would take with it what was read before it.
    const body = new ReadableStream(source, { highWaterMark: 0 });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  /** What may still come (usage, the mark of the end) is waited for a little, and its absence is no fault. */
  private isWholeNow(): void {
    this.isWhole = true;
    this.deadlines.wholeNow();
    this.grace?.dispose();
    this.grace = undefined;
  }

  /** Waits for bytes, but not long for those that need not come. */
  private read(bytes: Bytes): Promise<Uint8Array | undefined> {
    const { clock } = this.options.connection;
    const read = bytes.read().then((chunk) => {
      this.readAt = clock.monotonic();
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
    const isError = name === 'error' || data['type'] === 'error' || data['object'] === 'error';
    if (!isError && (told === undefined || told === null || told === '' || told === false)) return;
    const headers = this.response?.headers ?? new Headers();
    const now = this.options.connection.clock.now();
    throw new WireFault(classify({ headers, text: JSON.stringify(data), now }));
  }

  private isLate(limit: keyof ChatTimeouts): void {
    if (this.isOver) return;
    const { timeouts } = this.options;
    const ms = timeouts[limit];
    // The other two are cut to the whole: raising that raises them as well. Checks have limits of their own.
    this.late = { limit, ms, isSet: ms === timeouts.total && timeouts !== checkTimeouts };
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
      ? { fault: 'timeout', late: this.late }
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
