import { refuseControlCharacters } from './refuse-characters';
import { LIMITS } from './limits';
import type { Entry, SourceNode, Span } from './node';
import type { Report } from './report';

/** Reads JSON (RFC 8259) with the place of everything. Undefined after a syntax error or a broken limit, which is reported. */
export function readJson(text: string, report: Report): SourceNode | undefined {
  try {
    return new JsonReader(text, report).read();
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    report.error(fault.code, fault.message, fault.at, fault.suggestion);
    return undefined;
  }
}

class JsonFault extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly at: Span,
    readonly suggestion?: string,
  ) {
    super(message);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class JsonReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly report: Report,
  ) {}

  read(): SourceNode {
    if (this.text.charCodeAt(0) === 0xfeff) this.at = 1;
    this.skipSpace();
    const node = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) this.fail('There is more text after the end of the JSON value.');
    return node;
  }

  private value(depth: number): SourceNode {
    const start = this.at;
    const sign = this.text[start];
    if (depth === LIMITS.depth && (sign === '{' || sign === '[')) {
      throw new JsonFault('too-deep', `The file nests deeper than ${LIMITS.depth} levels.`, this.here());
    }
    switch (sign) {
      case '{':
        return this.object(depth);
      case '[':
        return this.list(depth);
      case '"': {
        const value = this.string();
        refuseControlCharacters(value, { start, end: this.at }, this.report);
        return { kind: 'scalar', value, start, end: this.at };
      }
      default:
        return this.plain();
    }
  }

  private object(depth: number): SourceNode {
    const start = this.at++;
    const entries: Entry[] = [];
    const names = new Set<string>();
    for (this.skipSpace(); !this.eat('}'); this.skipSpace()) {
      if (entries.length > 0) {
        this.expect(',', 'A comma is missing between two members.');
        this.skipSpace();
        if (this.text[this.at] === '}') this.fail('JSON has no comma after the last member.', 'Remove it.');
      }
      if (this.text[this.at] !== '"') this.fail('A member starts with its name in double quotes.');
      const keyStart = this.at;
      const key = this.string();
      const keySpan = { start: keyStart, end: this.at };
      refuseControlCharacters(key, keySpan, this.report);
      if (entries.length === LIMITS.keysPerMapping) {
        const message = `One mapping has more than ${LIMITS.keysPerMapping} keys.`;
        throw new JsonFault('too-many-keys', message, keySpan);
      }
      if (names.has(key)) {
        this.report.error(
          'duplicate-key',
          `The key "${key}" stands here twice.`,
          keySpan,
          'Remove one of them.',
        );
      }
      names.add(key);
      this.skipSpace();
      this.expect(':', 'A colon is missing after the name.');
      this.skipSpace();
      entries.push({ key, keySpan, value: this.value(depth + 1) });
    }
    return { kind: 'map', entries, start, end: this.at };
  }

  private list(depth: number): SourceNode {
    const start = this.at++;
    const items: SourceNode[] = [];
    for (this.skipSpace(); !this.eat(']'); this.skipSpace()) {
      if (items.length > 0) {
        this.expect(',', 'A comma is missing between two items.');
        this.skipSpace();
        if (this.text[this.at] === ']') this.fail('JSON has no comma after the last item.', 'Remove it.');
      }
      items.push(this.value(depth + 1));
    }
    return { kind: 'list', items, start, end: this.at };
  }

  private plain(): SourceNode {
    const start = this.at;
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!this.text.startsWith(word, start)) continue;
      this.at += word.length;
      return { kind: 'scalar', value, written: word, start, end: this.at };
    }
    NUMBER.lastIndex = start;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) {
      if (this.at >= this.text.length) this.fail('The file ends in the middle of a value.');
      this.fail(
        `"${this.text[start]}" cannot start a JSON value.`,
        this.text[start] === "'" ? 'JSON texts stand in double quotes.' : undefined,
      );
    }
    this.at += number.length;
    return { kind: 'scalar', value: Number(number), written: number, start, end: this.at };
  }

  private string(): string {
    const start = ++this.at;
    // Nearly all texts have no escape: one search instead of a look at each letter.
    const { text } = this;
    for (;;) {
      const code = text.charCodeAt(this.at);
      if (code === 0x22) return text.slice(start, this.at++);
      if (code === 0x5c) break;
      if (Number.isNaN(code) || code < 0x20) this.endlessString(start);
      this.at++;
    }
    let value = text.slice(start, this.at);
    for (;;) {
      const letter = text[this.at];
      if (letter === undefined || letter < ' ') this.endlessString(start);
      this.at++;
      if (letter === '"') return value;
      value += letter === '\\' ? this.escape() : letter;
    }
  }

  private escape(): string {
    const letter = this.text[this.at++] ?? '';
    if (letter !== 'u') {
      const value = ESCAPES[letter];
      if (value === undefined) {
        this.at -= 2;
        this.fail(`"\\${letter}" is no escape of JSON.`, 'Write \\\\ for one backslash.');
      }
      return value;
    }
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('"\\u" takes four hexadecimal digits.');
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  private endlessString(start: number): never {
    const at = { start: start - 1, end: this.at };
    throw new JsonFault(
      'json-syntax',
      'A text has no closing quote on its line.',
      at,
      'Line ends are written \\n.',
    );
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private eat(letter: string): boolean {
    if (this.text[this.at] !== letter) return false;
    this.at++;
    return true;
  }

  private expect(letter: string, message: string): void {
    if (!this.eat(letter)) this.fail(this.at >= this.text.length ? 'The file ends too early.' : message);
  }

  private here(): Span {
    return { start: this.at, end: Math.min(this.at + 1, this.text.length) };
  }

  private fail(message: string, suggestion?: string): never {
    const isComment = this.text.startsWith('//', this.at) || this.text.startsWith('/*', this.at);
    const hint = isComment ? 'JSON has no comments: use YAML, or a "description".' : suggestion;
    throw new JsonFault('json-syntax', message, this.here(), hint);
  }
}
