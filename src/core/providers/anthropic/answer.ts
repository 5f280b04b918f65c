/*
 * Claude's events folded into an answer. Strict where the protocol is: each block starts, goes on and stops in its turn, and
 * only `message_stop` after a reason proves the whole.
 */
import { isJsonObject, toJson, type JsonObject, type JsonValue } from '../../base/json';
import type { CallUsage } from '../../model/model-call';
import type { ChatAnswer, ChatEvent, ChatRequest, ToolCall } from '../provider';
import { proven, shown } from '../wire/answer';
import { failWith } from '../wire/fault';
import { toolArguments } from '../wire/tool-arguments';
import { amount, usageOf, type ToldUsage } from '../wire/usage';

interface Block {
  /** As it started; what follows is gathered beside it. */
  readonly start: JsonObject;
  readonly pieces: string[];
  signature: string;
  isStopped: boolean;
}

export interface AnthropicReader {
  /** Takes one event; true when it carried content. Events that it does not know carry none. */
  take(event: unknown): boolean;
  readonly usage: CallUsage;
  /** @throws WireFault */
  answer(given: { readonly id: (given: unknown) => string; readonly provider: string }): ChatAnswer;
}

const KNOWN = new Set<JsonValue | undefined>([
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
]);

const PIECES: Readonly<Record<string, string>> = {
  text_delta: 'text',
  input_json_delta: 'partial_json',
  thinking_delta: 'thinking',
};

export function createAnthropicReader(
  request: ChatRequest,
  tell: (event: ChatEvent) => void,
): AnthropicReader {
  const blocks = new Map<number, Block>();
  let message: JsonObject | undefined;
  let stop = '';
  let isComplete = false;
  let told: {
    input?: number | undefined;
    output?: number | undefined;
    written?: number | undefined;
    cached?: number | undefined;
  } = {};

  const seen = () => [...blocks.values()].flatMap(({ pieces }) => pieces).join('');
  const usageNow = () => usageOf(summed(told), request, seen);

  function take(event: unknown): boolean {
    if (!isJsonObject(event)) failWith('incomplete', 'an event that is not an object');
    if (event['type'] === 'message_start') {
      if (message !== undefined || !isJsonObject(event['message']))
        failWith('incomplete', 'events out of order');
      message = event['message'];
      // Of the answer it has written nothing yet: what it says of output now stands for no amount.
      count(message['usage']);
      told.output = undefined;
      tell({ type: 'usage', usage: usageNow() });
      return true;
    }
    if (!KNOWN.has(event['type'])) return false;
    if (message === undefined || isComplete) failWith('incomplete', 'events out of order');
    switch (event['type']) {
      case 'content_block_start':
        return start(event);
      case 'content_block_delta':
        return delta(event);
      case 'content_block_stop':
        blockOf(event).isStopped = true;
        return false;
      case 'message_delta': {
        const change = event['delta'];
        if (isJsonObject(change) && typeof change['stop_reason'] === 'string') stop = change['stop_reason'];
        count(event['usage']);
        return true;
      }
      default:
        isComplete = true;
        return true;
    }
  }

  function start(event: JsonObject): boolean {
    const { index, content_block: block } = event;
    if (typeof index !== 'number' || !isJsonObject(block) || blocks.has(index))
      failWith('incomplete', 'events out of order');
    blocks.set(index, { start: block, pieces: [], signature: '', isStopped: false });
    // Proxies put a first piece of text here.
    if (block['type'] === 'text' && typeof block['text'] === 'string' && block['text'] !== '')
      text(index, block['text']);
    return true;
  }

  function delta(event: JsonObject): boolean {
    const block = blockOf(event);
    const change = event['delta'];
    if (!isJsonObject(change)) failWith('incomplete', 'an event without content');
    const kind = typeof change['type'] === 'string' ? change['type'] : '';
    const piece = change[PIECES[kind] ?? ''];
    if (typeof change['signature'] === 'string') block.signature += change['signature'];
    if (typeof piece !== 'string' || piece === '') return kind === 'signature_delta';
    if (kind === 'text_delta') text(event['index'] as number, piece);
    else block.pieces.push(piece);
    return true;
  }

  function text(index: number, piece: string): void {
    blocks.get(index)?.pieces.push(piece);
    tell({ type: 'text', text: piece });
  }

  function blockOf(event: JsonObject): Block {
    const block = blocks.get(event['index'] as number);
    if (block === undefined || block.isStopped) failWith('incomplete', 'events out of order');
    return block;
  }

  function count(usage: JsonValue | undefined): void {
    if (!isJsonObject(usage)) return;
    told = {
      input: amount(usage['input_tokens']) ?? told.input,
      output: amount(usage['output_tokens']) ?? told.output,
      written: amount(usage['cache_creation_input_tokens']) ?? told.written,
      cached: amount(usage['cache_read_input_tokens']) ?? told.cached,
    };
  }

  function answer({ id, provider }: { id: (given: unknown) => string; provider: string }): ChatAnswer {
    if (message === undefined || !isComplete || stop === '') failWith('incomplete');
    if ([...blocks.values()].some((block) => !block.isStopped)) failWith('incomplete', 'a block without end');
    const finish = finishOf(stop);
    const inOrder = [...blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => block);
    const toolCalls: ToolCall[] = [];
    const content = inOrder.map((block): JsonObject => {
      if (block.start['type'] !== 'tool_use' || finish === 'length' || finish === 'paused')
        return written(block);
      const call = callOf(block, request, id);
      toolCalls.push(call);
      return { type: 'tool_use', id: call.id, name: call.name, input: call.arguments };
    });
    // Only what nobody else could write again needs to be kept as it is.
    const isOwn = content.some(({ type }) => type !== 'text' && type !== 'tool_use');
    return proven(
      {
        finish,
        rawFinish: stop,
        text: inOrder.flatMap(({ start: { type }, pieces }) => (type === 'text' ? pieces : [])).join(''),
        toolCalls,
        usage: usageNow(),
        model: typeof message['model'] === 'string' ? message['model'] : request.model,
        ...(isOwn &&
          finish !== 'length' && {
            opaque: { provider, model: request.model, isBound: true, data: toJson(content) },
          }),
      },
      request,
    );
  }

  return {
    take,
    answer,
    get usage() {
      return usageNow();
    },
  };
}

