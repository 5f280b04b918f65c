import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Resolves when the other side has let go of the connection, or the response has ended. */
  readonly closed: Promise<void>;
}

export type WireAnswer = (response: ServerResponse, request: WireRequest) => void | Promise<void>;

/** A real HTTP server on loopback that answers with exactly the bytes it is told to. */
export interface WireServer {
  readonly url: string;
  readonly requests: WireRequest[];
  /** What the next requests are answered with. */
  answer: WireAnswer;
  close(): Promise<void>;
}

export async function startWireServer(): Promise<WireServer> {
  const requests: WireRequest[] = [];
  const wire: { answer: WireAnswer } = { answer: (response) => void response.writeHead(500).end() };
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const request: WireRequest = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(parts).toString('utf8'),
        closed: once(response, 'close').then(() => undefined),
      };
      requests.push(request);
      void wire.answer(response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get answer() {
      return wire.answer;
    },
    set answer(answer) {
      wire.answer = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a stream of events, byte for byte. */
export function events(
  bytes: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  return (response) =>
    void response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).end(bytes);
}

export function json(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}
