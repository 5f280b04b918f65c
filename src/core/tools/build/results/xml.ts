export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** Of this element alone, its parts joined. */
  text: string;
}

const MOST_ELEMENTS = 200_000;
const DEEPEST = 50;

/**
 * The elements of a small XML document; undefined when it is not well formed. Knows the five named entities and those by
 * number; nothing outside of the text is ever read, and a document type of its own is refused.
 */
export function readXml(text: string): XmlElement | undefined {
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    const top = open.at(-1);
    if (top !== undefined) top.text += unescapeXml(text.slice(at, end));
    if (next < 0) break;
    if (text.startsWith('<!--', next)) at = after(text, '-->', next);
    else if (text.startsWith('<![CDATA[', next)) {
      at = after(text, ']]>', next);
      if (top !== undefined) top.text += text.slice(next + 9, Math.max(next + 9, at - 3));
    } else if (text.startsWith('<?', next)) at = after(text, '?>', next);
    else if (text.startsWith('<!', next)) return undefined;
    else {
      const close = endOfTag(text, next);
      if (close < 0) return undefined;
      const tag = text.slice(next + 1, close);
      at = close + 1;
      if (tag.startsWith('/')) {
        if (open.pop()?.name !== tag.slice(1).trim()) return undefined;
        continue;
      }
      const element = readTag(tag);
      if (element === undefined || ++count > MOST_ELEMENTS || open.length >= DEEPEST) return undefined;
      if (top !== undefined) top.children.push(element);
      else if (root !== undefined) return undefined;
      else root = element;
      if (!tag.endsWith('/')) open.push(element);
    }
  }
  return open.length === 0 ? root : undefined;
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

/** A ">" between quotes ends nothing. */
function endOfTag(text: string, from: number): number {
  let quote = '';
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at;
  }
  return -1;
}

function readTag(tag: string): XmlElement | undefined {
  const name = /^[A-Za-z_][\w:.-]*/.exec(tag)?.[0];
  if (name === undefined) return undefined;
  const attributes = new Map<string, string>();
  for (const match of tag.slice(name.length).matchAll(/([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes.set(match[1] ?? '', unescapeXml(match[2] ?? match[3] ?? ''));
  }
  return { name, attributes, children: [], text: '' };
}

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function unescapeXml(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]{1,6}|[a-z]{2,4});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return entities.get(name) ?? whole;
    const code = name.startsWith('#x') ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return Number.isNaN(code) || code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}
