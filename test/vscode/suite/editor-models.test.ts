import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { CancelledError } from '../../../src/core/base/abort';
import { systemClock } from '../../../src/core/base/clock';
import { factsOf } from '../../../src/core/providers/provider-error';
import type { ChatEvent, ChatOptions, ChatRequest } from '../../../src/core/providers/provider';
import { Consent } from '../../../src/extension/models/consent';
import { VscodeModel } from '../../../src/extension/models/vscode-model';
import { test } from './harness';
import { when } from './support';
import { memory, testModels } from './test-models';

const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'test-large',
  messages: [{ role: 'user', text: 'Hello' }],
  tools: [],
  maxOutputTokens: 100,
  ...more,
});

const options = (more: Partial<ChatOptions> = {}): ChatOptions => ({
  signal: new AbortController().signal,
  stream: true,
  timeouts: { firstByte: 5_000, idle: 5_000, total: 10_000 },
  ...more,
});

const access = (canSendRequest: boolean | undefined): vscode.LanguageModelAccessInformation => ({
  canSendRequest: () => canSendRequest,
  onDidChange: new vscode.EventEmitter<void>().event,
});

function editorModel(canSendRequest: boolean | undefined = true, kept = memory()) {
  const consent = new Consent({ memory: kept, access: access(canSendRequest) });
  return { consent, model: new VscodeModel(systemClock, consent) };
}

function acting() {
  const { consent, model } = editorModel();
  consent.personActs();
  return model;
}

test('the models that an extension offers are found, with their size', async () => {
  await testModels();
  const offered = await acting().models(new AbortController().signal);
  assert.deepEqual(
    offered.filter(({ title }) => title?.includes('baton-tests')),
    [
      { id: 'test-large', title: 'Test Large (baton-tests)', context: 200_000 },
      { id: 'test-small', title: 'Test Small (baton-tests)', context: 8_000 },
    ],
  );
});

test('system text opens the first message, and a wish for JSON is said in words', async () => {
  const models = await testModels();
  models.script([{ text: '{"a":1}' }]);
  const schema = { type: 'object', properties: { a: { type: 'number' } } };
  const answer = await acting().chat(
    request({ system: 'Be short.', output: { name: 'result', schema } }),
    options(),
  );
  assert.equal(answer.text, '{"a":1}');
  const [message, ...rest] = models.seen[0]?.messages ?? [];
  assert.deepEqual(rest, []);
  const text = (message?.parts as { text: string }[]).map((part) => part.text).join('');
  assert.match(text, /^Be short\.\n\nAnswer with one JSON document/);
  assert.ok(text.includes(JSON.stringify(schema)) && text.endsWith('Hello'));
});

