/*
 * owns: finding many texts at once in one pass, however many there are (Aho and Corasick, 1975), also across chunks.
 * does not own: what the texts mean, and what becomes of what was found (redactor).
 * must stay true: every occurrence is found, and the time does not depend on how many texts are looked for.
 */

/**
 * Half-open, in the text's UTF-16 units. `needle` is the place in the list of what is looked for; -1: the beginning of some needle,
 * which somebody cut off with an ellipsis.
 */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly needle: number;
}

export interface SearchRules {
  /** Signs that may stand anywhere inside of what is looked for: line ends in wrapped base64, colons in hex. */
  readonly skipped?: string;
  /** Upper case counts as lower case. The needles are given in lower case. */
  readonly anyCase?: boolean;
}

const FOREIGN = 0;
const SKIPPED = 0xffff;
const BACKSLASH = 92;
const LETTER_N = 110;
const LETTER_R = 114;
const ELLIPSIS = 0x2026;
/** A shorter beginning says next to nothing, and many keys of a vendor share it. */
const SHORTEST_BEGINNING = 8;

export class TextSearch {
  /** Sign -> its number among the signs that occur in needles. */
  readonly #signs = new Uint16Array(65536);
  #signCount = 1;
  #edges = new EdgeTable(64);
  readonly #fail: number[] = [0];
  readonly #depth: number[] = [0];
  /** The longest needle that ends here, or -1. */
  readonly #ending: number[] = [-1];
  readonly #lengths: readonly number[];

