import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/base/json';
import type { ChatMessage, ChatRequest } from '../../../../src/core/providers/provider';
import type { WireKind } from '../../../support/provider-connection';
import { wireServerOfFile } from '../../../support/wire-providers';
import { events, json } from '../../../support/wire-server';
import { askBuilt, type Asking } from './ask';
import { words, written } from './vendor-words';

const server = wireServerOfFile();
beforeEach(() => void (server.requests.length = 0));

const withoutKey = { key: undefined } as unknown as Asking['connection'] & object;

/** The body that a request becomes. */
async function bodyOf(
  kind: WireKind,
  request: Partial<ChatRequest>,
  asking: Asking = {},
): Promise<JsonObject> {
  const { begin, text, end } = words[kind];
  server.answer = events(written([...begin, ...text('{"a":"b"}'), ...end('complete')]).join(''));
  const { error } = await askBuilt(kind, server.url, { ...asking, request });
  if (error !== undefined) throw error;
  return JSON.parse(server.requests.at(-1)?.body ?? '') as JsonObject;
}

const look = {
  name: 'look_up',
  description: 'Looks up.',
  parameters: {
    type: 'object',
    properties: { word: { type: ['string', 'null'], format: 'uri' }, kind: { const: 'noun' } },
    required: ['word'],
    additionalProperties: false,
  },
} as const;
const conversation: readonly ChatMessage[] = [
  { role: 'user', text: 'First.' },
  { role: 'user', text: 'Second.' },
  { role: 'assistant', text: '', toolCalls: [{ id: 'call_1', name: 'look_up', arguments: { word: 'a' } }] },
  { role: 'tool', results: [{ id: 'call_1', name: 'look_up', text: 'nothing', isError: true }] },
  { role: 'user', text: 'Third.' },
];
const closed = {
  name: 'my answer',
  schema: { type: 'object', properties: { a: { type: 'string', minLength: 1 } }, required: ['a'] },
} as const;
const open = { name: 'open', schema: { type: 'object' } } as const;