test('a conversation with tools arrives as it was, results and failures among it', async () => {
  const models = await testModels();
  models.script([{ text: 'Done' }]);
  const parameters = { type: 'object', properties: {} };
  await acting().chat(
    request({
      tools: [{ name: 'look', description: 'Looks', parameters }],
      messages: [
        { role: 'user', text: 'Look twice' },
        {
          role: 'assistant',
          text: '',
          toolCalls: [
            { id: 'a', name: 'look', arguments: { at: 'left' } },
            { id: 'b', name: 'look', arguments: {} },
          ],
        },
        {
          role: 'tool',
          results: [
            { id: 'a', name: 'look', text: 'a wall', isError: false },
            { id: 'b', name: 'look', text: 'too dark', isError: true },
          ],
        },
      ],
    }),
    options(),
  );
  assert.deepEqual(models.seen[0]?.messages, [
    { role: 'user', parts: [{ text: 'Look twice' }] },
    {
      role: 'assistant',
      parts: [
        { call: { id: 'a', name: 'look', input: { at: 'left' } } },
        { call: { id: 'b', name: 'look', input: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        { result: { id: 'a', text: 'a wall' } },
        { result: { id: 'b', text: 'The tool failed: too dark' } },
      ],
    },
  ]);
  assert.deepEqual(
    models.seen[0]?.tools.map(({ name }) => name),
    ['look'],
  );
});

test('text comes as it is written, unknown parts are left out, tokens are counted and marked as estimated', async () => {
  const models = await testModels();
  models.script([{ text: 'Spring ' }, { other: true }, { text: 'rain' }]);
  const events: ChatEvent[] = [];
  const answer = await acting().chat(request(), options({ onEvent: (event) => events.push(event) }));
  assert.equal(answer.finish, 'complete');
  assert.equal(answer.text, 'Spring rain');
  assert.equal(events.map((event) => (event.type === 'text' ? event.text : '')).join(''), 'Spring rain');
  assert.deepEqual(answer.usage, { inputTokens: 2, outputTokens: 3, estimated: true });
  assert.equal(events.at(-1)?.type, 'usage');
});

test('tool calls keep their ids, and get one where they have none of their own', async () => {
  const models = await testModels();
  models.script([
    { call: { id: 'x', name: 'look', input: { at: 1 } } },
    { call: { id: 'x', name: 'look', input: {} } },
  ]);
  const answer = await acting().chat(request(), options());
  assert.equal(answer.finish, 'tool-calls');
  assert.deepEqual(
    answer.toolCalls.map(({ id }) => id),
    ['x', 'call-2'],
  );
});

test('each way to fail is told for what it is', async () => {
  const models = await testModels();
  const faultOf = async (acts: Parameters<typeof models.script>[0], more: Partial<ChatOptions> = {}) => {
    models.script(acts);
    const error: unknown = await acting()
      .chat(request(), options(more))
      .then(
        () => 'answered',
        (reason: unknown) => reason,
      );
    return factsOf(error)?.fault ?? error;
  };
  assert.equal(await faultOf([]), 'incomplete');
  assert.equal(await faultOf([{ text: '  ' }]), 'incomplete');
  assert.equal(await faultOf([{ text: 'Half' }, { wait: 200 }, { fail: 'it broke' }]), 'incomplete');
  assert.equal(await faultOf([{ fail: 'it broke' }]), 'server');
  assert.equal(await faultOf([{ fail: 'no', code: 'NoPermissions' }]), 'auth');
  assert.equal(await faultOf([{ fail: 'no', code: 'Blocked' }]), 'quota');
  assert.equal(await faultOf([{ fail: 'no', code: 'NotFound' }]), 'model-gone');
  assert.equal(await faultOf([{ fail: 'Request failed: 429 Too Many Requests' }]), 'rate-limited');
  assert.equal(await faultOf([{ fail: 'You exceeded your current quota (429)' }]), 'quota');
  assert.equal(await faultOf([{ fail: 'The model is overloaded' }]), 'overloaded');
  assert.equal(await faultOf([{ fail: 'prompt is too long: 9000 tokens' }]), 'context-too-long');
  assert.equal(await faultOf([{ fail: 'Response was filtered' }]), 'content-blocked');
  assert.equal(await faultOf([{ fail: 'getaddrinfo ENOTFOUND host' }]), 'network');
  assert.equal(await faultOf([{ call: { id: '1', name: 'look', input: [1] } }]), 'malformed-tool-call');
  const timeouts = { firstByte: 100, idle: 100, total: 5_000 };
  assert.equal(await faultOf([{ wait: 'cancelled' }], { timeouts }), 'timeout');
  assert.equal(await faultOf([{ text: 'Half' }, { wait: 'cancelled' }], { timeouts }), 'timeout');
  models.reset();
  const gone: unknown = await acting()
    .chat(request({ model: 'never-heard-of' }), options())
    .catch((reason: unknown) => reason);
  assert.equal(factsOf(gone)?.fault, 'model-gone');
  assert.equal(models.seen.length, 0);
});

test('cancelling ends a request at once, before its first word and between two, and the model is told', async () => {
  const models = await testModels();
  for (const acts of [[{ wait: 'cancelled' as const }], [{ text: 'Half' }, { wait: 'cancelled' as const }]]) {
    models.reset();
    models.script(acts);
    const cancelling = new AbortController();
    const events: ChatEvent[] = [];
    const asked = acting().chat(
      request(),
      options({ signal: cancelling.signal, onEvent: (event) => events.push(event) }),
    );
    asked.catch(() => undefined);
    while (models.seen.length === 0 || events.length < acts.length - 1)
      await new Promise((resolve) => setImmediate(resolve));
    const start = performance.now();
    cancelling.abort(new CancelledError());
    await assert.rejects(asked, CancelledError);
    assert.ok(performance.now() - start < 500, 'within half a second');
    while (models.seen[0]?.cancelled !== true) await new Promise((resolve) => setImmediate(resolve));
  }
});

test('a model that comes or goes is noticed', async () => {
  const models = await testModels();
  const model = acting();
  models.offer(['test-small']);
  await when(model.onDidChange, () => true);
  const signal = new AbortController().signal;
  const ids = (await model.models(signal)).map(({ id }) => id);
  assert.ok(!ids.includes('test-large') && ids.includes('test-small'), ids.join(' '));
  models.offer(['test-large', 'test-small']);
});

test('nobody is asked before a person acts, and afterwards only while they do not refuse', async () => {
  const models = await testModels();
  const kept = memory();
  const { consent, model } = editorModel(true, kept);
  assert.equal((await model.standing()).state, 'no-consent');
  const early: unknown = await model.chat(request(), options()).catch((reason: unknown) => reason);
  assert.deepEqual([factsOf(early)?.fault, factsOf(early)?.raw], ['auth', 'no-consent']);
  assert.equal(models.seen.length, 0);

  consent.personActs();
  assert.equal((await model.standing()).state, 'ready');
  models.script([{ text: 'Yes' }]);
  await model.chat(request(), options());
  assert.equal(
    (await editorModel(true, kept).model.standing()).state,
    'ready',
    'remembered in the next window',
  );
  assert.equal(
    (await editorModel(false, kept).model.standing()).state,
    'no-consent',
    'taken back in the editor',
  );

  consent.denied({ vendor: 'baton-tests' });
  assert.equal((await model.standing()).state, 'no-consent');
  consent.personActs();
  assert.equal((await model.standing()).state, 'no-consent', 'another run does not ask again');
  models.script([{ text: 'ready' }]);
  assert.equal(await model.allow(new AbortController().signal), 'Test Large');
  assert.equal((await model.standing()).state, 'ready');
});

test('an editor without models has none, and says so', async () => {
  const { consent } = editorModel();
  const model = new VscodeModel(systemClock, consent, () => Promise.resolve([]));
  assert.equal((await model.standing()).state, 'no-models');
  const broken = new VscodeModel(systemClock, consent, () => Promise.reject(new Error('no such thing')));
  assert.equal((await broken.standing()).state, 'no-models');
});
