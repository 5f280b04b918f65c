import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtCli, Workplace } from '../support/built-cli';
import { startWireServer, type WireServer } from '../support/wire-server';

/* A run that waited for a person goes on with another default model: the built command line, and the vendors' packages in it. */

const FLOW = 'name: one\nsteps:\n  - key: build\n    agent: backend\n    prompt: Build it.\n';
const ARGUMENTS = { path: 'src/greet.ts', content: 'export const hi = 1;\n' };
const THOUGHT = 'a thought that was signed';

const stream = (events: readonly object[]) =>
  events.map(
    (event) => `event: ${'type' in event ? String(event.type) : ''}\ndata: ${JSON.stringify(event)}\n\n`,
  );
const block = (index: number, start: object, ...deltas: readonly object[]) => [
  { type: 'content_block_start', index, content_block: start },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
];
const claude = (content: readonly object[], reason: string) =>
  stream([
    {
      type: 'message_start',
      message: {
        id: 'm',
        type: 'message',
        role: 'assistant',
        content: [],
        model: 'claude',
        usage: { input_tokens: 9 },
      },
    },
    ...content,
    { type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  ]);
const gemini = (...parts: readonly object[]) =>
  stream([{ candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }] }]);

/** A call with a signed thought, then an answer. */
const VENDORS = {
  claude: {
    turns: [
      claude(
        [
          ...block(
            0,
            { type: 'thinking', thinking: '', signature: '' },
            { type: 'thinking_delta', thinking: 'Hm.' },
            { type: 'signature_delta', signature: THOUGHT },
          ),
          ...block(
            1,
            { type: 'tool_use', id: 'toolu_1', name: 'write_file', input: {} },
            { type: 'input_json_delta', partial_json: JSON.stringify(ARGUMENTS) },
          ),
        ],
        'tool_use',
      ),
      claude(block(0, { type: 'text', text: '' }, { type: 'text_delta', text: 'Written.' }), 'end_turn'),
    ],
    env: (url: string) => ({ ANTHROPIC_API_KEY: 'key-for-tests', ANTHROPIC_BASE_URL: url }),
    other: 'claude-opus-5-5',
  },
  gemini: {
    turns: [
      gemini({ functionCall: { name: 'write_file', args: ARGUMENTS }, thoughtSignature: THOUGHT }),
      gemini({ text: 'Written.' }),
    ],
    env: (url: string) => ({ GEMINI_API_KEY: 'key-for-tests', GOOGLE_GEMINI_BASE_URL: url }),
    other: 'gemini-4-argon',
  },
} as const;

let place: Workplace;
let server: WireServer;

beforeAll(() => builtCli(), 120_000);
beforeEach(async () => {
  server = await startWireServer();
});
afterEach(async () => {
  await server.close();
  await place.remove();
});

/** Runs until it waits, decides, and goes on. Gives the request for the second turn. */
async function goesOn(name: keyof typeof VENDORS, meanwhile: () => Promise<unknown>) {
  const { turns, env } = VENDORS[name];
  place = await Workplace.make({ 'flow.yaml': FLOW });
  server.answer = (response) =>
    void response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .end(turns[server.requests.length - 1]?.join(''));
  const options = { env: env(server.url) };
  expect(await place.baton(['run', 'flow.yaml'], options)).toMatchObject({ code: 3 });
  expect(await place.baton(['approve', 'last', 'build', '--action', 'approve'])).toMatchObject({ code: 0 });
  await meanwhile();
  expect(await place.baton(['resume', 'last'], options)).toMatchObject({ code: 0 });
  expect(server.requests).toHaveLength(2);
  return server.requests[1];
}

describe('a run that waited for a person', () => {
  it('goes on with what its model signed', async () => {
    const request = await goesOn('claude', () => Promise.resolve());
    expect(request?.body).toContain(THOUGHT);
  });

  it.each(['claude', 'gemini'] as const)(
    'goes on with another default model of %s without what the one before signed',
    async (name) => {
      const { other } = VENDORS[name];
      const config = { providers: { [name]: { defaultModel: other } } };
      const request = await goesOn(name, () => place.write('baton.config.json', JSON.stringify(config)));
      expect(`${request?.path} ${request?.body}`).toContain(other);
      expect(request?.body).toContain('write_file');
      expect(request?.body).not.toContain(THOUGHT);
    },
  );
});
