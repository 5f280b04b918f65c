import type { ModelRef } from '../../model/model-call';
import { isOf, type ChatMessage, type ChatRequest, type ToolCall } from '../provider';
import type { Candidate } from './routable';

/**
 * The request as one candidate can take it. A conversation that another model took part in keeps what was said and done, and
 * loses what only that one understands; ids of tool calls become such that every vendor takes them, the same in call and result.
 */
export function requestFor(candidate: Candidate, request: Omit<ChatRequest, 'model'>): ChatRequest {
  const { ref, facts } = candidate;
  const { system, tools, output, temperature, toolChoice } = request;
  const canForce = facts?.abilities.forcedTools !== false;
  const maxOutputTokens = Math.min(request.maxOutputTokens, facts?.maxOutput ?? Number.POSITIVE_INFINITY);
  return {
    model: ref.model,
    messages: translateMessages(request.messages, ref),
    tools,
    maxOutputTokens,
    ...(system !== undefined && { system }),
    ...(output !== undefined && { output }),
    // Offered, where they cannot be forced: the agent sees for itself whether one was used.
    ...(toolChoice !== undefined && {
      toolChoice: toolChoice === 'required' && !canForce ? 'auto' : toolChoice,
    }),
    ...(temperature !== undefined && facts?.abilities.temperature !== false && { temperature }),
  };
}

/** Exported for its tests. `reader` is the model that will read them. */
export function translateMessages(
  messages: readonly ChatMessage[],
  reader: ModelRef,
): readonly ChatMessage[] {
  if (isReadable(messages, reader)) return messages;
  const ids = new Map<string, string>();
  const translated = messages.flatMap((message): readonly ChatMessage[] => {
    switch (message.role) {
      case 'user':
        return [message];
      case 'assistant':
        return fromAssistant(message, reader, ids);
      case 'tool':
        return [
          {
            ...message,
            results: message.results.map((result) => ({ ...result, id: ids.get(result.id) ?? result.id })),
          },
        ];
      default:
        return message satisfies never;
    }
  });
  return alternating(translated, messages.at(-1));
}

/** Nothing in it is to be translated: the usual conversation, which is then passed on as it is. */
function isReadable(messages: readonly ChatMessage[], reader: ModelRef): boolean {
  let before: ChatMessage['role'] | undefined;
  for (const message of messages) {
    if (message.role === before && before !== 'tool') return false;
    if (message.role === 'assistant') {
      const { opaque, text, toolCalls } = message;
      if (opaque !== undefined && !isOf(opaque, reader)) return false;
      if (opaque === undefined) {
        if (toolCalls.length === 0 && text.trim() === '') return false;
        for (const { id } of toolCalls) if (!PORTABLE_ID.test(id)) return false;
      }
    }
    before = message.role;
  }
  return true;
}

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

function fromAssistant(
  message: AssistantMessage,
  reader: ModelRef,
  ids: Map<string, string>,
): readonly AssistantMessage[] {
  // Its own words come back to it as it wrote them: what it signed names its calls by their ids.
  if (message.opaque !== undefined && isOf(message.opaque, reader)) return [message];
  const { role, text } = message;
  const toolCalls = message.toolCalls.map((call) => withPortableId(call, ids));
  return text.trim() === '' && toolCalls.length === 0 ? [] : [{ role, text, toolCalls }];
}

/** Anthropic takes letters, digits, underscores and hyphens; OpenAI at most 40 of them. */
const PORTABLE_ID = /^[A-Za-z0-9_-]{1,40}$/;

function withPortableId(call: ToolCall, ids: Map<string, string>): ToolCall {
  if (PORTABLE_ID.test(call.id)) return call;
  const id = `call_${ids.size + 1}_${call.id.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 24)}`;
  ids.set(call.id, id);
  return { ...call, id };
}

/** What was left empty may leave two messages of the user in a row, or an answer that was paused at the end. */
function alternating(
  messages: readonly ChatMessage[],
  lastBefore: ChatMessage | undefined,
): readonly ChatMessage[] {
  const merged: ChatMessage[] = [];
  for (const message of messages) {
    const before = merged.at(-1);
    if (message.role === 'user' && before?.role === 'user')
      merged[merged.length - 1] = { role: 'user', text: `${before.text}\n\n${message.text}` };
    else if (message.role === 'assistant' && before?.role === 'assistant')
      merged[merged.length - 1] = {
        ...message,
        text: before.text + message.text,
        toolCalls: [...before.toolCalls, ...message.toolCalls],
      };
    else merged.push(message);
  }
  const last = merged.at(-1);
  const isForeignPause =
    lastBefore?.role === 'assistant' &&
    lastBefore.opaque !== undefined &&
    last?.role === 'assistant' &&
    last.opaque === undefined;
  // Many models refuse a conversation that ends with their own words.
  return isForeignPause ? [...merged, { role: 'user', text: 'Go on where the answer stopped.' }] : merged;
}
