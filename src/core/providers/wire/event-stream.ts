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
 * Reads the events of a text stream piece by piece, however the pieces are cut. Faults are thrown by the generators, after the
 * events that came before them.
 */
export class EventReader {
  private name = '';
  private data: string[] = [];
  private dataLength = 0;
  /** The beginning of a line whose end has not come. Joined once, so that a long line costs what it is long. */
  private parts: string[] = [];
  private partsLength = 0;
  private isAfterReturn = false;

  /** The events that end in this piece. Lines end with "\n", "\r\n" or "\r", also where a pair is split over two pieces. */
  *take(text: string): Generator<WireEvent, void> {
    if (text === '') return;
    let start = this.isAfterReturn && text.startsWith('\n') ? 1 : 0;
    this.isAfterReturn = text.endsWith('\r');
    const ends = text.includes('\r') ? /\r\n|\r|\n/g : undefined;
    for (;;) {
      const end = ends === undefined ? feedAt(text, start) : endAt(text, start, ends);
      if (end === undefined) break;
      const line = text.slice(start, end.at);
      start = end.next;
      const event = this.line(this.parts.length === 0 ? line : this.whole(line));
      if (event !== undefined) yield event;
    }
    if (start === text.length) return;
    this.parts.push(start === 0 ? text : text.slice(start));
    this.partsLength += text.length - start;
    if (this.partsLength > LONGEST_EVENT) failWith('invalid-response', 'a line without end');
  }

  /** What stands at the end without the closing empty line counts if its JSON is whole: an object that was cut never is. */
  *end(): Generator<WireEvent, void> {
    if (this.parts.length > 0) this.line(this.whole(''));
    const event = this.dispatch();
    if (event !== undefined) yield event;
  }

  private whole(end: string): string {
    const line = this.parts.join('') + end;
    this.parts = [];
    this.partsLength = 0;
    return line;
  }

  private line(line: string): WireEvent | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') return undefined;
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') {
      this.name = value;
      return undefined;
    }
    this.dataLength += value.length;
    if (this.dataLength > LONGEST_EVENT) failWith('invalid-response', 'an event without end');
    this.data.push(value);
    return undefined;
  }

  private dispatch(): WireEvent | undefined {
    const { name, data } = this;
    this.name = '';
    if (data.length === 0) return undefined;
    this.data = [];
    this.dataLength = 0;
    return parseEvent(name, data.length === 1 ? (data[0] ?? '') : data.join('\n'));
  }
}

/** One event as text, under the name given. JSON may hold two line ends that are none in an event, but that a pattern's dot does not match. */
export function writeEvent({ data, line }: WireEvent, name: string): string {
  if (data === undefined) return 'data: [DONE]\n\n';
  let json = line ?? JSON.stringify(data);
  if (json.includes('\u2028')) json = json.replaceAll('\u2028', '\\u2028');
  if (json.includes('\u2029')) json = json.replaceAll('\u2029', '\\u2029');
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

interface LineEnd {
  readonly at: number;
  /** Where the next line begins. */
  readonly next: number;
}

function feedAt(text: string, from: number): LineEnd | undefined {
  const at = text.indexOf('\n', from);
  return at < 0 ? undefined : { at, next: at + 1 };
}

function endAt(text: string, from: number, ends: RegExp): LineEnd | undefined {
  ends.lastIndex = from;
  const match = ends.exec(text);
  return match === null ? undefined : { at: match.index, next: ends.lastIndex };
}