  constructor(needles: readonly string[], rules: SearchRules = {}) {
    this.#lengths = needles.map((needle) => needle.length);
    for (const needle of needles)
      for (let at = 0; at < needle.length; at++) {
        const code = needle.charCodeAt(at);
        if (this.#signs[code] === FOREIGN) this.#signs[code] = this.#signCount++;
      }
    if (rules.anyCase === true)
      for (let code = 65; code <= 90; code++) this.#signs[code] = this.#signs[code + 32] ?? FOREIGN;
    for (const sign of rules.skipped ?? '') this.#signs[sign.charCodeAt(0)] = SKIPPED;
    needles.forEach((needle, index) => this.#plant(needle, index));
    this.#link();
  }

  /** Reads on from one chunk to the next. */
  cursor(): SearchCursor {
    let node = 0;
    let isEscaped = false;
    return {
      depth: () => this.#depth[node] ?? 0,
      cutOff: (text, end, found) => this.#cutOff(text, end, node, found),
      scan: (text, from, found) => {
        const signs = this.#signs;
        const fail = this.#fail;
        const ending = this.#ending;
        const edges = this.#edges;
        const width = this.#signCount;
        for (let at = from; at < text.length; at++) {
          const code = text.charCodeAt(at);
          const sign = signs[code]!;
          if (sign === FOREIGN) {
            if (code === ELLIPSIS) this.#cutOff(text, at, node, found);
            // "\n" written out, as in JSON, is a line end as well.
            if (!(isEscaped && (code === LETTER_N || code === LETTER_R))) node = 0;
            isEscaped = false;
            continue;
          }
          if (sign === SKIPPED) {
            isEscaped = code === BACKSLASH;
            continue;
          }
          if (isEscaped) {
            isEscaped = false;
            if (code === LETTER_N || code === LETTER_R) continue;
          }
          let next = edges.get(node * width + sign);
          while (next < 0 && node !== 0) {
            node = fail[node]!;
            next = edges.get(node * width + sign);
          }
          node = next < 0 ? 0 : next;
          const needle = ending[node]!;
          if (needle >= 0)
            found.push({ start: this.startOf(text, at + 1, this.#lengths[needle]!), end: at + 1, needle });
        }
      },
    };
  }

  /** Where a match of so many signs begins that ends before `end`: signs that are skipped do not count. */
  startOf(text: string, end: number, length: number): number {
    let at = end;
    let left = length;
    while (left > 0 && at > 0) {
      at -= 1;
      const code = text.charCodeAt(at);
      if (this.#signs[code] === SKIPPED) continue;
      const isEscape = code === LETTER_N || code === LETTER_R;
      if (isEscape && at > 0 && text.charCodeAt(at - 1) === BACKSLASH && this.#signs[BACKSLASH] === SKIPPED) {
        at -= 1;
        continue;
      }
      left -= 1;
    }
    return at;
  }

  isSkipped(text: string, at: number): boolean {
    return this.#signs[text.charCodeAt(at)] === SKIPPED;
  }

  #cutOff(text: string, end: number, node: number, found: Found[]): void {
    const depth = this.#depth[node] ?? 0;
    if (depth >= SHORTEST_BEGINNING) found.push({ start: this.startOf(text, end, depth), end, needle: -1 });
  }

  #plant(needle: string, index: number): void {
    let node = 0;
    for (let at = 0; at < needle.length; at++) {
      const key = node * this.#signCount + this.#signs[needle.charCodeAt(at)]!;
      let next = this.#edges.get(key);
      if (next < 0) {
        next = this.#fail.length;
        this.#fail.push(0);
        this.#depth.push((this.#depth[node] ?? 0) + 1);
        this.#ending.push(-1);
        this.#edges.set(key, next);
      }
      node = next;
    }
    // The first of two equal needles stays.
    if (node !== 0 && this.#ending[node] === -1) this.#ending[node] = index;
  }

  /** Where the search goes on when a needle breaks off: at the longest beginning of one that ends there. */
  #link(): void {
    const parents = this.#edges
      .entries()
      .sort((a, b) => (this.#depth[a.node] ?? 0) - (this.#depth[b.node] ?? 0));
    for (const { key, node } of parents) {
      const parent = Math.floor(key / this.#signCount);
      const sign = key % this.#signCount;
      if (parent !== 0) {
        let at = this.#fail[parent]!;
        let next = this.#edges.get(at * this.#signCount + sign);
        while (next < 0 && at !== 0) {
          at = this.#fail[at]!;
          next = this.#edges.get(at * this.#signCount + sign);
        }
        this.#fail[node] = next < 0 ? 0 : next;
      }
      if (this.#ending[node] === -1) this.#ending[node] = this.#ending[this.#fail[node]!]!;
    }
  }
}

export interface SearchCursor {
  /** How many signs of some needle the text read so far ends with. */
  depth(): number;
  /** The text read so far ends there, and went on once: a beginning is what is left of a needle. */
  cutOff(text: string, end: number, found: Found[]): void;
  /** Reads the text from a place on; what ends there is added to `found`. */
  scan(text: string, from: number, found: Found[]): void;
}

/** Numbers by number, -1 for none. A plain `Map` takes three times as long here, where nearly all the time is spent. */
class EdgeTable {
  #keys: Float64Array;
  #values: Int32Array;
  #used = 0;

  constructor(size: number) {
    this.#keys = new Float64Array(size).fill(-1);
    this.#values = new Int32Array(size);
  }

  get(key: number): number {
    const mask = this.#keys.length - 1;
    let at = mixed(key) & mask;
    for (;;) {
      const known = this.#keys[at]!;
      if (known === key) return this.#values[at]!;
      if (known === -1) return -1;
      at = (at + 1) & mask;
    }
  }

  set(key: number, value: number): void {
    if (this.#used * 2 >= this.#keys.length) this.#grow();
    const mask = this.#keys.length - 1;
    let at = mixed(key) & mask;
    while (this.#keys[at] !== -1) at = (at + 1) & mask;
    this.#keys[at] = key;
    this.#values[at] = value;
    this.#used += 1;
  }

  entries(): { readonly key: number; readonly node: number }[] {
    const found: { key: number; node: number }[] = [];
    this.#keys.forEach((key, at) => {
      if (key !== -1) found.push({ key, node: this.#values[at]! });
    });
    return found;
  }

  #grow(): void {
    const known = this.entries();
    this.#keys = new Float64Array(this.#keys.length * 2).fill(-1);
    this.#values = new Int32Array(this.#values.length * 2);
    this.#used = 0;
    for (const { key, node } of known) this.set(key, node);
  }
}

function mixed(key: number): number {
  const product = Math.imul(key, 0x9e3779b1);
  return product ^ (product >>> 15);
}
