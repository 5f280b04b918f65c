import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/model/events';
import type { ModelSource } from '../../../src/core/providers/model-settings';
import { createRuntime } from '../../../src/core/runtime';
import type { Runtime } from '../../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { startWireServer, type WireAnswer, type WireServer } from '../../support/wire-server';
import { encodings, ENCODED, madeUpSecret, traces } from './encodings';
import { CANARY } from './speaking-workflow';

/* A key that came to stand in a file of the folder, whoever wrote it there: read, searched and printed by agents of other steps. */

const KEY = madeUpSecret('openai', Math.random);
/** What a file of text can hold. */
const forms = encodings.filter((form) => form !== 'utf-16');
const noted = (value: string) =>
  forms.map((form) => `note: ${ENCODED[form](value).toString('latin1')}`).join('\n');

let server: WireServer;
let folder: { path: string; remove: () => Promise<void> };
let runtime: Runtime | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(path.join(folder.path, 'workspace'));
  await writeFile(path.join(folder.path, 'workspace', 'notes.txt'), `${noted(CANARY)}\n${noted(KEY)}\n`);
  server = await startWireServer();
});
afterEach(async () => {
  await runtime?.close();
  runtime = undefined;
  await server.close();
  await folder.remove();
});

it('a key in a file is told to no model, kept nowhere, and known to have been there', async () => {
  server.answer = (response, request) => answerOf(request.body)(response, request);
  const source: ModelSource = {
    settings: () => Promise.resolve(settingsFor(server.url)),
    key: () => Promise.resolve(KEY),
    secret: () => Promise.resolve(undefined),
  };
  const state = path.join(folder.path, 'state');
  const host = createTestHost();
  runtime = await createRuntime({
    host: { ...host, env: (name) => (name === 'XDG_STATE_HOME' ? folder.path : host.env(name)) },
    workspace: path.join(folder.path, 'workspace'),
    stateDirectory: state,
    access: 'run',
    owner: { name: 'test' },
    models: source,
  });
  const events: RunEvent[] = [];
  runtime.onEvent((event) => void events.push(event));
  const steps = ['read_file', 'search_files'].map((tool) => ({
    key: tool.replace('_', '-'),
    agent: 'quality',
    prompt: `Use ${tool}.`,
  }));
  const started = await runtime.start({
    workflow: { text: JSON.stringify({ name: 'look', steps }), path: 'look.baton.json' },
    inputs: {},
    mode: 'interactive',
    rehearsal: false,
    by: 'ada',
    trusted: true,
  });
  if (!('runId' in started)) throw new Error(started.refusal.message);
  expect((await runtime.whenIdle(started.runId)).phase).toBe('completed');
  await runtime.close();

  const done = events.filter((event) => event.type === 'tool-completed');
  expect(done.map(({ step, readsSecrets }) => [step, readsSecrets]).sort()).toEqual([
    ['read-file', true],
    ['search-files', true],
  ]);
  const sinks = {
    'requests to models': Buffer.from(server.requests.map(({ body }) => body).join('\n')),
    'state folder': await everythingIn(state),
    events: Buffer.from(JSON.stringify(events)),
  };
  for (const [sink, bytes] of Object.entries(sinks)) {
    for (const trace of traces(KEY))
      expect(bytes.includes(trace.bytes), `${trace.form} in ${sink}`).toBe(false);
    expect(bytes.includes(ENCODED.hex(CANARY)), `canary in ${sink}`).toBe(true);
  }
});

/** Asks for the tool that the prompt names, and has nothing more to say once it has its result. */
function answerOf(body: string): WireAnswer {
  const isTold = body.includes('"role":"tool"');
  const tool = body.includes('Use read_file.') ? 'read_file' : 'search_files';
  const args = JSON.stringify(tool === 'read_file' ? { path: 'notes.txt' } : { pattern: 'note' });
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: tool, arguments: args } };
  const delta = isTold ? { content: 'Nothing to say.' } : { tool_calls: [call] };
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (choice: object) =>
      response.write(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'some-model', choices: [choice] })}\n\n`,
      );
    send({ index: 0, delta: { role: 'assistant', ...delta }, finish_reason: null });
    send({ index: 0, delta: {}, finish_reason: isTold ? 'stop' : 'tool_calls' });
    response.end('data: [DONE]\n\n');
  };
}

function settingsFor(url: string): Awaited<ReturnType<ModelSource['settings']>> {
  return {
    providers: [
      {
        ...{ name: 'own', title: 'own', kind: 'compatible', enabled: true, priority: 1, keyNames: ['OWN'] },
        ...{ defaultModel: 'some-model', maxRetries: 0, timeout: 5_000, baseUrl: `${url}/v1` },
      },
    ],
    routing: 'priority',
    probeLocalServers: false,
    prices: {},
    notes: [],
  };
}

async function everythingIn(root: string): Promise<Buffer> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}
