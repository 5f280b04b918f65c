import type { JsonValue } from '../../base/json';

export interface JsonReading {
  readonly value?: JsonValue;
  readonly fault?: { readonly line: number; readonly message: string };
  readonly duplicates: readonly { readonly key: string; readonly line: number }[];
  /** Line of each key, by its path: "dependencies/express". */
  readonly lines: ReadonlyMap<string, number>;
}

/** JSON with the line of every key. Comments and trailing commas are a fault, as in JSON itself. */
export function readJson(text: string): JsonReading {
  const reader = new Reader(text);
  try {
    const value = reader.document();
    return { value, duplicates: reader.duplicates, lines: reader.lines };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return {
      fault: { line: reader.lineAt(error.at), message: error.message },
      duplicates: reader.duplicates,
      lines: reader.lines,
    };
  }
}

class Fault extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

const DEEPEST = 500;

class Reader {
  readonly duplicates: { key: string; line: number }[] = [];
  readonly lines = new Map<string, number>();
  private at = 0;
  private line = 1;
  private lineFrom = 0;

  constructor(private readonly text: string) {
    if (text.startsWith('\uFEFF')) this.at = 1;
  }

  document(): JsonValue {
    const value = this.value('', 0);
    this.blanks();
    if (this.at < this.text.length) throw new Fault(this.at, 'more text follows');
    return value;
  }

  lineAt(offset: number): number {
    for (; this.lineFrom < offset; this.lineFrom++) if (this.text[this.lineFrom] === '\n') this.line++;
    return this.line;
  }

  private blanks(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private value(path: string, depth: number): JsonValue {
    this.blanks();
    if (depth > DEEPEST) throw new Fault(this.at, 'it is nested too deep');
    const first = this.text[this.at];
    if (first === undefined) throw new Fault(this.at, 'it ends too early');
    if (first === '{') return this.object(path, depth);
    if (first === '[') return this.list(path, depth);
    if (first === '"') return this.string();
    const word = /[-+.\w]+/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0] ?? '';
    try {
      const value = JSON.parse(found) as JsonValue;
      this.at += found.length;
      return value;
    } catch {
      throw new Fault(this.at, `${JSON.stringify(found === '' ? first : found.slice(0, 20))} is no value`);
    }
  }

  private object(path: string, depth: number): JsonValue {
    const fields: [string, JsonValue][] = [];
    const seen = new Set<string>();
    this.at++;
    this.blanks();
    if (this.take('}')) return {};
    for (;;) {
      this.blanks();
      if (this.text[this.at] !== '"') throw new Fault(this.at, 'a key in double quotes is missing');
      const start = this.at;
      const key = this.string();
      const line = this.lineAt(start);
      if (seen.has(key)) this.duplicates.push({ key, line });
      seen.add(key);
      const own = path === '' ? key : `${path}/${key}`;
      if (depth < 4) this.lines.set(own, line);
      this.blanks();
      if (!this.take(':')) throw new Fault(this.at, 'a colon is missing');
      fields.push([key, this.value(own, depth + 1)]);
      this.blanks();
      if (this.take('}')) return Object.fromEntries(fields);
      if (!this.take(',')) throw new Fault(this.at, 'a comma is missing');
    }
  }

  private list(path: string, depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.at++;
    this.blanks();
    if (this.take(']')) return items;
    for (;;) {
      items.push(this.value(`${path}/${items.length}`, depth + 1));
      this.blanks();
      if (this.take(']')) return items;
      if (!this.take(',')) throw new Fault(this.at, 'a comma is missing');
    }
  }

  private string(): string {
    const start = this.at;
    for (this.at++; this.at < this.text.length; this.at++) {
      const one = this.text[this.at];
      if (one === '\\') this.at++;
      else if (one === '"') {
        this.at++;
        try {
          return JSON.parse(this.text.slice(start, this.at)) as string;
        } catch {
          throw new Fault(start, 'a text has a character it may not have');
        }
      } else if (one === '\n') break;
    }
    throw new Fault(start, 'a text is not closed');
  }

  private take(mark: string): boolean {
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }
}
