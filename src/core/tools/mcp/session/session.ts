/*
 * owns: one conversation with a server, from its introduction to its end. With its folder, the only code that knows the SDK.
 * does not own: when a server is started, and what its words are worth.
 * must stay true: it is a bundle of its own, loaded with the first server: it throws no error that others know by their class.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpError, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod/mini';
import { neverAborted } from '../../../base/abort';
import { isJsonObject, type JsonObject } from '../../../base/json';
import type { Redactor } from '../../../base/redactor';
import { messageOf } from '../../../model/errors';
import { serverLine } from '../server-words';
import { within } from '../within';
import { CLOSED, GuardedTransport } from './guarded-transport';
import { httpTransport } from './http-transport';
import { ProcessTransport } from './process-transport';
import type { SessionOptions } from './wire';

export interface McpSession {
  /** Why it is over; completes a sentence about the server. */
  readonly ended: string | undefined;
  /** Offers no tools at all: it need not be asked for a list. */
  readonly isWithoutTools: boolean;
  listPage(cursor: string | undefined, signal: AbortSignal): Promise<SessionAnswer>;
  /** Sends the call once. */
  call(tool: string, args: JsonObject, signal: AbortSignal): Promise<SessionAnswer>;
  /** Resolves when nothing of the server's process is left. */
  close(): Promise<void>;
}

/** refused: the server's own error; broken: there is no answer, or none that can be read. `message` completes a sentence about the server. */
export type SessionAnswer =
  | { readonly type: 'answer'; readonly value: JsonObject }
  | { readonly type: 'refused' | 'broken'; readonly message: string };

/** Times are the callers', by their signals. */
const NEVER_MS = 2 ** 31 - 1;
/** Read by others of this room, who believe less of it than the SDK's own schemas do. */
const anything = z.record(z.string(), z.unknown());

/** A server that has introduced itself, or why it did not; nothing of it is left then. */
export async function openSession(
  options: SessionOptions,
): Promise<McpSession | { readonly failed: string }> {
  const { wire, host, limits, signal } = options;
  let ended: string | undefined;
  const onFailure = (why: string) => transport.fail(why);
  const inner =
    wire.type === 'http'
      ? httpTransport(wire, host, limits, onFailure)
      : new ProcessTransport(wire, host.processes, limits, onFailure);
  const transport: GuardedTransport = new GuardedTransport(inner, {
    clock: host.clock,
    redactor: host.redactor,
    unasked: limits.unasked,
    onEnd: (why) => (ended ??= why),
  });
  const client = new Client(
    { name: 'Baton', version: '1.0.0' },
    {
      // No roots, no sampling, no elicitation: a server asks for none of it.
      capabilities: {},
      // Schemas of servers are never compiled.
      jsonSchemaValidator: {
        getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
      },
    },
  );
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => options.onListChanged());
  try {
    if (signal.aborted) return { failed: 'is closed' };
    await client.connect(transport, { signal, timeout: NEVER_MS });
  } catch (error) {
    // The SDK closes the connection when it does not like what it hears: that is not the reason.
    const why = ended === CLOSED ? undefined : ended;
    const failed = why ?? (signal.aborted ? 'did not introduce itself in time' : whyOf(error, host.redactor));
    await transport.close();
    return { failed };
  }

  const ask = async (method: string, params: JsonObject, until: AbortSignal): Promise<SessionAnswer> => {
    try {
      const value = await client.request({ method, params }, anything, {
        signal: until,
        timeout: NEVER_MS,
      });
      return isJsonObject(value)
        ? { type: 'answer', value }
        : { type: 'broken', message: 'answered with something that cannot be read' };
    } catch (error) {
      if (ended !== undefined) return { type: 'broken', message: ended };
      if (error instanceof McpError && !until.aborted)
        return { type: 'refused', message: whyOf(error, host.redactor) };
      return { type: 'broken', message: whyOf(error, host.redactor) };
    }
  };
  return {
    get ended() {
      return ended;
    },
    isWithoutTools: client.getServerCapabilities()?.tools === undefined,
    listPage: (cursor, until) => ask('tools/list', cursor === undefined ? {} : { cursor }, until),
    call: (name, args, until) => ask('tools/call', { name, arguments: args }, until),
    async close() {
      if (ended === undefined && inner instanceof StreamableHTTPClientTransport)
        // Said for politeness: the server forgets the session by itself in the end.
        await within(host.clock, limits.graceMs, neverAborted, () => inner.terminateSession()).catch(
          () => {},
        );
      await transport.close();
    },
  };
}

/** Completes a sentence about the server. What it says itself is one line. */
function whyOf(error: unknown, redactor: Redactor | undefined): string {
  // A list of all that is wrong, for programmers.
  if (error instanceof Error && error.name.endsWith('ZodError'))
    return 'answered with something that cannot be read';
  // A server may answer with the key that it got. Before anything is cut: half of it would not be found.
  const clean = (given: unknown) => redactor?.text(messageOf(given)) ?? messageOf(given);
  const message = clean(error);
  const cause = error instanceof Error && error.cause !== undefined ? clean(error.cause) : '';
  const because = cause === '' || message.includes(cause) ? '' : ` (${cause})`;
  return `failed: ${serverLine(`${message}${because}`, 300)}`;
}
