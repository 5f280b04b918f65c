/**
 * The words of a text as every shell would read them, or undefined where shells could differ: anything that expands, joins
 * commands, redirects, comments or escapes. Written apart from the parser, and narrower: both must agree on each word.
 */
export function plainWords(text: string): readonly string[] | undefined {
  if (text.length > LONGEST || UNPLAIN.test(text)) return undefined;
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const word = /^(?:[^\s'"]|'[^']*'|"[^"]*")+/u.exec(rest)?.[0];
    if (word === undefined) return undefined;
    const value = valueOf(word);
    if (value === undefined) return undefined;
    words.push(value);
    rest = rest.slice(word.length).replace(/^ +/, '');
  }
  const program = /^ *([^ ]+)/.exec(text)?.[1] ?? '';
  // A program whose name is put together from quoted pieces is hiding.
  if (!/^[\p{L}\p{N}_./+-]+$/u.test(program) || program.startsWith('-')) return undefined;
  return words;
}

const LONGEST = 4_096;
/** Controls (line breaks and tabs too), formats, separators other than the space, what is no character, lone halves. */
const UNPLAIN = /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u2800]|(?! )\p{Zs}/u;

/** One word without its quotes. */
function valueOf(word: string): string | undefined {
  let value = '';
  for (const piece of word.match(/'[^']*'|"[^"]*"|[^'"]+/gu) ?? []) {
    if (piece.startsWith("'")) value += piece.slice(1, -1);
    else if (piece.startsWith('"')) {
      if (/[$`\\!]/.test(piece)) return undefined;
      value += piece.slice(1, -1);
    } else {
      // "=x" is the path of x in zsh; "~" is a home at the beginning of a word and behind ":" and "=".
      if (!/^[\p{L}\p{N}\p{M}_./:=,@%+~-]+$/u.test(piece)) return undefined;
      if ((value === '' && /^[=~%]/.test(piece)) || /[:=]~/.test(piece)) return undefined;
      if (/~/.test(piece) && /[:=]$/.test(value)) return undefined;
      value += piece;
    }
  }
  return value;
}
