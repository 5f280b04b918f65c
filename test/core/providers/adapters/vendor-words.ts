import type { WireKind } from '../../../support/provider-connection';

type Json = Record<string, unknown>;

/** How each vendor says the same things, event by event. */
export interface VendorWords {
  readonly begin: readonly Json[];
  readonly text: (text: string) => readonly Json[];
  /** `pieces` together are the arguments, as one text of JSON. */
  readonly call: (at: number, name: string, pieces: readonly string[]) => readonly Json[];
  readonly end: (how: 'complete' | 'tool-calls' | 'length', usage?: boolean) => readonly Json[];
  readonly error: { readonly overloaded: Json; readonly unknown: Json };
  /** An event that says nothing. */
  readonly empty: Json;
  /** What closes the stream after its last event. */
  readonly mark: string;
}

const chunk = (choice: Json): Json => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-x',
  choices: [{ index: 0, finish_reason: null, ...choice }],
});

const openai: VendorWords = {
  begin: [chunk({ delta: { role: 'assistant', content: '' } })],
  text: (text) => [chunk({ delta: { content: text } })],
  call: (index, name, pieces) => [
    chunk({
      delta: {
        tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } }],
      },
    }),
    ...pieces.map((piece) => chunk({ delta: { tool_calls: [{ index, function: { arguments: piece } }] } })),
  ],
  end: (how, usage = true) => [
    chunk({
      delta: {},
      finish_reason: { complete: 'stop', 'tool-calls': 'tool_calls', length: 'length' }[how],
    }),
    ...(usage ? [{ ...chunk({}), choices: [], usage: { prompt_tokens: 30, completion_tokens: 12 } }] : []),
  ],
  error: {
    overloaded: { error: { message: 'x', type: 'service_unavailable_error', code: 'server_is_overloaded' } },
    unknown: { error: { message: 'x', type: 'never_heard_of' } },
  },
  empty: chunk({ delta: {} }),
  mark: 'data: [DONE]\n\n',
};

const anthropic: VendorWords = {
  begin: [
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        content: [],
        model: 'claude-x',
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 30, output_tokens: 1 },
      },
    },
  ],
  text: (text) => [
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
    { type: 'content_block_stop', index: 0 },
  ],
  call: (at, name, pieces) => [
    {
      type: 'content_block_start',
      index: at + 1,
      content_block: { type: 'tool_use', id: `toolu_${at}`, name, input: {} },
    },
    ...pieces.map((piece) => ({
      type: 'content_block_delta',
      index: at + 1,
      delta: { type: 'input_json_delta', partial_json: piece },
    })),
    { type: 'content_block_stop', index: at + 1 },
  ],
  end: (how, usage = true) => [
    {
      type: 'message_delta',
      delta: {
        stop_reason: { complete: 'end_turn', 'tool-calls': 'tool_use', length: 'max_tokens' }[how],
        stop_sequence: null,
      },
      ...(usage && { usage: { output_tokens: 12 } }),
    },
    { type: 'message_stop' },
  ],
  error: {
    overloaded: { type: 'error', error: { type: 'overloaded_error', message: 'x' } },
    unknown: { type: 'error', error: { type: 'never_heard_of', message: 'x' } },
  },
  empty: { type: 'ping' },
  mark: '',
};

const candidate = (given: Json): Json => ({ candidates: [{ index: 0, ...given }], modelVersion: 'gemini-x' });

const gemini: VendorWords = {
  begin: [],
  text: (text) => [candidate({ content: { role: 'model', parts: [{ text }] } })],
  call: (_at, name, pieces) => {
    const args = JSON.parse(pieces.join('')) as Json;
    return [candidate({ content: { role: 'model', parts: [{ functionCall: { name, args } }] } })];
  },
  end: (how, usage = true) => [
    {
      ...candidate({ finishReason: how === 'length' ? 'MAX_TOKENS' : 'STOP' }),
      ...(usage && { usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 12 } }),
    },
  ],
  error: {
    overloaded: { error: { code: 503, message: 'x', status: 'UNAVAILABLE' } },
    unknown: { error: { message: 'x', status: 'NEVER_HEARD_OF' } },
  },
  empty: candidate({ content: { role: 'model', parts: [{ text: '' }] } }),
  mark: '',
};

export const words: Readonly<Record<WireKind, VendorWords>> = {
  anthropic,
  gemini,
  openai,
  compatible: openai,
};

/** Events as text, each on its own. */
export function written(events: readonly Json[]): string[] {
  return events.map((event) => {
    const name = typeof event['type'] === 'string' ? `event: ${event['type']}\n` : '';
    return `${name}data: ${JSON.stringify(event)}\n\n`;
  });
}
