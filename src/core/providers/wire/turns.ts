import type { ModelRef } from '../../model/model-call';
import { isOf, type ChatMessage, type ToolCall, type ToolResult } from '../provider';
import type { JsonValue } from '../../base/json';

/** A conversation as Anthropic and Gemini take it: the two sides in turn, tool results counted as the user's. */
export type Turn =
  | { readonly side: 'user'; readonly results: readonly ToolResult[]; readonly text: string }
  | {
      readonly side: 'assistant';
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      /** What this model itself wrote, as it wrote it. */
      readonly own?: JsonValue;
    };

/** Messages of one side that follow each other become one; what says nothing is left out. */
export function turnsOf(messages: readonly ChatMessage[], reader: ModelRef): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const turn = turnOf(message, reader);
    const before = turns.at(-1);
    if (turn === undefined) continue;
    if (before?.side === 'user' && turn.side === 'user')
      turns[turns.length - 1] = {
        side: 'user',
        results: [...before.results, ...turn.results],
        text: joined(before.text, turn.text),
      };
    else if (
      before?.side === 'assistant' &&
      turn.side === 'assistant' &&
      before.own === undefined &&
      turn.own === undefined
    )
      turns[turns.length - 1] = {
        side: 'assistant',
        text: joined(before.text, turn.text),
        toolCalls: [...before.toolCalls, ...turn.toolCalls],
      };
    else turns.push(turn);
  }
  return turns;
}

function turnOf(message: ChatMessage, reader: ModelRef): Turn | undefined {
  switch (message.role) {
    case 'user':
      return message.text.trim() === '' ? undefined : { side: 'user', results: [], text: message.text };
    case 'tool':
      return message.results.length === 0 ? undefined : { side: 'user', results: message.results, text: '' };
    case 'assistant': {
      const { text, toolCalls, opaque } = message;
      const own = opaque !== undefined && isOf(opaque, reader) ? opaque.data : undefined;
      if (own !== undefined) return { side: 'assistant', text, toolCalls, own };
      return text.trim() === '' && toolCalls.length === 0
        ? undefined
        : { side: 'assistant', text, toolCalls };
    }
    default:
      return message satisfies never;
  }
}

function joined(before: string, after: string): string {
  return before === '' ? after : after === '' ? before : `${before}\n\n${after}`;
}
