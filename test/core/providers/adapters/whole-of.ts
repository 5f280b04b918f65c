import type { WireKind } from '../../../support/provider-connection';
import { json, type WireAnswer } from '../../../support/wire-server';

type Json = Record<string, unknown>;

/**
 * A recorded stream as the one document that the same answer would have been without streaming. What a cut stream is there is a
 * document that is cut; what has no equal (events out of order, unknown events) is undefined.
 */
export function wholeOf(kind: WireKind, stream: string): WireAnswer | undefined {
  const data = stream
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
  const parsed = data.flatMap((text): Json[] => {
    try {
      return [JSON.parse(text) as Json];
    } catch {
      return [];
    }
  });
  const error = parsed.find((event) => event['error'] !== undefined);
  if (error !== undefined) return json(error);
  if (kind === 'anthropic') return wholeMessage(data, parsed);
  if (kind === 'gemini') return wholeGemini(parsed);
  return wholeCompletion(parsed);
}

function cut(document: Json): WireAnswer {
  const text = JSON.stringify(document);
  // The length says that more was to come.
  return (response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': String(text.length + 40),
    });
    response.write(text.slice(0, -1), () => response.destroy());
  };
}

function wholeMessage(data: readonly string[], events: readonly Json[]): WireAnswer | undefined {
  const message = events[0]?.['message'] as Json;
  const starts = events.filter(({ type }) => type === 'content_block_start');
  const deltas = events.filter(({ type }) => type === 'content_block_delta');
  if (data.length !== events.length || deltas.some(({ index }) => starts[index as number] === undefined))
    return undefined;
  const content = starts.map((start) => {
    const block = start['content_block'] as Json;
    const pieces = deltas.filter(({ index }) => index === start['index']).map(({ delta }) => delta as Json);
    const text = pieces.map((piece) => textOf(piece['text'])).join('');
    return block['type'] === 'text' ? { ...block, text } : { ...block, input: {} };
  });
  const stop = events.find(({ type }) => type === 'message_delta')?.['delta'] as Json | undefined;
  const document = { ...message, content, stop_reason: stop?.['stop_reason'] ?? null };
  return stop === undefined ? cut(document) : json(document);
}

function wholeGemini(chunks: readonly Json[]): WireAnswer | undefined {
  const [only] = chunks;
  if (only === undefined || chunks.length > 1) return undefined;
  return JSON.stringify(only).includes('finish') || only['candidates'] === undefined ? json(only) : cut(only);
}

function wholeCompletion(chunks: readonly Json[]): WireAnswer {
  const choices = chunks.map(({ choices: list }) => (list as Json[])[0] as Json);
  const deltas = choices.map(({ delta }) => delta as Json);
  const join = (key: string) => deltas.map((delta) => textOf(delta[key])).join('');
  const reason = choices.map((choice) => choice['finish_reason']).find((word) => typeof word === 'string');
  const calls = deltas.flatMap((delta) => (delta['tool_calls'] as Json[] | undefined) ?? []);
  const message = {
    role: 'assistant',
    content: join('content') || null,
    refusal: join('refusal') || null,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  const document = {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-x',
    choices: [{ index: 0, message, finish_reason: reason ?? null }],
  };
  return reason === undefined ? cut(document) : json(document);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
