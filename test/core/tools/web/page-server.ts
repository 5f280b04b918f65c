import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPublicFetch } from '../../../../src/core/node-public-fetch';

export interface PageServer {
  readonly port: number;
  /** Connections that were ever opened. */
  readonly connections: () => number;
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** Serves pages on this machine. */
export async function servePages(answer: RequestListener): Promise<PageServer> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server: Server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** As a host's, but every name leads to this machine, where one port counts as public. */
export function publicFetchOf(port: number) {
  return createPublicFetch({
    lookup: () => Promise.resolve(['127.0.0.1']),
    exempt: (address, asked) => address === '127.0.0.1' && asked === port,
  });
}
