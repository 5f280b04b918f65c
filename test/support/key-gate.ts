import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a vendor's server and lets through who has the key, as the vendor itself does and its stand-in does not. */
export interface KeyGate {
  readonly url: string;
  /** Closed it fails by itself, as a vendor on a bad day. */
  readonly isOpen: (open: boolean) => void;
  readonly stop: () => Promise<void>;
}

/** @param behind address of the server that answers whoever has the key */
export async function startKeyGate(behind: string, key: string): Promise<KeyGate> {
  let open = true;
  const server = createServer((asked, answer) => {
    if (!open) refuse(answer, 500, 'api_error');
    else if (keyOf(asked) !== key) refuse(answer, 401, 'authentication_error');
    else if (asked.method === 'GET') tellModels(answer);
    else pass(asked, answer, behind);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isOpen: (is) => (open = is),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function keyOf({ headers }: IncomingMessage): string {
  const given = headers['x-api-key'] ?? headers.authorization ?? '';
  return String(given).replace(/^Bearer /, '');
}

function refuse(answer: ServerResponse, status: number, type: string): void {
  answer.writeHead(status, { 'content-type': 'application/json' });
  answer.end(JSON.stringify({ type: 'error', error: { type, message: 'No.' } }));
}

function tellModels(answer: ServerResponse): void {
  const ids = ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-of-tomorrow'];
  answer.writeHead(200, { 'content-type': 'application/json' });
  answer.end(
    JSON.stringify({ data: ids.map((id) => ({ type: 'model', id, display_name: id })), has_more: false }),
  );
}

function pass(asked: IncomingMessage, answer: ServerResponse, behind: string): void {
  const through = request(
    new URL(asked.url ?? '/', behind),
    { method: asked.method, headers: { ...asked.headers, host: new URL(behind).host } },
    (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.pipe(answer);
    },
  );
  through.once('error', () => answer.destroy());
  asked.pipe(through);
}
