/*
 * Server-sent events, read strictly and written again in the one form that every vendor's package reads alike. The packages
 * themselves end silently where a stream is cut, skip what they do not know and differ about line ends, marks at the beginning and
 * spaces; so what reaches them is only whole events with whole JSON.
 */
import { isJsonObject, type JsonObject } from '../../base/json';
import { failWith } from './fault';

/** Characters of one event. No vendor's is near it; without a bound a server could fill the memory. */
const LONGEST_EVENT = 32_000_000;

export interface WireEvent {
  readonly name: string;
  /** undefined: the mark "[DONE]" that ends a stream of OpenAI's kind. */
  readonly data: JsonObject | undefined;
  /** The data as it stood there, where that was one line. */
  readonly line?: string;
}

/**
 * The events of a text stream. What stands at its end without the closing empty line counts if its JSON is whole: an object that was
 * cut is never whole JSON.
 */
export async function* eventsOf(texts: AsyncIterable<string>): AsyncGenerator<WireEvent, void> {
  let name = '';
  let data: string[] = [];
  let length = 0;
  const dispatch = (): WireEvent | undefined => {
    const event = data.length === 0 ? undefined : parseEvent(name, data.join('\n'));
    name = '';
    data = [];
    length = 0;
    return event;
  };
  for await (const line of linesOf(texts)) {
    if (line === '') {
      const event = dispatch();
      if (event !== undefined) yield event;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') name = value;
    if (field !== 'data') continue;
    length += value.length;
    if (length > LONGEST_EVENT) failWith('invalid-response', 'an event without end');
    data.push(value);
  }
  const last = dispatch();
  if (last !== undefined) yield last;
}

/** One event as text. JSON may hold two line ends that are none in an event, but that a pattern's dot does not match. */
export function writeEvent({ name, data, line }: WireEvent): string {
  if (data === undefined) return 'data: [DONE]\n\n';
  const json = (line ?? JSON.stringify(data)).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return `${name === '' ? '' : `event: ${name}\n`}data: ${json}\n\n`;
}

function parseEvent(name: string, text: string): WireEvent | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (trimmed === '[DONE]') return { name, data: undefined };
  let data: unknown;
  try {
    data = JSON.parse(trimmed);
  } catch {
    failWith('incomplete', 'an event that is not JSON');
  }
  if (!isJsonObject(data)) failWith('incomplete', 'an event that is not an object');
  return trimmed.includes('\n') ? { name, data } : { name, data, line: trimmed };
}

/** Lines without their ends: "\n", "\r\n" or "\r", also where a pair is split over two pieces. */
async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  let afterReturn = false;
  for await (const text of texts) {
    let start = 0;
    for (const match of text.matchAll(/\r\n|\r|\n/g)) {
      const isSecondHalf = afterReturn && match.index === 0 && match[0] === '\n';
      if (!isSecondHalf) {
        parts.push(text.slice(start, match.index));
        yield parts.join('');
      }
      parts = [];
      length = 0;
      start = match.index + match[0].length;
    }
    if (text !== '') afterReturn = text.endsWith('\r');
    // Gathered in pieces and joined once, so that a long line costs what it is long.
    if (start < text.length) parts.push(text.slice(start));
    length += text.length - start;
    if (length > LONGEST_EVENT) failWith('invalid-response', 'a line without end');
  }
  if (parts.length > 0) yield parts.join('');
}