describe('a conversation', () => {
  it('becomes turns for Claude, results first', async () => {
    const body = await bodyOf('anthropic', {
      messages: conversation,
      tools: [look],
      system: 'Be kind.',
      temperature: 0.5,
    });
    expect(body).toMatchObject({
      model: 'model-for-tests',
      max_tokens: 1000,
      stream: true,
      system: 'Be kind.',
      temperature: 0.5,
    });
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'First.\n\nSecond.' }] },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'call_1', name: 'look_up', input: { word: 'a' } }],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: 'nothing', is_error: true },
          { type: 'text', text: 'Third.' },
        ],
      },
    ]);
    expect(body['tool_choice']).toEqual({ type: 'auto' });
    expect((await bodyOf('anthropic', { tools: [look], toolChoice: 'required' }))['tool_choice']).toEqual({
      type: 'any',
    });
  });

  it('becomes turns for Gemini, whose schemas know less', async () => {
    const body = await bodyOf('gemini', {
      messages: conversation,
      tools: [look],
      system: 'Be kind.',
      toolChoice: 'required',
    });
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'First.\n\nSecond.' }] },
      { role: 'model', parts: [{ functionCall: { name: 'look_up', args: { word: 'a' } } }] },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'look_up', response: { error: 'nothing' } } },
          { text: 'Third.' },
        ],
      },
    ]);
    expect(body['systemInstruction']).toEqual({ role: 'system', parts: [{ text: 'Be kind.' }] });
    expect(body['toolConfig']).toEqual({ functionCallingConfig: { mode: 'ANY' } });
    expect(body['tools']).toEqual([
      {
        functionDeclarations: [
          {
            name: 'look_up',
            description: 'Looks up.',
            parameters: {
              type: 'OBJECT',
              properties: {
                word: { type: 'STRING', nullable: true },
                kind: { type: 'STRING', enum: ['noun'] },
              },
              propertyOrdering: ['word', 'kind'],
              required: ['word'],
            },
          },
        ],
      },
    ]);
    expect(server.requests.at(-1)?.path).toBe('/v1beta/models/model-for-tests:streamGenerateContent?alt=sse');
  });

  it('becomes messages for OpenAI, with the names that each server knows', async () => {
    const body = await bodyOf('openai', { messages: conversation, tools: [look], system: 'Be kind.' });
    expect(body['messages']).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'First.\n\nSecond.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{"word":"a"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'Error: nothing' },
      { role: 'user', content: 'Third.' },
    ]);
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('says of each list of a tool what is in it, for OpenAI refuses the whole request where one does not', async () => {
    const lists = {
      type: 'object',
      properties: {
        any: { type: 'array' },
        maybe: { type: ['array', 'null'], description: 'd' },
        texts: { type: 'array', items: { type: 'string' } },
        rows: { type: 'array', items: { type: 'array' } },
        either: { anyOf: [{ type: 'array' }, { type: 'string' }] },
      },
    } as const;
    const body = await bodyOf('openai', { tools: [{ ...look, parameters: lists }] });
    expect((body['tools'] as readonly JsonObject[])[0]?.['function']).toMatchObject({
      parameters: {
        type: 'object',
        properties: {
          any: { type: 'array', items: {} },
          maybe: { type: ['array', 'null'], description: 'd', items: {} },
          texts: { type: 'array', items: { type: 'string' } },
          rows: { type: 'array', items: { type: 'array', items: {} } },
          either: { anyOf: [{ type: 'array', items: {} }, { type: 'string' }] },
        },
      },
    });
  });

  it('has ids of nine letters and digits for Mistral’s models, which take no others', async () => {
    const call = (id: string) => ({ id, name: 'look_up', arguments: {} });
    const result = (id: string) => ({ id, name: 'look_up', text: id, isError: false });
    const messages: readonly ChatMessage[] = [
      { role: 'user', text: 'Go.' },
      { role: 'assistant', text: '', toolCalls: [call('toolu_01ABC'), call('D681PevKs'), call('call_2')] },
      { role: 'tool', results: [result('call_2'), result('toolu_01ABC'), result('D681PevKs')] },
    ];
    const idsOf = async (model: string) => {
      const sent = (await bodyOf('compatible', { model, messages }))['messages'] as readonly JsonObject[];
      const calls = sent[1]?.['tool_calls'] as readonly JsonObject[];
      return [calls.map(({ id }) => id), sent.slice(2).map((message) => message['tool_call_id'])];
    };
    expect(await idsOf('devstral-small')).toEqual([
      ['call00001', 'D681PevKs', 'call00002'],
      ['call00002', 'call00001', 'D681PevKs'],
    ]);
    expect(await idsOf('qwen3')).toEqual([
      ['toolu_01ABC', 'D681PevKs', 'call_2'],
      ['call_2', 'toolu_01ABC', 'D681PevKs'],
    ]);
  });

  it('does not ask Mistral’s own server for what it counts by itself and refuses to be asked for', async () => {
    const fetch: typeof globalThis.fetch = (input, init) =>
      globalThis.fetch(`${server.url}${new URL(input as string).pathname}`, init);
    const optionsOf = async (baseUrl: string) =>
      (await bodyOf('compatible', {}, { settings: { baseUrl }, connection: { fetch } }))['stream_options'];
    expect(await optionsOf('https://api.mistral.ai/v1')).toBeUndefined();
    expect(await optionsOf('https://mistral.ai.example.org/v1')).toEqual({ include_usage: true });
  });

  it('has a limit by the name that the server knows, whichever provider’s address leads there', async () => {
    const limitOf = async (kind: WireKind, model: string) => {
      const { max_tokens: older, max_completion_tokens: newer } = await bodyOf(kind, { model });
      return [older, newer];
    };
    for (const model of ['gpt-6.1-terra', 'gpt-99', 'o7'])
      expect(await limitOf('openai', model)).toEqual([undefined, 1000]);
    // An Ollama behind OPENAI_BASE_URL would pass over the newer name, and answer without a limit.
    for (const model of ['llama3.3', 'gpt-oss:20b', 'openai/gpt-oss-20b'])
      expect(await limitOf('openai', model)).toEqual([1000, undefined]);
    expect(await limitOf('compatible', 'gpt-6.1-terra')).toEqual([1000, undefined]);
  });

  it.each(['anthropic', 'gemini', 'openai', 'compatible'] as const)(
    'has no half characters for %s',
    async (kind) => {
      const body = await bodyOf(kind, {
        system: 'a\ud83d',
        messages: [{ role: 'user', text: '\udc4b b 👋' }],
        tools: [{ ...look, description: 'c\ud83d' }],
      });
      const text = JSON.stringify(body);
      expect(text).not.toMatch(/\\ud[89a-f]/i);
      expect(text).toContain('\uFFFD b 👋');
      expect(text).toContain('a\uFFFD');
    },
  );
});

