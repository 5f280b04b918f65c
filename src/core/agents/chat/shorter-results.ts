import type { ChatMessage } from '../../providers/provider';
import { withoutThoughtsAfter } from './bound-thoughts';
import { clipped } from './fenced-data';

/** Characters that are left of a result. */
const OLDER = 1_000;
const ANY = 4_000;

/**
 * The same conversation with less of what tools gave: first of all turns but the last, else of all. Undefined when nothing can be left
 * out. Equal conversations give equal ones. Thoughts that were signed over what is shorter now go as well.
 */
export function shorterResults(messages: readonly ChatMessage[]): readonly ChatMessage[] | undefined {
  const last = messages.findLastIndex(({ role }) => role === 'tool');
  return (
    shortened(messages, (at) => (at < last ? OLDER : Infinity)) ??
    shortened(messages, (at) => (at < last ? OLDER : ANY))
  );
}

/** Characters of all results together. */
export function lengthOfResults(messages: readonly ChatMessage[]): number {
  let length = 0;
  for (const message of messages)
    if (message.role === 'tool') for (const { text } of message.results) length += text.length;
  return length;
}

function shortened(
  messages: readonly ChatMessage[],
  limitAt: (at: number) => number,
): readonly ChatMessage[] | undefined {
  let first = Infinity;
  const shorter = messages.map((message, at): ChatMessage => {
    if (message.role !== 'tool') return message;
    const results = message.results.map((result) => {
      const text = cut(result.text, limitAt(at));
      if (text.length < result.text.length) first = Math.min(first, at);
      return text.length < result.text.length ? { ...result, text } : result;
    });
    return { role: 'tool', results };
  });
  return first === Infinity ? undefined : withoutThoughtsAfter(first, shorter);
}

/** What stands between marks keeps both of them. */
function cut(text: string, most: number): string {
  const fence = /^(<(data-[0-9a-f]+) [^\n]*>\n)([^]*)(\n<\/\2>)$/.exec(text);
  if (fence === null) return clipped(text, most);
  const [, opening = '', , inner = '', closing = ''] = fence;
  return `${opening}${clipped(inner, most)}${closing}`;
}
