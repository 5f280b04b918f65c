import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { ToolOutcome } from '../tool';
import { cut, plainText } from '../web/plain-text';
import { isNestedBeyond } from './nesting';
import { serverLine } from './server-words';

const MOST_PARTS = 1_000;
const DEEPEST = 64;

/** An answer of a server as a result: its words within `bytes`, and of all else only what it is and how large. */
export function readAnswer(answer: JsonObject, bytes: number): ToolOutcome {
  const parts = listOf(answer['content']);
  const structured = answer['structuredContent'];
  const hasStructure = isJsonObject(structured) && !isNestedBeyond(structured, DEEPEST);
  const texts = parts.slice(0, MOST_PARTS).map(partText);
  if (parts.length > MOST_PARTS) texts.push(`[${parts.length - MOST_PARTS} more parts are left out]`);
  if (hasStructure && !parts.some((part) => isJsonObject(part) && part['type'] === 'text'))
    texts.push(JSON.stringify(structured));
  if (!Array.isArray(answer['content']) && !hasStructure)
    return { text: 'The server answered with nothing that can be read.', isError: true, isForeign: true };
  const text = withinBytes(plainText(texts.join('\n')), bytes);
  return {
    text: text === '' ? 'Done. The server said nothing.' : text,
    isError: answer['isError'] === true,
    ...(hasStructure && JSON.stringify(structured).length <= bytes && { data: structured }),
    isForeign: true,
  };
}

function partText(part: JsonValue): string {
  if (!isJsonObject(part)) return '[something that cannot be read]';
  const { type, text, data, resource } = part;
  switch (type) {
    case 'text':
      return typeof text === 'string' ? text : '';
    case 'image':
    case 'audio':
      return notSent(type, part['mimeType'], data);
    case 'resource_link':
      return `[a link to ${said(part['uri'])}: ${said(part['name'])}]`;
    case 'resource': {
      const held = isJsonObject(resource) ? resource : {};
      return typeof held['text'] === 'string'
        ? `[${said(held['uri'])}]\n${held['text']}`
        : `[${said(held['uri'])}]\n${notSent('file', held['mimeType'], held['blob'])}`;
    }
    default:
      return `[something of the kind ${said(type)}, which is not sent on]`;
  }
}

/** What is no text is told and not sent on. */
function notSent(kind: string, mediaType: JsonValue | undefined, base64: JsonValue | undefined): string {
  const size = typeof base64 === 'string' ? Math.floor((base64.length * 3) / 4) : 0;
  return `[${kind}: ${said(mediaType)}, about ${size} bytes, not sent on]`;
}

function said(value: JsonValue | undefined): string {
  return typeof value === 'string' ? serverLine(value, 200) : 'unknown';
}

function withinBytes(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  if (read === text.length) return text;
  const note = '\n[the rest is left out]';
  return `${cut(text, Math.max(1, read - note.length - 3))}${note}`;
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
