/*
 * owns: the values that may be shown nowhere, and texts, JSON, files and streams without them.
 * does not own: where that is needed (each sink), and where the values come from.
 * must stay true: no form of a known value comes through; what holds none comes through as it is; twice is the same as once;
 * the values are found in no field that a debugger or a log prints.
 */
import { signs } from './redaction/forms';
import { merged, SecretSearch, type Hidden, type KnownSecret, type Spotted } from './redaction/secret-search';

/** Shorter values stand in too many innocent texts to be hidden wherever they occur. */
export const SHORTEST_SECRET = 6;
/** Each line of a value of many lines counts by itself, if it is so long: programs print keys line by line. */
const SHORTEST_LINE = 16;

/**
 * Hides values wherever they stand, in nine forms: as they are, escaped as in JSON, percent-encoded, as in a form, in base64 and
 * base64url (also inside of longer ones, and wrapped), in hex, as HTML, and as UTF-16. In their place stands `[hidden: NAME]`.
 * Not found: what a program has compressed, encrypted or encoded twice.
 */
export interface Redactor {
  /** False when the value is shorter than `SHORTEST_SECRET` and therefore cannot be hidden. */
  add(secret: string, name: string): boolean;
  text(text: string): string;
  /** A text that is one JSON document stays one, also where a value stood without quotes. */
  document(text: string): string;
  /** Keys and values at every depth. The value itself when it holds nothing to hide. */
  json<T>(value: T): T;
  /** Files of text are read as text; in others the value's bytes are overwritten, so that nothing in them moves. */
  bytes(data: Uint8Array): Uint8Array;
  /** An error of the same class with clean words, itself when it was clean; a thrown value of another kind as `json`. */
  error<T>(error: T): T;
  /** For a text that comes in pieces: holds back no more than what may be the beginning of a value. */
  stream(): RedactingStream;
  /** The end of a longer text may begin inside of a value: the text without that. */
  tail(text: string): string;
}