/** A whole message as the events that it would have been. */
export function* eventsOfMessage(message: JsonObject): Generator<JsonObject> {
  if (message['type'] !== 'message' || !Array.isArray(message['content'])) failWith('invalid-response');
  yield { type: 'message_start', message: { ...message, content: [] } };
  for (const [index, block] of (message['content'] as readonly JsonValue[]).entries()) {
    if (!isJsonObject(block)) failWith('invalid-response');
    yield { type: 'content_block_start', index, content_block: block };
    // Text came with the start already; thoughts and arguments are read from where they stand.
    yield { type: 'content_block_stop', index };
  }
  yield {
    type: 'message_delta',
    delta: { stop_reason: message['stop_reason'] ?? null },
    usage: message['usage'] ?? null,
  };
  yield { type: 'message_stop' };
}

function finishOf(stop: string): ChatAnswer['finish'] {
  switch (stop) {
    case 'end_turn':
    case 'stop_sequence':
      return 'complete';
    case 'tool_use':
      return 'tool-calls';
    case 'max_tokens':
      return 'length';
    case 'pause_turn':
      return 'paused';
    case 'model_context_window_exceeded':
      return failWith('context-too-long', stop);
    case 'refusal':
      return failWith('content-blocked', stop);
    default:
      return failWith('incomplete', shown(stop));
  }
}

function callOf(block: Block, request: ChatRequest, id: (given: unknown) => string): ToolCall {
  const { name, input } = block.start;
  if (typeof name !== 'string' || name === '' || typeof block.start['id'] !== 'string')
    failWith('malformed-tool-call', 'a call without a name or an id');
  // It starts with {} in a stream, where the arguments follow in pieces.
  const isEmpty = input === undefined || (isJsonObject(input) && Object.keys(input).length === 0);
  const given = isEmpty || block.pieces.length > 0 ? block.pieces.join('') : input;
  if (typeof given === 'string' && !isEmpty && block.pieces.length === 0)
    failWith('malformed-tool-call', 'no arguments');
  return { id: id(block.start['id']), name, arguments: toolArguments(given, name, request.tools) };
}

/** A block as Claude wrote it. */
function written({ start, pieces, signature }: Block): JsonObject {
  const text = pieces.join('');
  switch (start['type']) {
    case 'text':
      return { type: 'text', text };
    case 'thinking':
      return {
        ...start,
        thinking: text === '' ? (start['thinking'] ?? '') : text,
        signature: signature === '' ? (start['signature'] ?? '') : signature,
      };
    default:
      return text === '' ? start : { ...start, input: parsed(text) };
  }
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return {};
  }
}

/** Claude counts what it read from its cache, and what it wrote there, beside the input. */
function summed(told: {
  input?: number | undefined;
  output?: number | undefined;
  written?: number | undefined;
  cached?: number | undefined;
}): ToldUsage {
  const { input, output, written: stored = 0, cached = 0 } = told;
  return { input: input === undefined ? undefined : input + stored + cached, output, cached };
}
