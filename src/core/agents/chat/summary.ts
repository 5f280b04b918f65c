import { isJsonObject, type JsonValue } from '../../base/json';

const LONGEST = 160;

/** The first sentence of a text, for lists: without the signs of Markdown, at most 160 characters. */
export function firstSentence(text: string): string {
  const lines = text.split('\n').filter((line) => /\p{L}|\p{N}/u.test(line));
  // A heading says what it is about, not what came out.
  const line = plain(lines.find((candidate) => !/^\s*(?:#|```)/.test(candidate)) ?? lines[0] ?? '');
  const sentence = /^.*?[.!?](?=\s|$)/u.exec(line)?.[0] ?? line;
  return shortened(sentence) || 'An answer without words.';
}

/** Of a JSON document: its own summary, else what it holds. */
export function summaryOf(value: JsonValue): string {
  if (isJsonObject(value)) {
    if (typeof value['summary'] === 'string' && value['summary'].trim() !== '')
      return firstSentence(value['summary']);
    const names = Object.keys(value);
    return shortened(names.length === 0 ? 'An empty object.' : `Answered: ${names.join(', ')}.`);
  }
  if (Array.isArray(value)) return `${value.length} ${value.length === 1 ? 'item' : 'items'}.`;
  return shortened(JSON.stringify(value));
}

function plain(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\d+[.)])\s+/, '')
    .replace(/[*_`]{1,3}(\S(?:.*?\S)?)[*_`]{1,3}/g, '$1')
    .trim();
}

function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const cut = text.slice(0, LONGEST - 1);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > LONGEST / 2 ? space : LONGEST - 1)}…`.replace(/[\ud800-\udbff]…$/, '…');
}
