import { createServer, type Server } from 'node:http';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Log } from '../../../src/core/host';
import type { ModelSource, ProviderSettings } from '../../../src/core/providers/model-settings';
import { createRuntime } from '../../../src/core/runtime';
import type { Runtime } from '../../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { encodings, ENCODED, madeUpSecret, traces } from './encodings';
import { CANARY } from './speaking-workflow';

/* A server that repeats the key it is asked with: refused by one provider, answered by the next, in pieces of seven signs. */

const said = (value: string) => encodings.map((form) => ENCODED[form](value).toString('latin1')).join(' | ');
const KEYS = {
  REFUSED_KEY: madeUpSecret('openai', Math.random),
  ANSWERING_KEY: madeUpSecret('odd', Math.random).replaceAll(' ', ''),
};
const values = Object.values(KEYS);

let server: Server;
let folder: { path: string; remove: () => Promise<void> };
let runtime: Runtime | undefined;
const logged: string[] = [];
const log: Log = {
  debug: (message) => logged.push(message),
  info: (message) => logged.push(message),
  warn: (message) => logged.push(message),
  error: (message, error) => logged.push(message, inspect(error, { depth: Infinity })),
};

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(path.join(folder.path, 'workspace'));
  logged.length = 0;
  server = createServer((request, response) => {
    const key = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const text = `${said(CANARY)} ${said(key)} the end`;
    if (request.url?.startsWith('/refuses') === true) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          error: { message: `Incorrect API key provided: ${text}`, code: 'invalid_api_key' },
        }),
      );
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const chunk = (delta: object, finish: string | null = null) =>
      response.write(
        `data: ${JSON.stringify({
          id: 'c',
          object: 'chat.completion.chunk',
          created: 1,
          model: 'some-model',
          choices: [{ index: 0, delta, finish_reason: finish }],
        })}\n\n`,
      );
    for (const piece of text.match(/.{1,7}/gs) ?? []) chunk({ role: 'assistant', content: piece });
    chunk({}, 'stop');
    response.end('data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await runtime?.close();
  runtime = undefined;
  await new Promise((resolve) => server.close(resolve));
  await folder.remove();
});

it('a key that a server repeats, in a refusal and in a streamed answer, is kept and shown nowhere', async () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source: ModelSource = {
    settings: () =>
      Promise.resolve({
        providers: [
          provider('refuses', 'REFUSED_KEY', `${address}/refuses/v1`, 1),
          provider('answers', 'ANSWERING_KEY', `${address}/answers/v1`, 2),
        ],
        routing: 'priority',
        probeLocalServers: false,
        prices: {},
        notes: [],
      }),
    key: ({ keyNames }) => Promise.resolve(new Map(Object.entries(KEYS)).get(keyNames[0] ?? '')),
    secret: () => Promise.resolve(undefined),
  };
  const state = path.join(folder.path, 'state');
  const host = createTestHost(log);
  runtime = await createRuntime({
    host: { ...host, env: (name) => (name === 'XDG_STATE_HOME' ? folder.path : host.env(name)) },
    workspace: path.join(folder.path, 'workspace'),
    stateDirectory: state,
    access: 'run',
    owner: { name: 'test' },
    models: source,
  });
  const events: string[] = [];
  const live: string[] = [];
  runtime.onEvent((event) => events.push(JSON.stringify(event)));
  runtime.onLive(({ text = '', voided = '' }) => live.push(text, voided));
  const started = await runtime.start({
    workflow: {
      text: JSON.stringify({
        name: 'ask',
        config: { responseCache: true },
        steps: [
          { key: 'think', prompt: 'Say it.' },
          { key: 'use', dependsOn: ['think'], run: 'echo "$BATON_OUTPUT_THINK"' },
        ],
      }),
      path: 'ask.baton.json',
    },
    inputs: {},
    mode: 'interactive',
    rehearsal: false,
    by: 'ada',
    trusted: true,
  });
  if (!('runId' in started)) throw new Error(started.refusal.message);
  const ended = await runtime.whenIdle(started.runId);
  expect(ended.phase).toBe('completed');
  const refused: unknown = await runtime.models.test('refuses').catch((error: unknown) => error);
  const unstored = madeUpSecret('google', Math.random);
  const other: unknown = await runtime.models
    .test('refuses', { key: unstored })
    .catch((error: unknown) => error);
  const status = JSON.stringify(await runtime.models.status());
  await runtime.close();

  const sinks: Record<string, Buffer> = {
    'state folder': await everythingIn(state),
    journal: await everythingIn(path.join(state, 'journal')),
    artifacts: await everythingIn(path.join(state, 'artifacts')),
    'response cache': await everythingIn(path.join(state, 'responses')),
    logs: await everythingIn(path.join(state, 'logs')),
    'state of the run': Buffer.from(JSON.stringify(ended)),
    events: Buffer.from(events.join('\n')),
    'streamed text': Buffer.from(live.join('')),
    log: Buffer.from(logged.join('\n')),
    'connection test': Buffer.from(
      inspect([refused, other], { depth: Infinity }) + String(refused) + String(other),
    ),
    status: Buffer.from(status),
  };
  for (const [sink, bytes] of Object.entries(sinks)) {
    for (const value of [...values, unstored])
      for (const trace of traces(value))
        expect(bytes.includes(trace.bytes), `${trace.form} in ${sink}`).toBe(false);
    if (['log', 'connection test', 'status'].includes(sink)) continue;
    for (const form of encodings) {
      const canary = ENCODED[form](CANARY).toString('latin1');
      const quoted = JSON.stringify(canary).slice(1, -1);
      const isThere = [canary, quoted, JSON.stringify(quoted).slice(1, -1)].some((text) =>
        bytes.includes(text),
      );
      expect(isThere, `canary as ${form} in ${sink}`).toBe(true);
    }
  }
});

async function everythingIn(root: string): Promise<Buffer> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

function provider(name: string, keyName: string, baseUrl: string, priority: number): ProviderSettings {
  return {
    name,
    title: name,
    kind: 'compatible',
    enabled: true,
    priority,
    defaultModel: 'some-model',
    maxRetries: 0,
    timeout: 5_000,
    baseUrl,
    keyNames: [keyName],
  };
}