describe('what only its writer understands', () => {
  const opaque = (
    provider: string,
    data: JsonObject[],
    model = 'model-for-tests',
  ): readonly ChatMessage[] => [
    { role: 'user', text: 'Look it up.' },
    {
      role: 'assistant',
      text: 'I look.',
      toolCalls: [{ id: 'toolu_1', name: 'look_up', arguments: {} }],
      opaque: { provider, model, data },
    },
    { role: 'tool', results: [{ id: 'toolu_1', name: 'look_up', text: 'found', isError: false }] },
  ];
  const blocks: JsonObject[] = [
    { type: 'thinking', thinking: 'Hm.', signature: 'signed' },
    { type: 'text', text: 'I look.' },
    { type: 'tool_use', id: 'toolu_1', name: 'look_up', input: {} },
  ];
  const parts: JsonObject[] = [
    { text: 'I look.' },
    { functionCall: { id: 'toolu_1', name: 'look_up', args: {} }, thoughtSignature: 'signed' },
  ];

  it('comes back to Claude with its thoughts, as it wrote them', async () => {
    const events_ = [
      ...words.anthropic.begin,
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'signed' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'I look.' } },
      { type: 'content_block_stop', index: 1 },
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 'toolu_1', name: 'look_up', input: {} },
      },
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '{"word":null}' },
      },
      { type: 'content_block_stop', index: 2 },
      ...words.anthropic.end('tool-calls'),
    ];
    server.answer = events(written(events_).join(''));
    const { answer } = await askBuilt('anthropic', server.url, { request: { tools: [look] } });
    const mine = [blocks[0], blocks[1], { ...blocks[2], input: { word: null } }];
    expect(answer?.opaque).toEqual({
      provider: 'claude',
      model: 'model-for-tests',
      isBound: true,
      data: mine,
    });
    expect(answer?.text).toBe('I look.');
    const body = await bodyOf('anthropic', {
      messages: opaque('claude', mine as JsonObject[]),
      tools: [look],
    });
    expect(body['messages']).toMatchObject([{}, { role: 'assistant', content: mine }, {}]);
  });

  it('comes back to Gemini with its signatures and ids', async () => {
    server.answer = events(
      written([
        { candidates: [{ index: 0, content: { role: 'model', parts } }] },
        ...words.gemini.end('tool-calls'),
      ]).join(''),
    );
    const { answer } = await askBuilt('gemini', server.url, {
      request: { tools: [{ ...look, parameters: { type: 'object' } }] },
    });
    expect(answer?.opaque).toEqual({ provider: 'gemini', model: 'model-for-tests', data: parts });
    const body = await bodyOf('gemini', { messages: opaque('gemini', parts), tools: [look] });
    expect(body['contents']).toMatchObject([
      {},
      { role: 'model', parts },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'toolu_1', name: 'look_up', response: { result: 'found' } } }],
      },
    ]);
  });

  it.each(['anthropic', 'gemini', 'openai'] as const)(
    'never reaches %s when another wrote it',
    async (kind) => {
      const body = await bodyOf(kind, {
        messages: opaque('somebody-else', [...blocks, ...parts]),
        tools: [look],
      });
      expect(JSON.stringify(body)).not.toContain('signed');
      expect(JSON.stringify(body)).toContain('I look.');
    },
  );

  it.each(['anthropic', 'gemini'] as const)('never reaches another model of %s', async (kind) => {
    const provider = { anthropic: 'claude', gemini: 'gemini' }[kind];
    const messages = opaque(provider, [...blocks, ...parts], 'the-model-before');
    const text = JSON.stringify(await bodyOf(kind, { messages, tools: [look] }));
    expect(text).not.toContain('"signed"');
    expect(text).toContain('I look.');
    expect(text).toContain('look_up');
  });

  it('is missed by Gemini 3 and later, which are told of calls that others made', async () => {
    const calls = ['a', 'b'].map((id) => ({ id, name: 'look_up', arguments: {} }));
    const results = calls.map(({ id, name }) => ({ id, name, text: 'found', isError: false }));
    const messages: ChatMessage[] = [
      { role: 'user', text: 'Look it up.' },
      { role: 'assistant', text: '', toolCalls: calls },
      { role: 'tool', results },
    ];
    const partsFor = async (model: string) => {
      const { contents } = await bodyOf('gemini', { model, messages, tools: [look] });
      return (contents as { parts: JsonObject[] }[])[1]?.parts.map((part) => part['thoughtSignature']);
    };
    for (const model of ['gemini-3.8-flash', 'gemini-4-argon', 'models/gemini-3.5-flash-lite'])
      expect(await partsFor(model)).toEqual(['skip_thought_signature_validator', undefined]);
    expect(await partsFor('gemini-2.5-pro')).toEqual([undefined, undefined]);
  });
});

