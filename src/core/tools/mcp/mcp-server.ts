/*
 * owns: one server: when it is started, what it offers now, and calls of its tools.
 * does not own: who may call (policy), and what a model is told (mcp-tool).
 * must stay true: a call is sent once, and only when the tool is what it was when it was shown; a server that is gone is started
 * again once per call at most; nothing of it is left after `close`.
 */
import { throwIfAborted } from '../../base/abort';
import type { JsonObject } from '../../base/json';
import type { Host, Log } from '../../host';
import { BatonError, messageOf } from '../../model/errors';
import { commandEnvironment } from '../shell/command-environment';
import { fillSecrets, type SecretOf } from './fill-secrets';
import type { McpLimits } from './limits';
import type { McpServerSettings } from './mcp-settings';
import { readListing, type Listing, type OfferedTool } from './offered-tool';
import { serverLine } from './server-words';
import type { McpSession, SessionAnswer } from './session/session';
import type { Wire } from './session/wire';
import { refusedAddress, refusedHeader } from './web-address';
import { within } from './within';

export interface McpServerOptions {
  readonly name: string;
  readonly settings: McpServerSettings;
  readonly host: Host;
  /** Absolute; where a program starts that has no folder of its own. */
  readonly workspace: string;
  readonly secret: SecretOf;
  readonly log: Log;
  readonly limits: McpLimits;
}

/** changed: the tool is not any more what was shown. Of this and of unsent nothing was sent; `message` completes a sentence about the server. */
export type CallEnd =
  SessionAnswer | { readonly type: 'changed' } | { readonly type: 'unsent'; readonly message: string };

/** A server that never comes up holds up its folder less and less. */
const MOST_DOUBLINGS = 5;
/** Of one list; what comes after them is not read. */
const MOST_LISTED = 512;

export class McpServer {
  private session: McpSession | undefined;
  private opening: Promise<McpSession> | undefined;
  private reading: Promise<Listing> | undefined;
  /** What the session offers; absent: nobody has looked, or it says that it has changed. */
  private known: Listing | undefined;
  /** How often the server said that its list has changed. */
  private changes = 0;
  /** Calls that were sent and not answered yet. */
  private inFlight = 0;
  /** Why it gives no tools at all. */
  private fault: string | undefined;
  /** What of its list cannot be used. */
  private leftOut: readonly string[] = [];
  /** Since it last gave a list. */
  private failures = 0;
  private restsUntil = -Infinity;
  private readonly closing = new AbortController();
  /** Sessions that are being ended. */
  private readonly endings = new Set<Promise<void>>();