export interface RedactingStream {
  /** What can be shown by now. */
  push(chunk: string): string;
  /** What was held back. */
  end(): string;
}

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  // In this closure, and in private fields below it: nothing that prints objects finds them.
  const secrets: KnownSecret[] = [];
  let search: SecretSearch | undefined;

  const current = (): SecretSearch | undefined => {
    if (search === undefined && secrets.length > 0) search = new SecretSearch(secrets);
    return search;
  };

  const text = (given: string): string => {
    const known = current();
    if (known === undefined) return given;
    // One that was cut may hold the beginning of a value, however short it is.
    if (given.length < known.shortest && !/…|\.\.\.$/.test(given)) return given;
    return replaced(given, known.inText(given));
  };

  const json = <T>(value: T): T => (current() === undefined ? value : (walk(value, text) as T));

  const error = <T>(given: T): T => {
    if (current() === undefined) return given;
    return given instanceof Error ? (cleanError(given, text, json, 0) as T) : json(given);
  };

  return {
    add(secret, name) {
      const known = new Set(secrets.map(({ value }) => value));
      const placeholder = placeholderFor(name);
      const values = parts(secret).filter((value) => !known.has(value));
      if (values.length > 0) search = undefined;
      for (const value of values) secrets.push({ value, placeholder });
      return secret.trim().length >= SHORTEST_SECRET;
    },
    text,
    json,
    error,
    document(given) {
      const clean = text(given);
      const parsed = /^\s*[[{]/.test(given) ? parseJson(given) : undefined;
      if (parsed === undefined || current() === undefined) return clean;
      const fromText = clean === given ? parsed : parseJson(clean);
      const value = json(fromText ?? parsed);
      return value === fromText ? clean : JSON.stringify(value);
    },
    bytes(data) {
      const known = current();
      if (known === undefined || data.length < known.shortest) return data;
      const given = decoded(data);
      if (given !== undefined) {
        const clean = text(given);
        return clean === given ? data : new TextEncoder().encode(clean);
      }
      const hidden = known.inBytes(signs(data));
      if (hidden.length === 0) return data;
      const clean = data.slice();
      for (const { start, end } of hidden) clean.fill(STAR, start, end);
      return clean;
    },
    stream: () => createStream(current),
    tail(given) {
      const known = current();
      if (known === undefined) return given;
      const line = given.indexOf('\n');
      return given.slice(line >= 0 && line < 2 * known.longest ? line + 1 : known.longest);
    },
  };
}

const STAR = 42;

/** What stands in the place of a value: plain letters only, so that no text, JSON or page breaks by it. */
export function placeholderFor(name: string): string {
  return `[hidden: ${name.replace(/[^A-Za-z0-9_.-]/g, '_')}]`;
}

const PLACEHOLDER = /\[hidden: [A-Za-z0-9_.-]+\]/g;

/** What stands in a text in the place of hidden values. */
export function placeholdersIn(text: string): readonly string[] {
  return text.match(PLACEHOLDER) ?? [];
}

/** A value as it may be met: whole, without the white space around it, and line by line. */
function parts(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const keys =
    lines.length < 2 ? [] : lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
  return [...new Set([secret, secret.trim(), ...keys])].filter(
    (part) => part.trim().length >= SHORTEST_SECRET,
  );
}

function replaced(text: string, hidden: readonly Hidden[]): string {
  if (hidden.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, by } of hidden) {
    pieces.push(text.slice(at, start), by);
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

function walk(value: unknown, text: (given: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') {
    const written = String(value);
    const clean = text(written);
    return clean === written ? value : clean;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => walk(item, text));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  const entries = Object.entries(value);
  const clean = entries.map(([key, inner]) => [text(key), walk(inner, text)] as const);
  if (clean.every(([key, inner], at) => key === entries[at]?.[0] && inner === entries[at][1])) return value;
  const taken = new Map<string, unknown>();
  for (const [key, inner] of clean) {
    let free = key;
    // Two keys may have held the same value in two forms.
    for (let count = 2; taken.has(free); count++) free = `${key} ${count}`;
    taken.set(free, inner);
  }
  return Object.fromEntries(taken);
}

const DEEPEST_CAUSE = 10;

/** The same error when it is clean; else a copy with its words and plain fields: what clients hang on their errors stays behind. */
function cleanError(
  error: Error,
  text: (given: string) => string,
  json: <T>(value: T) => T,
  depth: number,
): Error {
  const copy = Object.create(Object.getPrototypeOf(error) as object) as Error;
  let isSame = true;
  const define = (name: string, given: unknown, clean: unknown, enumerable: boolean) => {
    if (given !== clean) isSame = false;
    if (given !== undefined)
      Object.defineProperty(copy, name, { value: clean, enumerable, writable: true, configurable: true });
  };
  for (const [name, value] of Object.entries(error)) {
    if (name === 'message' || name === 'stack' || name === 'cause') continue;
    if (isPlain(value)) define(name, value, json(value), true);
    else isSame = false;
  }
  const { message, stack, cause } = error;
  define('message', message, text(message), false);
  define('stack', stack, stack === undefined ? undefined : text(stack), false);
  if (depth < DEEPEST_CAUSE)
    define(
      'cause',
      cause,
      cause instanceof Error ? cleanError(cause, text, json, depth + 1) : json(cause),
      false,
    );
  return isSame ? error : copy;
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/** Undefined when it is no text. */
function decoded(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function createStream(current: () => SecretSearch | undefined): RedactingStream {
  let search = current();
  let reading = search?.begin();
  let held = '';
  let spotted: Spotted = { hidden: [], kept: [] };
  const release = (upTo: number, hidden: readonly Hidden[]): string => {
    const told = replaced(
      held.slice(0, upTo),
      hidden.filter(({ end }) => end <= upTo),
    );
    spotted = { hidden: later(spotted.hidden, upTo), kept: later(spotted.kept, upTo) };
    held = held.slice(upTo);
    return told;
  };
  return {
    push(chunk) {
      let from = held.length;
      held += chunk;
      if (search !== current()) {
        // A value became known in the meantime: what was not told yet is read again.
        search = current();
        reading = search?.begin();
        spotted = { hidden: [], kept: [] };
        from = 0;
      }
      if (reading === undefined) return release(held.length, []);
      const more = reading.read(held, from);
      spotted = { hidden: [...spotted.hidden, ...more.hidden], kept: [...spotted.kept, ...more.kept] };
      const hidden = merged(spotted);
      const settled = reading.settledUpTo(held);
      // What is to be hidden is hidden whole, and a placeholder stays one.
      const cut = [...hidden, ...spotted.kept].find(({ start, end }) => start < settled && settled < end);
      return release(Math.min(settled, cut?.start ?? settled), hidden);
    },
    end: () => release(held.length, merged(spotted)),
  };
}

/** Of some places in a text, those that end behind one; counted from there. */
function later<Place extends Pick<Hidden, 'start' | 'end'>>(places: readonly Place[], from: number): Place[] {
  return places
    .filter(({ end }) => end > from)
    .map((place) => ({ ...place, start: place.start - from, end: place.end - from }));
}
