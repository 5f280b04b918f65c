/** Text as it comes in pieces, line by line, in bounded memory. */
export class Lines {
  private pieces: string[] = [];
  private length = 0;
  private isSkipping = false;

  /** `onLong` gets the beginning of a line of more than `longest` characters, once; what follows of it is left out. */
  constructor(
    private readonly longest: number,
    private readonly onLine: (line: string) => void,
    private readonly onLong: (beginning: string) => void,
  ) {}

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.add(text.slice(from, end));
      this.end();
      from = end + 1;
    }
    this.add(text.slice(from));
  }

  /** Whatever came since the last line break is a line too. */
  end(): void {
    const line = this.pieces.join('').replace(/\r$/, '');
    const isTold = this.isSkipping;
    this.pieces = [];
    this.length = 0;
    this.isSkipping = false;
    if (!isTold && line !== '') this.onLine(line);
  }

  private add(piece: string): void {
    if (this.isSkipping || piece === '') return;
    this.pieces.push(piece);
    this.length += piece.length;
    if (this.length <= this.longest) return;
    const beginning = this.pieces.join('').slice(0, this.longest);
    this.pieces = [];
    this.isSkipping = true;
    this.onLong(beginning);
  }
}
