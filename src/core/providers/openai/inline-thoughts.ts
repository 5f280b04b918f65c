const OPENS = '<think>';
const CLOSES = '</think>';

export interface Told {
  readonly text: string;
  readonly thought: string;
}

/**
 * Local servers hand on what a model thinks as the beginning of its answer, between two marks. Told apart as it comes, so that
 * nobody reads the one as the other; marks in the middle of an answer are text like any other.
 */
export class InlineThoughts {
  private state: 'beginning' | 'thinking' | 'after' | 'text' = 'beginning';
  /** May turn out to be a mark, or the space around one. */
  private held = '';

  take(piece: string): Told {
    if (this.state === 'text') return { text: piece, thought: '' };
    this.held += piece;
    if (this.state === 'beginning' && !this.begins()) return { text: this.textNow(), thought: '' };
    const thought = this.thinks();
    return { text: this.state === 'after' ? this.follows() : '', thought };
  }

  /** What was held back, once nothing more comes. */
  end(): Told {
    const { state, held } = this;
    this.held = '';
    return state === 'thinking'
      ? { text: '', thought: held }
      : { text: state === 'after' ? '' : held, thought: '' };
  }

  /** Whether the answer begins with the mark, or may still do so. */
  private begins(): boolean {
    const given = this.held.trimStart();
    if (OPENS.startsWith(given)) return true;
    if (!given.startsWith(OPENS)) return false;
    this.state = 'thinking';
    this.held = given.slice(OPENS.length);
    return true;
  }

  private thinks(): string {
    if (this.state !== 'thinking') return '';
    const end = this.held.indexOf(CLOSES);
    // The end of a piece may be the beginning of the mark.
    const sure = end < 0 ? Math.max(0, this.held.length - CLOSES.length + 1) : end;
    const thought = this.held.slice(0, sure);
    this.held = this.held.slice(end < 0 ? sure : end + CLOSES.length);
    if (end >= 0) this.state = 'after';
    return thought;
  }

  private follows(): string {
    this.held = this.held.trimStart();
    return this.held === '' ? '' : this.textNow();
  }

  private textNow(): string {
    const text = this.held;
    this.state = 'text';
    this.held = '';
    return text;
  }
}
