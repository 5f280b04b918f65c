import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Clock } from '../../../base/clock';
import type { Host } from '../../../host';
import type { McpLimits } from '../limits';
import type { Wire } from './wire';

/** How often one session may ask for the server's own messages: a server says by itself how soon that is done again. */
const MOST_LISTENING = 50;
/** What is answered in the name of a server that is not listened to any longer: "it has no messages of its own". */
const NO_STREAM = 405;

/** The way to an address that the person configured: it is followed nowhere else, and no response is without end. */
export function httpTransport(
  { url, headers }: Extract<Wire, { type: 'http' }>,
  host: Pick<Host, 'fetch'> & { readonly clock: Clock },
  limits: McpLimits,
  /** Why the server is of no use any more; completes a sentence about it. */
  onFailure: (why: string) => void,
): StreamableHTTPClientTransport {
  let listening = 0;
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { 'user-agent': 'Baton', ...headers } },
    fetch: async (address, init) => {
      const isListening = (init?.method ?? 'GET') === 'GET';
      if (isListening && (listening += 1) > MOST_LISTENING) return new Response(null, { status: NO_STREAM });
      const ending = new AbortController();
      const end = () => ending.abort();
      init?.signal?.addEventListener('abort', end, { once: true });
      if (init?.signal?.aborted === true) end();
      // Only the server's own messages may come for as long as the session lasts.
      const timer = isListening ? undefined : host.clock.after(limits.callMs, end);
      const over = () => {
        timer?.dispose();
        init?.signal?.removeEventListener('abort', end);
      };
      try {
        const response = await host.fetch(address, {
          ...init,
          redirect: 'error',
          credentials: 'omit',
          signal: ending.signal,
        });
        return bounded(response, limits.messageLength, {
          onEnd: over,
          onTooLarge: () => onFailure(`sent a response of more than ${limits.messageLength / 1_000_000} MB`),
        });
      } catch (error) {
        over();
        throw error;
      }
    },
  });
}

/** The response, of which at most `most` bytes are read. */
function bounded(
  response: Response,
  most: number,
  { onEnd, onTooLarge }: { readonly onEnd: () => void; readonly onTooLarge: () => void },
): Response {
  const { status, statusText, headers, body } = response;
  if (body === null) {
    onEnd();
    return response;
  }
  const reader = body.getReader();
  let size = 0;
  const read = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        size += value?.byteLength ?? 0;
        if (size > most) {
          onTooLarge();
          throw new Error(`The server sent more than ${most} bytes.`);
        }
        if (value !== undefined) controller.enqueue(value);
        if (!done) return;
        onEnd();
        controller.close();
      } catch (error) {
        onEnd();
        controller.error(error);
        await reader.cancel().catch(() => {});
      }
    },
    async cancel(reason) {
      onEnd();
      await reader.cancel(reason);
    },
  });
  return new Response(read, { status, statusText, headers });
}
