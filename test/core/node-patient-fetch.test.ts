import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPatientFetch } from '../../src/core/node-patient-fetch';
import { startWireServer, type WireServer } from '../support/wire-server';

const SENDER = Symbol.for('undici.globalDispatcher.1');
type Senders = { [SENDER]?: object };

describe('a patient fetch', () => {
  let server: WireServer;
  let own: object | undefined;
  beforeEach(async () => {
    server = await startWireServer();
    await fetch('data:,');
    own = (globalThis as Senders)[SENDER];
  });
  afterEach(async () => {
    if (own !== undefined) (globalThis as Senders)[SENDER] = own;
    await server.close();
  });

  it('waits for a response that begins later than Node waits for', async () => {
    // Node's own patience, cut from five minutes to a moment.
    const Kind = own?.constructor as new (limits: { readonly headersTimeout: number }) => object;
    (globalThis as Senders)[SENDER] = new Kind({ headersTimeout: 1 });
    let answer = () => {};
    const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
    server.answer = async (response) => {
      await mayAnswer;
      response.end('here');
    };
    const patient = createPatientFetch()(server.url);
    await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
    answer();
    expect(await (await patient).text()).toBe('here');
  });

  it('ends with its signal, and takes what it is told to send', async () => {
    server.answer = (response, { headers, method }) =>
      void response.end(`${method} ${String(headers['x-one'])}`);
    const patient = createPatientFetch();
    const sent = await patient(server.url, { method: 'POST', headers: { 'x-one': '1' }, body: 'x' });
    expect(await sent.text()).toBe('POST 1');
    server.answer = () => {};
    const stop = new AbortController();
    const waiting = patient(server.url, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
