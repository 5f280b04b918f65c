/** One line that a search found. */
export interface FoundLine {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Of the whole line, cut around the first match. */
  readonly text: string;
}

export interface SearchQuestion {
  /** A regular expression of JavaScript. */
  readonly pattern: string;
  readonly isCaseSensitive: boolean;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Lines to find at most; the search ends there. */
  readonly most: number;
}

const LONGEST_LINE = 20_000;
const SHOWN = 300;

/** Lines that match, in the order of the files. Throws a SyntaxError when the pattern is none. */
export function searchLines(question: SearchQuestion): FoundLine[] {
  const expression = compile(question.pattern, question.isCaseSensitive);
  const found: FoundLine[] = [];
  for (const { path, text } of question.files) {
    let line = 0;
    for (const whole of text.split('\n')) {
      line += 1;
      // A generated file may hold one line of megabytes; its beginning says enough.
      const part = whole.slice(0, LONGEST_LINE).replace(/\r$/, '');
      const match = expression.exec(part);
      if (match === null) continue;
      found.push({ path, line, text: around(part, match.index) });
      if (found.length >= question.most) return found;
    }
  }
  return found;
}

/** With Unicode rules where the pattern allows them, so that "." is a whole character. */
export function compile(pattern: string, isCaseSensitive: boolean): RegExp {
  const flags = isCaseSensitive ? '' : 'i';
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    return new RegExp(pattern, flags);
  }
}

/** A pattern that finds exactly this text. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function around(line: string, index: number): string {
  if (line.length <= SHOWN) return line;
  const start = Math.max(0, Math.min(index - SHOWN / 3, line.length - SHOWN));
  const begin = Math.floor(start);
  return `${begin > 0 ? '…' : ''}${line.slice(begin, begin + SHOWN)}${begin + SHOWN < line.length ? '…' : ''}`;
}
