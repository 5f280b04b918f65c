/*
 * Thoughts that a model signed over everything before them. Their vendor refuses a whole request for one of them once a message
 * before it, or a tool that was offered, is another; those from the first change on are left out then, and what was said stays.
 */
import type { Sha256 } from '../../model/ids';
import type { ChatAnswer, ChatMessage, Opaque } from '../../providers/provider';

/** The answer with a note of the tools that were offered when its thoughts were signed. `tools` is asked only where it matters. */
export function boundTo(answer: ChatAnswer, tools: () => Sha256): ChatAnswer {
  const { opaque } = answer;
  return opaque?.isBound === true ? { ...answer, opaque: { ...opaque, tools: tools() } } : answer;
}

/** The clean answer without thoughts of which something had to be hidden: changed ones are no longer what was signed. */
export function withUntouchedThoughts(clean: ChatAnswer, told: ChatAnswer): ChatAnswer {
  if (clean.opaque === undefined || JSON.stringify(clean.opaque) === JSON.stringify(told.opaque))
    return clean;
  return withoutOpaque(clean);
}

/** The messages as they may be sent with these tools: a conversation may go on after a restart, when other tools are there. */
export function withThoughtsUnder(
  messages: readonly ChatMessage[],
  tools: () => Sha256,
): readonly ChatMessage[] {
  let now: Sha256 | undefined;
  return mapped(messages, (opaque) => opaque.tools !== (now ??= tools()));
}

/** The messages without bound thoughts after the place where something was changed. */
export function withoutThoughtsAfter(
  place: number,
  messages: readonly ChatMessage[],
): readonly ChatMessage[] {
  return mapped(messages, (_opaque, at) => at > place);
}

function mapped(
  messages: readonly ChatMessage[],
  isLost: (opaque: Opaque, at: number) => boolean,
): readonly ChatMessage[] {
  return messages.map((message, at) => {
    if (message.role !== 'assistant' || message.opaque?.isBound !== true) return message;
    return isLost(message.opaque, at) ? withoutOpaque(message) : message;
  });
}

function withoutOpaque<T extends { readonly opaque?: Opaque }>(value: T): T {
  const rest = { ...value };
  delete (rest as { opaque?: Opaque }).opaque;
  return rest;
}
