/** Output for a model: its head and its tail, long lines cut, whatever a command prints. Memory does not grow with the output. */
export class BoundedOutput {
  private head = '';
  private tail = '';
  private dropped = 0;
  private column = 0;
  private cut = 0;

  /** Lengths in characters. */
  constructor(
    private readonly limits: { readonly head: number; readonly tail: number; readonly line: number },
  ) {}

  push(text: string): void {
    const lines = this.narrow(text);
    const room = this.limits.head - this.head.length;
    this.head += lines.slice(0, Math.max(0, room));
    this.tail += lines.slice(Math.max(0, room));
    // Trimmed seldom: a slice for each chunk would copy the tail each time.
    if (this.tail.length > 2 * this.limits.tail) this.trim();
  }

  /** The whole, or head and tail with what was left out between them. */
  text(): string {
    this.trim();
    const note = this.dropped > 0 ? `\n[... ${this.dropped} characters left out ...]\n` : '';
    const lines = this.cut > 0 ? `\n[long lines cut: ${this.cut} characters left out]` : '';
    return wholeCharacters(`${this.head}${note}${this.tail}${lines}`);
  }

  get isCut(): boolean {
    return this.dropped > 0 || this.tail.length > this.limits.tail || this.cut > 0;
  }

  private trim(): void {
    const surplus = this.tail.length - this.limits.tail;
    if (surplus <= 0) return;
    this.dropped += surplus;
    this.tail = this.tail.slice(surplus);
  }

  private narrow(text: string): string {
    let kept = '';
    for (const [index, line] of text.split('\n').entries()) {
      if (index > 0) {
        kept += '\n';
        this.column = 0;
      }
      const room = Math.max(0, this.limits.line - this.column);
      kept += line.slice(0, room);
      this.cut += Math.max(0, line.length - room);
      this.column += line.length;
    }
    return kept;
  }
}

/** A cut may have gone through a pair of halves; a lone half cannot be sent to a model. */
function wholeCharacters(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}
