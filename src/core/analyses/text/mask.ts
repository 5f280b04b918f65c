import type { Language } from '../language';

/**
 * A text with what must not be mistaken for code blanked out, place by place: offsets and lines stay as they are.
 */
export interface Masked {
  /** Without comments; texts in quotes still there. */
  readonly noComments: readonly string[];
  /** Without comments and without what stands between quotes. */
  readonly code: readonly string[];
  /** Comments only. */
  readonly comments: readonly string[];
}

interface Syntax {
  readonly line: readonly string[];
  readonly block?: readonly [string, string];
  readonly quotes: readonly string[];
  /** Quotes whose text may span lines. */
  readonly long: readonly string[];
}

const cLike: Syntax = { line: ['//'], block: ['/*', '*/'], quotes: ['"', "'", '`'], long: ['`'] };
const hash: Syntax = { line: ['#'], quotes: ['"', "'"], long: [] };

const syntaxes: Partial<Record<Language, Syntax>> = {
  javascript: cLike,
  typescript: cLike,
  java: { ...cLike, quotes: ['"""', '"', "'"], long: ['"""'] },
  go: cLike,
  // A quote in Rust is mostly a lifetime.
  rust: { line: ['//'], block: ['/*', '*/'], quotes: ['"'], long: ['"'] },
  php: { line: ['//', '#'], block: ['/*', '*/'], quotes: ['"', "'"], long: ['"', "'"] },
  c: { line: ['//'], block: ['/*', '*/'], quotes: ['"', "'"], long: [] },
  css: { line: [], block: ['/*', '*/'], quotes: ['"', "'"], long: [] },
  python: { line: ['#'], quotes: ['"""', "'''", '"', "'"], long: ['"""', "'''"] },
  ruby: hash,
  shell: { ...hash, long: ['"', "'"] },
  docker: { line: ['#'], quotes: [], long: [] },
  yaml: hash,
  toml: { line: ['#'], quotes: ['"""', "'''", '"', "'"], long: ['"""', "'''"] },
  terraform: { line: ['#', '//'], block: ['/*', '*/'], quotes: ['"'], long: [] },
  config: { line: ['#', ';'], quotes: [], long: [] },
  sql: { line: ['--'], block: ['/*', '*/'], quotes: ["'"], long: ["'"] },
  html: { line: [], block: ['<!--', '-->'], quotes: [], long: [] },
  xml: { line: [], block: ['<!--', '-->'], quotes: [], long: [] },
};

/** One pass over the text: time grows with its length and nothing else. */
export function mask(text: string, language: Language): Masked {
  const syntax = syntaxes[language] ?? { line: [], quotes: [], long: [] };
  const noComments = [...blank(text)];
  const code = [...noComments];
  const comments = [...noComments];
  let at = 0;
  let isLineBlank = true;
  const keep = (into: readonly string[][], until: number): void => {
    for (; at < until; at++) {
      const character = text[at] ?? '';
      for (const one of into) one[at] = character;
      if (character === '\n') isLineBlank = true;
      else if (character !== ' ' && character !== '\t') isLineBlank = false;
    }
  };
  while (at < text.length) {
    const quote = syntax.quotes.find((mark) => text.startsWith(mark, at));
    if (syntax.block !== undefined && text.startsWith(syntax.block[0], at)) {
      const close = text.indexOf(syntax.block[1], at + syntax.block[0].length);
      keep([comments], close < 0 ? text.length : close + syntax.block[1].length);
    } else if (startsComment(text, at, syntax, language, isLineBlank)) {
      const end = text.indexOf('\n', at);
      keep([comments], end < 0 ? text.length : end);
    } else if (quote !== undefined) {
      const end = endOfText(text, at, quote, syntax, language);
      keep([noComments, code], at + quote.length);
      keep([noComments], Math.max(at, end - quote.length));
      keep([noComments, code], end);
    } else keep([noComments, code], at + 1);
  }
  return { noComments: lines(noComments), code: lines(code), comments: lines(comments) };
}

const lines = (characters: readonly string[]): string[] => characters.join('').split(/\r\n|\n|\r/);

function blank(text: string): string[] {
  const characters = new Array<string>(text.length);
  for (let at = 0; at < text.length; at++) {
    const one = text[at];
    characters[at] = one === '\n' || one === '\r' ? one : ' ';
  }
  return characters;
}

function startsComment(
  text: string,
  at: number,
  syntax: Syntax,
  language: Language,
  isLineBlank: boolean,
): boolean {
  const mark = syntax.line.find((one) => text.startsWith(one, at));
  if (mark === undefined) return false;
  const before = text[at - 1];
  const first = before === undefined || before === '\n' || before === '\r';
  // `$#`, `a#b` and colours are no comments; in settings only a line of its own is.
  if (mark === '#' && (language === 'shell' || language === 'yaml'))
    return first || before === ' ' || before === '\t';
  if (language === 'config' || language === 'docker') return isLineBlank;
  return true;
}

function endOfText(text: string, start: number, quote: string, syntax: Syntax, language: Language): number {
  const long = syntax.long.includes(quote);
  const raw =
    (language === 'shell' && quote === "'") || (language === 'go' && quote === '`') || language === 'yaml';
  for (let at = start + quote.length; at < text.length; at++) {
    if (text[at] === '\\' && !raw) at++;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (text[at] === '\n' && !long) return at;
  }
  return text.length;
}
