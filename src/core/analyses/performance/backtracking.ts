/*
 * Patterns that can take exponential time: a group repeated without end whose text can be cut into turns in more than
 * one way, with something behind it that may fail. Decided on the structure of the pattern, over a sample alphabet.
 */

/** One place of a pattern: a set of characters or a group, and how often. */
interface Item {
  /** Characters that one turn may be, when it is a single character. */
  readonly set?: ReadonlySet<string>;
  /** Alternatives, when it is a group. */
  readonly group?: readonly Sequence[];
  readonly min: number;
  readonly endless: boolean;
  /** Looks but takes nothing: anchors, lookarounds. */
  readonly isEmpty?: boolean;
}

type Sequence = readonly Item[];

const alphabet: readonly string[] = [
  ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)),
  '\n',
  '\t',
  'é',
];

/** Why a pattern may run for ever, or undefined. Faults of the pattern itself are not told here. */
export function backtracks(pattern: string): string | undefined {
  if (pattern.length > 2_000) return undefined;
  const reader = new PatternReader(pattern);
  const alternatives = reader.alternatives(0);
  return reader.isBroken ? undefined : inAlternatives(alternatives, false);
}

function inAlternatives(alternatives: readonly Sequence[], canFailAfter: boolean): string | undefined {
  for (const sequence of alternatives) {
    for (const [index, item] of sequence.entries()) {
      if (item.group === undefined) continue;
      const rest = sequence.slice(index + 1);
      const canFail = canFailAfter || rest.some((one) => one.min > 0 || one.isEmpty === true);
      if (item.endless && canFail) {
        const why = ambiguous(item.group);
        if (why !== undefined) return why;
      }
      const inner = inAlternatives(item.group, canFail || item.endless);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

function ambiguous(group: readonly Sequence[]): string | undefined {
  for (const sequence of group) {
    const flat = flatten(sequence);
    const isSplit = flat.some(
      (item, index) =>
        item.endless &&
        flat.every((other, at) => at === index || other.min === 0 || meets(item.set, other.set)),
    );
    if (isSplit) return 'a repetition stands in a repetition';
  }
  const sequences = group.map((sequence) => flatten(sequence));
  for (const [index, one] of sequences.entries()) {
    const [only] = one;
    if (one.length !== 1 || only?.set === undefined) continue;
    const other = sequences.find(
      (sequence, at) =>
        at !== index &&
        sequence.length > 0 &&
        sequence.every((item) => item.min === 0 || meets(only.set, item.set)),
    );
    if (other !== undefined) return 'its repeated alternatives overlap';
  }
  return undefined;
}

/** Groups without alternatives and without repetition are part of the sequence they stand in. */
function flatten(sequence: Sequence): Item[] {
  return sequence.flatMap((item) => {
    if (item.isEmpty === true) return [];
    const [only] = item.group ?? [];
    if (only === undefined || item.group?.length !== 1) return [item];
    const inner = flatten(only);
    if (!item.endless && item.min === 1) return inner;
    const [single] = inner;
    if (inner.length === 1 && single !== undefined) {
      return [{ ...single, min: Math.min(single.min, item.min), endless: single.endless || item.endless }];
    }
    return [item];
  });
}

/** Unknown sets (groups of several alternatives) meet nothing: in doubt the pattern is fine. */
function meets(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  return a !== undefined && b !== undefined && [...b].some((one) => a.has(one));
}

class PatternReader {
  isBroken = false;
  private at = 0;

  constructor(private readonly pattern: string) {}

  alternatives(depth: number): Sequence[] {
    const found: Item[][] = [[]];
    if (depth > 50) this.isBroken = true;
    while (this.at < this.pattern.length && !this.isBroken) {
      const one = this.pattern[this.at];
      if (one === ')') {
        if (depth === 0) this.isBroken = true;
        return found;
      }
      if (one === '|') {
        this.at++;
        found.push([]);
        continue;
      }
      const atom = this.atom(depth);
      const { min, endless } = this.count();
      found.at(-1)?.push({ ...atom, min: atom.isEmpty === true ? 0 : min, endless });
    }
    if (depth > 0) this.isBroken = true;
    return found;
  }

  private atom(depth: number): Omit<Item, 'min' | 'endless'> {
    const one = this.pattern[this.at++] ?? '';
    switch (one) {
      case '(':
        return this.group(depth);
      case '[':
        return { set: this.characterClass() };
      case '.':
        return { set: new Set(alphabet.filter((character) => character !== '\n')) };
      case '^':
      case '$':
        return { isEmpty: true };
      case '\\':
        return this.escaped();
      default:
        return { set: new Set([one]) };
    }
  }

  private group(depth: number): Omit<Item, 'min' | 'endless'> {
    const head =
      /^\?(?:[:=!>]|<[=!]|P?<\w+>|[ims-]+:)/.exec(this.pattern.slice(this.at, this.at + 60))?.[0] ?? '';
    this.at += head.length;
    const group = this.alternatives(depth + 1);
    this.at++;
    return /^\?<?[=!]/.test(head) ? { isEmpty: true } : { group };
  }

  private escaped(): Omit<Item, 'min' | 'endless'> {
    const one = this.pattern[this.at++] ?? '';
    if (/[bBAZz]/.test(one)) return { isEmpty: true };
    if (/[1-9]/.test(one)) return {};
    if (/[pPkux]/.test(one)) {
      this.at +=
        /^(?:\{[^}]{0,40}\}|<\w+>|[0-9a-fA-F]{2,4})/.exec(this.pattern.slice(this.at, this.at + 50))?.[0]
          .length ?? 0;
      return {};
    }
    return { set: escapedSet(one) };
  }

  private characterClass(): ReadonlySet<string> {
    const negated = this.pattern[this.at] === '^';
    if (negated) this.at++;
    const set = new Set<string>();
    for (let first = true; this.at < this.pattern.length; first = false) {
      const one = this.pattern[this.at++] ?? '';
      if (one === ']' && !first) break;
      if (one === '\\') for (const character of escapedSet(this.pattern[this.at++] ?? '')) set.add(character);
      else if (
        this.pattern[this.at] === '-' &&
        this.pattern[this.at + 1] !== ']' &&
        this.at + 1 < this.pattern.length
      ) {
        const last = this.pattern[this.at + 1] ?? one;
        this.at += 2;
        for (const character of alphabet) if (character >= one && character <= last) set.add(character);
      } else set.add(one);
    }
    return negated ? new Set(alphabet.filter((character) => !set.has(character))) : set;
  }

  private count(): { min: number; endless: boolean } {
    const text = /^(?:[*+?]|\{(\d+)(,(\d*))?\})[?+]?/.exec(this.pattern.slice(this.at, this.at + 20));
    if (text === null) return { min: 1, endless: false };
    this.at += text[0].length;
    switch (text[0][0]) {
      case '*':
        return { min: 0, endless: true };
      case '+':
        return { min: 1, endless: true };
      case '?':
        return { min: 0, endless: false };
      default:
        return { min: Number(text[1]), endless: text[2] !== undefined && text[3] === '' };
    }
  }
}

function escapedSet(one: string): ReadonlySet<string> {
  const test = { w: /\w/, W: /\W/, d: /\d/, D: /\D/, s: /\s/, S: /\S/ }[one];
  if (test !== undefined) return new Set(alphabet.filter((character) => test.test(character)));
  const plain = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', '0': '\0' }[one];
  return new Set([plain ?? one]);
}
