/* A model server on loopback, in a process of its own: it answers at once, as each vendor would, and does nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Of each answer, one an event: the first argument. */
const WORDS = Number(process.argv[2] ?? 40);
const words = Array.from({ length: WORDS }, (_, at) => `word${at} `);

const event = (name: string, data: object) =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
const data = (value: object) => `data: ${JSON.stringify(value)}\n\n`;

const anthropic = [
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'model-for-tests',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 1 },
    },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...words.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  event('content_block_stop', { index: 0 }),
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: WORDS },
  }),
  event('message_stop', {}),
];

const chunk = (delta: object, finish: string | null) =>
  data({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'model-for-tests',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
const openai = [
  chunk({ role: 'assistant', content: '' }, null),
  ...words.map((content) => chunk({ content }, null)),
  chunk({}, 'stop'),
  data({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'model-for-tests',
    choices: [],
    usage: { prompt_tokens: 10, completion_tokens: WORDS, total_tokens: 10 + WORDS },
  }),
  'data: [DONE]\n\n',
];

const gemini = words.map((text, at) =>
  data({
    candidates: [
      {
        index: 0,
        content: { role: 'model', parts: [{ text }] },
        ...(at === WORDS - 1 && { finishReason: 'STOP' }),
      },
    ],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: WORDS, totalTokenCount: 10 + WORDS },
    modelVersion: 'model-for-tests',
  }),
);

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const url = request.url ?? '';
    if (url.startsWith('/refused')) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          type: 'error',
          error: { type: 'authentication_error', message: 'invalid x-api-key' },
        }),
      );
      return;
    }
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' });
      const models = [
        { id: 'model-for-tests', name: 'models/model-for-tests', type: 'model', object: 'model' },
      ];
      response.end(JSON.stringify({ object: 'list', data: models, models, has_more: false }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const parts = url.includes('/messages') ? anthropic : url.includes('/chat/completions') ? openai : gemini;
    for (const part of parts) response.write(part);
    response.end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
