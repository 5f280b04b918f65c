/*
 * Patterns that can take exponential time: a repetition inside of a repetition where both can eat the same text, or a
 * repeated choice whose branches overlap. Told by their form alone, so only the plain cases are named.
 */

/** Why a pattern may run for ever, or undefined. */
export function backtracks(pattern: string): string | undefined {
  if (pattern.length > 2_000) return undefined;
  const text = withoutClasses(pattern);
  for (const group of repeatedGroups(text)) {
    const inner = group.replace(/^\?(?:[:=!]|<[=!]?\w*>?)/, '');
    if (inner.startsWith('?=') || inner.startsWith('?!')) continue;
    const alternatives = splitTop(inner);
    if (alternatives.length === 1 && isAmbiguous(inner)) return 'a repetition stands in a repetition';
    if (alternatives.length > 1 && overlaps(alternatives)) return 'its repeated alternatives overlap';
  }
  return undefined;
}

/** Classes and escapes become one letter each: "C" for a class, "E" for an escape with letters or blanks, "e" for others. */
function withoutClasses(pattern: string): string {
  let text = '';
  for (let at = 0; at < pattern.length; at++) {
    const one = pattern[at] ?? '';
    if (one === '\\') {
      at++;
      const next = pattern[at] ?? '';
      text += /[wWdDsS]/.test(next)
        ? ({ w: 'W', W: 'N', d: 'D', D: 'N', s: 'S', S: 'N' }[next] ?? 'N')
        : next === 'b' || next === 'B'
          ? ''
          : 'e';
    } else if (one === '[') {
      const end = closingClass(pattern, at);
      text += 'C';
      at = end;
    } else text += /[A-Z]/.test(one) ? one.toLowerCase() : one;
  }
  return text;
}

function closingClass(pattern: string, start: number): number {
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']' && at > start + 1) return at;
  }
  return pattern.length;
}

/** Contents of groups that are followed by `+`, `*` or `{n,}`. */
function repeatedGroups(text: string): string[] {
  const groups: string[] = [];
  const starts: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') starts.push(at);
    else if (text[at] === ')') {
      const start = starts.pop();
      const after = text.slice(at + 1, at + 12);
      if (start !== undefined && /^(?:[+*]|\{\d+,\})/.test(after)) groups.push(text.slice(start + 1, at));
    }
  }
  return groups;
}

function splitTop(text: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const one of text) {
    if (one === '(') depth++;
    if (one === ')') depth--;
    if (one === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] += one;
  }
  return parts;
}

/**
 * `x+` alone, or `x+y*`-like: the group can match the same text in pieces of any length. A fixed part that the repeated
 * part cannot eat tells the pieces apart.
 */
function isAmbiguous(inner: string): boolean {
  const flat = inner.replace(/\((?:\?:)?([^()]*)\)/g, '$1');
  const parts = [...flat.matchAll(/([^+*?{}])(\+|\*|\?|\{\d+(?:,\d*)?\})?\??/g)].map((match) => ({
    one: match[1] ?? '',
    count: match[2] ?? '',
  }));
  const repeated = parts.filter(({ count }) => /^(?:\+|\*|\{\d+,\})$/.test(count));
  if (repeated.length === 0) return false;
  const fixed = parts.filter(({ count }) => !/^(?:\*|\?|\+|\{\d+,\}|\{0,\d+\})$/.test(count));
  // Every fixed part must be of the same kind as the repeated one to be no separator.
  return fixed.every(({ one }) => repeated.some((other) => canEat(other.one, one)));
}

function canEat(repeated: string, fixed: string): boolean {
  if (repeated === '.' || repeated === 'N') return true;
  if (repeated === fixed) return true;
  if (repeated === 'W') return /[a-z0-9_DW]/.test(fixed);
  return false;
}

function overlaps(alternatives: readonly string[]): boolean {
  const firsts = alternatives.map((one) => one.trim());
  if (firsts.some((one, index) => one !== '' && firsts.indexOf(one) !== index)) return true;
  const hasWide = firsts.some((one) => /^(?:\.|N)[+*]?$/.test(one));
  const word = firsts.some((one) => /^W[+*]?$/.test(one));
  const digit = firsts.some((one) => /^D[+*]?$/.test(one));
  const letter = firsts.some((one) => /^[a-z0-9][+*]?$/.test(one));
  return (
    (hasWide && firsts.length > 1) ||
    (word && (digit || letter)) ||
    (digit && firsts.some((one) => /^[0-9][+*]?$/.test(one)))
  );
}