  constructor(private readonly options: McpServerOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** As of the last `offered`, each completes a sentence about the server. */
  faults(): readonly string[] {
    return this.fault === undefined ? this.leftOut : [this.fault];
  }

  /** What it offers now; it is started when it is not there. Nothing, with a fault, when that fails. Rejects only on abort. */
  async offered(signal: AbortSignal): Promise<readonly OfferedTool[]> {
    if (this.living() !== undefined && this.known !== undefined) return this.known.tools;
    const { clock } = this.options.host;
    if (this.closing.signal.aborted || clock.monotonic() < this.restsUntil) return [];
    const { startMs, listMs, graceMs } = this.options.limits;
    try {
      // Several may wait for the same start: when one of them is cancelled, the others go on.
      const { tools } = await within(
        clock,
        startMs + listMs + graceMs,
        signal,
        () => (this.reading ??= this.read().finally(() => (this.reading = undefined))),
      );
      return tools;
    } catch (error) {
      if (signal.aborted) throw error;
      this.failed(error);
      return [];
    }
  }

  /** Rejects only on abort. */
  async call(tool: OfferedTool, args: JsonObject, signal: AbortSignal): Promise<CallEnd> {
    const { host, limits } = this.options;
    let isSent = false;
    try {
      return await within(host.clock, limits.callMs, signal, async (until): Promise<CallEnd> => {
        const { session, listing } = await this.current();
        const now = listing.tools.find(({ name }) => name === tool.name);
        if (now?.hash !== tool.hash) return { type: 'changed' };
        // When nobody waits for it any longer, it is not begun.
        throwIfAborted(until);
        isSent = true;
        this.inFlight += 1;
        return session.call(tool.name, args, until).finally(() => (this.inFlight -= 1));
      });
    } catch (error) {
      throwIfAborted(signal);
      return { type: isSent ? 'broken' : 'unsent', message: messageOf(error) };
    }
  }

  /** Resolves when nothing of the server is left. */
  async close(): Promise<void> {
    this.closing.abort(new BatonError('mcp-failed', 'is closed'));
    await this.opening?.catch(() => {});
    await this.drop(this.session);
    await Promise.all(this.endings);
  }

  /** The list as it is at this moment. A server may change it without a word, so each call looks again. */
  private async current(): Promise<{ session: McpSession; listing: Listing }> {
    const had = this.living();
    if (had !== undefined) {
      try {
        return { session: had, listing: await this.list(had) };
      } catch (error) {
        if (this.isBusy(had)) throw error;
        await this.drop(had);
      }
    }
    const session = await this.live();
    return { session, listing: await this.list(session) };
  }

  private async read(): Promise<Listing> {
    const session = await this.live();
    try {
      const listing = await this.list(session);
      this.fault = undefined;
      this.leftOut = listing.faults;
      this.failures = 0;
      return listing;
    } catch (error) {
      if (!this.isBusy(session)) await this.drop(session);
      throw error;
    }
  }

  /** One that works on a call may have no time for a list. To end it would lose the call. */
  private isBusy(session: McpSession): boolean {
    return session.ended === undefined && this.inFlight > 0;
  }

  private async list(session: McpSession): Promise<Listing> {
    const { host, limits } = this.options;
    if (session.isWithoutTools) return (this.known = { tools: [], faults: [] });
    const before = this.changes;
    const { given, fault } = await within(host.clock, limits.listMs, this.closing.signal, (until) =>
      readPages(session, limits.pages, until),
    );
    const read = readListing(given, (text) => host.sha256(text));
    const listing = { tools: read.tools, faults: [...fault, ...read.faults] };
    // A change that was told while the list was read makes it old at once.
    if (this.changes === before && this.living() === session) this.known = listing;
    return listing;
  }

  private living(): McpSession | undefined {
    return this.session?.ended === undefined ? this.session : undefined;
  }

  private live(): Promise<McpSession> {
    const living = this.living();
    if (living !== undefined) return Promise.resolve(living);
    // One that ended by itself may still be on its way out.
    void this.drop(this.session);
    return (this.opening ??= this.open().finally(() => (this.opening = undefined)));
  }

  private async open(): Promise<McpSession> {
    const { host, limits } = this.options;
    throwIfAborted(this.closing.signal);
    const wire = await this.wire();
    // Loaded with the first server: most people have none.
    const { openSession } = await import('./session/session');
    const ending = new AbortController();
    const end = () => ending.abort();
    const timer = host.clock.after(limits.startMs, end);
    this.closing.signal.addEventListener('abort', end, { once: true });
    if (this.closing.signal.aborted) end();
    const onListChanged = () => {
      this.changes += 1;
      this.known = undefined;
    };
    const opened = await openSession({ wire, host, limits, onListChanged, signal: ending.signal });
    timer.dispose();
    this.closing.signal.removeEventListener('abort', end);
    if ('failed' in opened) throw new BatonError('mcp-failed', opened.failed);
    this.session = opened;
    return opened;
  }

  private async wire(): Promise<Wire> {
    const { settings, host, workspace, secret, log, name } = this.options;
    if (settings.type === 'http') {
      const headers = await fillSecrets(settings.headers, secret, host.redactor);
      const refused = refusedAddress(settings.url) ?? refusedHeader(headers);
      if (refused !== undefined) throw new BatonError('mcp-failed', refused);
      return { type: 'http', url: settings.url, headers };
    }
    const command = [settings.command, ...settings.args];
    return {
      type: 'stdio',
      command,
      cwd: settings.cwd ?? workspace,
      env: {
        ...commandEnvironment(command, workspace, host).variables,
        ...(await fillSecrets(settings.env, secret, host.redactor)),
        BATON_STEP: `mcp/${host.ids.next()}`,
      },
      onComplaint: (line) => log.info(`MCP server ${name}: ${line}`),
    };
  }

  private async drop(session: McpSession | undefined): Promise<void> {
    if (session === undefined) return;
    if (this.session === session) {
      this.session = undefined;
      this.known = undefined;
    }
    const ending = session.close().catch((error: unknown) => {
      this.options.log.warn(`MCP server ${this.name} could not be ended: ${messageOf(error)}`);
    });
    this.endings.add(ending);
    await ending;
    this.endings.delete(ending);
  }

  private failed(error: unknown): void {
    const { host, limits, log, name } = this.options;
    // Once the person has set the secret, nobody should wait; and nothing was started.
    if (!(error instanceof BatonError && error.code === 'mcp-secret')) {
      const restMs = limits.restMs * 2 ** Math.min(this.failures, MOST_DOUBLINGS);
      this.restsUntil = host.clock.monotonic() + restMs;
      this.failures += 1;
    }
    this.fault = serverLine(host.redactor?.text(messageOf(error)) ?? messageOf(error), 500);
    log.warn(`MCP server ${name} ${this.fault}`);
  }
}

/** All that a server lists, until it ends or has no end. */
async function readPages(
  session: McpSession,
  pages: number,
  signal: AbortSignal,
): Promise<{ given: readonly unknown[]; fault: readonly string[] }> {
  const given: unknown[] = [];
  const seen = new Set<unknown>();
  let cursor: string | undefined;
  for (let page = 1; ; page += 1) {
    const answer = await session.listPage(cursor, signal);
    if (answer.type !== 'answer') throw new BatonError('mcp-failed', answer.message);
    const { tools, nextCursor } = answer.value;
    if (!Array.isArray(tools)) throw new BatonError('mcp-failed', 'answered with no list of tools');
    given.push(...(tools as readonly unknown[]).slice(0, MOST_LISTED - given.length));
    if (typeof nextCursor !== 'string' || nextCursor === '') return { given, fault: [] };
    seen.add(cursor);
    if (page === pages || given.length === MOST_LISTED || seen.has(nextCursor))
      return { given, fault: [`lists its tools without end; the first ${given.length} are taken`] };
    cursor = nextCursor;
  }
}
