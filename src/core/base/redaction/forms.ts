/* The forms in which a secret is met in texts and files. Each gives the texts to look for. */

/** The nine ways in which a value is written down. */
export const FORMS = [
  'raw',
  'json',
  'percent',
  'form',
  'base64',
  'base64url',
  'hex',
  'html',
  'utf-16',
] as const;
export type Form = (typeof FORMS)[number];

export interface WrittenForms {
  /** raw, json, percent, form, html. */
  readonly plain: readonly string[];
  /** base64 and base64url: all that a secret decides of them, wherever in a longer text it begins. */
  readonly base64: readonly string[];
  /** Lower case. */
  readonly hex: readonly string[];
  /** One byte zero between two signs, as UTF-16 text looks when it is read byte by byte. */
  readonly utf16: readonly string[];
}

export function writtenForms(value: string): WrittenForms {
  const bytes = new TextEncoder().encode(value);
  const wide = utf16Bytes(value);
  return {
    plain: distinct([value, ...jsonForms(value), ...percentForms(bytes), ...htmlForms(value)]),
    base64: distinct([...base64Forms(bytes), ...base64Forms(wide)]),
    hex: distinct([hexOf(bytes), hexOf(wide)]),
    utf16: distinct([[...value].join('\u0000'), ...readAsText(wide), ...readAsText(swapped(wide))]),
  };
}

/** As bytes, one sign for each: for files that are no text. */
export function byteForms(value: string): readonly string[] {
  const { plain } = writtenForms(value);
  const encoder = new TextEncoder();
  const wide = utf16Bytes(value);
  return distinct([
    ...plain.map((text) => signs(encoder.encode(text))),
    [...signs(encoder.encode(value))].join('\u0000'),
    signs(wide),
    signs(swapped(wide)),
  ]);
}

/** As `JSON.stringify` writes it, also twice, with escaped slashes, and with everything beyond ASCII escaped. */
function jsonForms(value: string): string[] {
  const once = quoted(value);
  const ascii = (upper: boolean) => escaped(once, upper, (code) => code > 126);
  const all = (upper: boolean) => escaped(value, upper, () => true);
  return [
    once,
    quoted(once),
    once.replaceAll('/', '\\/'),
    quoted(once.replaceAll('/', '\\/')),
    // Some writers keep these signs out of JSON that may end up in a page.
    ...[false, true].map((upper) =>
      escaped(once, upper, (code) => '<>&\'"+`='.includes(String.fromCharCode(code))),
    ),
    ...[false, true].map((upper) =>
      escaped(once, upper, (code) => '<>&'.includes(String.fromCharCode(code))),
    ),
    ascii(false),
    ascii(true),
    quoted(ascii(false)),
    all(false),
    all(true),
  ];
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escaped(text: string, upper: boolean, isEscaped: (code: number) => boolean): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digits = code.toString(16).padStart(4, '0');
    result += isEscaped(code) ? `\\u${upper ? digits.toUpperCase() : digits}` : (text[at] ?? '');
  }
  return result;
}

const WORD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** What is left as it is: by encodeURIComponent, by the standard for URIs, with slashes, by encodeURI, and nothing at all. */
const UNTOUCHED = [`${WORD}-_.!~*'()`, `${WORD}-_.~`, `${WORD}-_.~/`, `${WORD}-_.!~*'();/?:@&=+$,#`, ''];
/** Of a form's fields: a space becomes a plus. */
const FORM_UNTOUCHED = [`${WORD}*-._`, `${WORD}-_.~`, `${WORD}-_.!~*'()`];

function percentForms(bytes: Uint8Array): string[] {
  const percents = UNTOUCHED.map((untouched) => percent(bytes, untouched, false));
  const forms = FORM_UNTOUCHED.map((untouched) => percent(bytes, untouched, true));
  const upper = [...percents, ...forms];
  return [...upper, ...upper.map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

function percent(bytes: Uint8Array, untouched: string, isForm: boolean): string {
  let text = '';
  for (const byte of bytes) {
    const sign = String.fromCharCode(byte);
    if (untouched.includes(sign)) text += sign;
    else if (isForm && sign === ' ') text += '+';
    else text += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

const MARKS = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** As the escaping functions in use write it: they differ in quotes and in what else they take for dangerous. */
const ENTITIES: readonly Readonly<Record<string, string>>[] = [
  MARKS,
  { ...MARKS, '"': '&quot;' },
  ...['&#39;', '&#039;', '&#x27;', '&apos;'].map((apostrophe) => ({
    ...MARKS,
    '"': '&quot;',
    "'": apostrophe,
  })),
  { ...MARKS, '"': '&#34;', "'": '&#39;' },
  { ...MARKS, '"': '&quot;', "'": '&#39;', '/': '&#x2F;', '`': '&#x60;', '=': '&#x3D;' },
  { ...MARKS, '"': '&quot;', "'": '&#x27;', '/': '&#x2F;' },
  { ...MARKS, '"': '&quot;', "'": '&#39;', '+': '&#43;' },
];

function htmlForms(value: string): string[] {
  const signsOf = [...value];
  const byTable = ENTITIES.map((table) => signsOf.map((sign) => table[sign] ?? sign).join(''));
  const beyond = (text: string) =>
    text.replace(/[^\u0000-\u007e]/gu, (sign) => `&#${sign.codePointAt(0) ?? 0};`);
  const code = (sign: string) => sign.codePointAt(0) ?? 0;
  return [
    ...byTable,
    ...byTable.map(beyond),
    signsOf.map((sign) => `&#${code(sign)};`).join(''),
    signsOf.map((sign) => `&#x${code(sign).toString(16)};`).join(''),
    signsOf.map((sign) => `&#x${code(sign).toString(16).toUpperCase()};`).join(''),
  ];
}

/** For each of the three places at which a value can begin inside of longer base64: the signs that it alone decides. */
function base64Forms(bytes: Uint8Array): string[] {
  const plain = [0, 1, 2].map((before) => {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const first = Math.ceil((8 * before) / 6);
    const last = Math.floor((8 * (before + bytes.length)) / 6);
    return btoa(signs(padded)).slice(first, last);
  });
  return [...plain, ...plain.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Little-endian. */
function utf16Bytes(value: string): Uint8Array {
  const bytes = new Uint8Array(value.length * 2);
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    bytes[at * 2] = code & 0xff;
    bytes[at * 2 + 1] = code >> 8;
  }
  return bytes;
}

/** Big-endian from little-endian. */
function swapped(wide: Uint8Array): Uint8Array {
  return wide.map((_byte, at) => wide[at ^ 1] ?? 0);
}

/** UTF-16 of other scripts may happen to be UTF-8 as well; then it is read as that. */
function readAsText(bytes: Uint8Array): readonly string[] {
  try {
    return [new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)];
  } catch {
    return [];
  }
}

const AT_ONCE = 8_192;

/** One sign for each byte. */
export function signs(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE)
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  return text;
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
