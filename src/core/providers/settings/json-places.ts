/** 1-based, as editors count. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where the value at a path stands in a JSON text that is known to be valid; undefined when there is none. */
export function placeOf(text: string, path: readonly (string | number)[]): Place | undefined {
  const at = new Scanner(text).find(path);
  return at === undefined ? undefined : placeAt(text, at);
}

export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}

/** Walks a JSON text once, up to the value that is looked for. */
class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  find(path: readonly (string | number)[]): number | undefined {
    this.skipSpace();
    const [head, ...rest] = path;
    if (head === undefined) return this.at;
    const open = this.text[this.at];
    if (open !== '{' && open !== '[') return undefined;
    this.at++;
    for (let i = 0; ; i++) {
      this.skipSpace();
      if (this.at >= this.text.length || '}]'.includes(this.text[this.at]!)) return undefined;
      const keyAt = this.at;
      let key: string | number = i;
      if (open === '{') {
        key = this.readString();
        this.skipSpace();
        this.at++;
      }
      // A key is what people look for, not the value after it.
      if (key === head) return rest.length === 0 && open === '{' ? keyAt : this.find(rest);
      this.skipValue();
      this.skipSpace();
      if (this.text[this.at] === ',') this.at++;
    }
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private readString(): string {
    const start = this.at++;
    while (this.at < this.text.length && this.text[this.at] !== '"')
      this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at++;
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  private skipValue(): void {
    this.skipSpace();
    let depth = 0;
    do {
      const character = this.text[this.at];
      if (character === undefined) return;
      if (character === '"') this.readString();
      else {
        if ('{['.includes(character)) depth++;
        if ('}]'.includes(character)) depth--;
        this.at++;
      }
    } while (depth > 0 || !/[,}\]]/.test(this.text[this.at] ?? ','));
  }
}