describe('an answer in JSON', () => {
  it('is enforced by Claude where the schema is closed, and asked for in words where it is not', async () => {
    const enforced = await bodyOf('anthropic', { output: closed });
    expect(enforced['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { a: { type: 'string' } },
          required: ['a'],
          additionalProperties: false,
        },
      },
    });
    const asked = await bodyOf('anthropic', { output: open });
    expect(asked).not.toHaveProperty('output_config');
    expect(asked['system']).toContain('JSON Schema');
  });

  it('is enforced by Gemini unless there are tools', async () => {
    const enforced = await bodyOf('gemini', { output: closed });
    expect(enforced['generationConfig']).toMatchObject({
      responseMimeType: 'application/json',
      responseSchema: {
        type: 'OBJECT',
        properties: { a: { type: 'STRING', minLength: 1 } },
        required: ['a'],
      },
    });
    const asked = await bodyOf('gemini', { output: closed, tools: [look] });
    expect(asked['generationConfig']).toEqual({ maxOutputTokens: 1000 });
    expect(JSON.stringify(asked['systemInstruction'])).toContain('JSON Schema');
  });

  it('is enforced by OpenAI, strictly where everything is required', async () => {
    const enforced = await bodyOf('openai', { output: closed });
    expect(enforced['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 'my_answer', strict: false },
    });
    const strict = { name: 'strict', schema: { ...closed.schema, additionalProperties: false } };
    expect((await bodyOf('openai', { output: strict }))['response_format']).toMatchObject({
      json_schema: { strict: true },
    });
    expect((await bodyOf('compatible', { output: open }))['response_format']).toEqual({
      type: 'json_object',
    });
  });

  it('is not called strict where OpenAI would refuse it for that, nor enforced where a list is of anything', async () => {
    const formatOf = async (value: JsonObject) => {
      const schema = {
        type: 'object',
        properties: { a: value },
        required: ['a'],
        additionalProperties: false,
      };
      const body = await bodyOf('openai', { output: { name: 'answer', schema } });
      const format = body['response_format'] as JsonObject;
      const enforced = format['json_schema'] as JsonObject | undefined;
      return enforced === undefined ? format['type'] : enforced['strict'];
    };
    expect(await formatOf({ type: 'string', pattern: '^a' })).toBe(true);
    expect(await formatOf({ type: 'array', items: { type: 'string' } })).toBe(true);
    expect(await formatOf({ type: 'string', default: 'a' })).toBe(false);
    expect(await formatOf({ type: 'array', items: { type: 'string' }, uniqueItems: true })).toBe(false);
    expect(await formatOf({ description: 'anything' })).toBe(false);
    expect(await formatOf({ type: 'array' })).toBe('json_object');
  });

  it('may stand in a fence that a server put around it', async () => {
    const { begin, text, end } = words.compatible;
    server.answer = events(
      written([...begin, ...text('```json\n{"a":"b"}\n```'), ...end('complete')]).join(''),
    );
    const { answer } = await askBuilt('compatible', server.url, { request: { output: closed } });
    expect(answer?.text).toBe('{"a":"b"}');
  });
});

describe('arguments of a whole document', () => {
  const message = (input: unknown) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    stop_reason: 'tool_use',
    content: [{ type: 'tool_use', id: 'toolu_1', name: 'look_up', input }],
  });

  it.each([
    [{ word: 'a' }, 'tool-calls'],
    ['{"word":"a"}', 'malformed-tool-call'],
    ['', 'malformed-tool-call'],
    [['a'], 'malformed-tool-call'],
    [null, 'malformed-tool-call'],
    [undefined, 'malformed-tool-call'],
  ])('of Claude are an object, or nothing is run: %j', async (input, expected) => {
    server.answer = json(message(input));
    const asking = { options: { stream: false }, request: { tools: [look] } };
    expect((await askBuilt('anthropic', server.url, asking)).verdict).toBe(expected);
  });
});

