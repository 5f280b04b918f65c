import { afterAll, beforeAll } from 'vitest';
import { builtProviders } from './built-providers';
import { startWireServer, type WireServer } from './wire-server';

/** A server for the tests of one file, beside the adapters as they are shipped; there from the first test to the last. */
export function wireServerOfFile(): WireServer {
  let server: WireServer | undefined;
  const started = (): WireServer => {
    if (server === undefined) throw new Error('It is started before the first test.');
    return server;
  };
  beforeAll(async () => {
    await builtProviders();
    server = await startWireServer();
  }, 120_000);
  afterAll(() => server?.close());
  return {
    get url() {
      return started().url;
    },
    get requests() {
      return started().requests;
    },
    get answer() {
      return started().answer;
    },
    set answer(answer) {
      started().answer = answer;
    },
    close: () => started().close(),
  };
}
