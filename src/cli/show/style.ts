import type { Tone } from './words';

/** Colours of a terminal, or none. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly tone: (tone: Tone, text: string) => string;
}

const TONES: Readonly<Record<Tone, number>> = { quiet: 2, active: 36, asking: 33, good: 32, bad: 31 };

export function createStyle(colour: boolean): Style {
  const sgr = (code: number, text: string) =>
    colour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    bold: (text) => sgr(1, text),
    dim: (text) => sgr(2, text),
    tone: (tone, text) => sgr(TONES[tone], text),
  };
}

/** Columns that a text takes. Colours take none, East Asian characters and emoji two, combining marks none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text.replace(/\u001b\[[\d;]*m/g, '')) width += widthOfCharacter(character);
  return width;
}

function widthOfCharacter(character: string): number {
  if (/\p{Mark}/u.test(character)) return 0;
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
    character,
  )
    ? 2
    : 1;
}

/** Cuts the end of a text that is too wide. Colours survive; a cut one is closed. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  let coloured = false;
  for (const [piece] of text.matchAll(/\u001b\[[\d;]*m|[^\u001b]/gu)) {
    if (piece.startsWith('\u001b')) {
      kept += piece;
      coloured = piece !== '\u001b[0m';
      continue;
    }
    used += widthOfCharacter(piece);
    if (used > width - 1) break;
    kept += piece;
  }
  return `${kept}…${coloured ? '\u001b[0m' : ''}`;
}

export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Rows with their columns under each other; the last column is left as it is. */
export function columns(rows: readonly (readonly string[])[], gap = 2): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, widthOf(cell))));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : padTo(cell, (widths[index] ?? 0) + gap)))
      .join('')
      .trimEnd(),
  );
}

/** Texts of one column whose ends stand under each other, as numbers do. */
export function endsAligned(cells: readonly string[]): string[] {
  const width = Math.max(0, ...cells.map(widthOf));
  return cells.map((cell) => ' '.repeat(width - widthOf(cell)) + cell);
}