describe('an address', () => {
  it('of Gemini holds a model and nothing else', async () => {
    for (const model of ['../../upload', 'a?key=b', 'a:b', 'a b', '', 'a//b'])
      expect((await askBuilt('gemini', server.url, { request: { model } })).verdict).toBe('model-gone');
    expect(server.requests).toEqual([]);
  });

  const pathOf = async (baseUrl: string) => {
    await bodyOf('compatible', { model: 'my model' }, { settings: { baseUrl } });
    const asked = server.requests.at(-1);
    return { path: asked?.path, key: asked?.headers['api-key'], bearer: asked?.headers.authorization };
  };

  it('may leave out /v1', async () => {
    expect(await pathOf(server.url)).toMatchObject({
      path: '/v1/chat/completions',
      bearer: 'Bearer key-for-tests',
    });
    expect(await pathOf(`${server.url}/`)).toMatchObject({ path: '/v1/chat/completions' });
    expect(await pathOf(`${server.url}/api/v1/`)).toMatchObject({ path: '/api/v1/chat/completions' });
  });

  it('of Azure has the key in a header of its own, and a version', async () => {
    const key = 'key-for-tests';
    const version = 'api-version=2025-01-01';
    const path = `/openai/deployments/mine/chat/completions?${version}`;
    expect(await pathOf(`${server.url}/openai/deployments/mine?${version}`)).toEqual({
      path,
      key,
      bearer: undefined,
    });
    expect(await pathOf(`${server.url}/openai?${version}`)).toMatchObject({
      path: `/openai/deployments/my%20model/chat/completions?${version}`,
    });
    expect(await pathOf(`${server.url}/openai/v1/?${version}`)).toMatchObject({
      path: `/openai/v1/chat/completions?${version}`,
      key,
    });
    const seen: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      const url = new URL(input as string);
      seen.push(`${url.host} ${url.pathname}${url.search}`);
      return globalThis.fetch(`${server.url}${url.pathname}${url.search}`, init);
    };
    await bodyOf(
      'openai',
      { model: 'gpt' },
      { settings: { baseUrl: 'https://mine.openai.azure.com' }, connection: { fetch } },
    );
    expect(seen).toEqual([
      'mine.openai.azure.com /openai/deployments/gpt/chat/completions?api-version=2024-10-21',
    ]);
    expect(server.requests.at(-1)?.headers['api-key']).toBe(key);
    const body = await bodyOf(
      'compatible',
      { model: 'Other-1' },
      { settings: { baseUrl: 'https://mine.services.ai.azure.com/models' }, connection: { fetch } },
    );
    expect(seen.at(-1)).toBe('mine.services.ai.azure.com /models/chat/completions?api-version=2024-10-21');
    expect(body).toMatchObject({ model: 'Other-1', max_tokens: 1000 });
  });

  it('needs no key where the server wants none', async () => {
    const { begin, text, end } = words.compatible;
    server.answer = events(written([...begin, ...text('Hello'), ...end('complete')]).join(''));
    const { verdict } = await askBuilt('compatible', server.url, {
      settings: { keyless: true },
      connection: withoutKey,
    });
    expect(verdict).toBe('complete');
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer not-needed');
  });
});

describe('calls in pieces', () => {
  const callsOf = async (pieces: readonly object[], tools = [look] as ChatRequest['tools']) => {
    const chunk = (delta: object, finish: string | null = null) => ({
      id: 'c',
      object: 'chat.completion.chunk',
      model: 'm',
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    const all = [...pieces.map((piece) => chunk({ tool_calls: [piece] }, '')), chunk({}, 'tool_calls')];
    server.answer = events(`${written(all).join('')}data: [DONE]\n\n`);
    const { answer, verdict } = await askBuilt('compatible', server.url, { request: { tools } });
    return answer?.toolCalls.map((call) => call.arguments) ?? verdict;
  };
  const first = (index: number | undefined, id: string, args: unknown = '') => ({
    ...(index !== undefined && { index }),
    id,
    type: 'function',
    function: { name: 'look_up', arguments: args },
  });
  const more = (index: number | undefined, args: string) => ({
    ...(index !== undefined && { index }),
    function: { arguments: args },
  });

  it('may be mixed, numbered or not, repeated or objects', async () => {
    const both = [{ word: 'a' }, { word: 'b' }];
    const mixed = [
      first(0, 'x'),
      first(1, 'y'),
      more(0, '{"word":'),
      more(1, '{"word":'),
      more(1, '"b"}'),
      more(0, '"a"}'),
    ];
    expect(await callsOf(mixed)).toEqual(both);
    expect(
      await callsOf([
        first(undefined, 'x'),
        more(undefined, '{"word":"a"}'),
        first(undefined, 'y', '{"word":"b"}'),
      ]),
    ).toEqual(both);
    expect(await callsOf([first(0, 'x', '{"word":"a"}'), first(0, 'y', '{"word":"b"}')])).toEqual(both);
    expect(await callsOf([first(0, 'x', '{"word"'), { ...first(0, 'x', ':"a"}') }])).toEqual([{ word: 'a' }]);
    expect(await callsOf([first(0, 'x', { word: 'a' })])).toEqual([{ word: 'a' }]);
  });

  it('lost their beginning when they have no name', async () => {
    expect(await callsOf([more(0, '{"word":"a"}')])).toBe('malformed-tool-call');
    expect(await callsOf([{ index: 0, id: 'x', function: { arguments: '{"word":"a"}' } }])).toBe(
      'malformed-tool-call',
    );
  });
});
