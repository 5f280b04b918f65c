import { byteForms, writtenForms } from './forms';
import { TextSearch, type Found, type SearchCursor } from './text-search';

/** A value that may be shown nowhere. */
export interface KnownSecret {
  readonly value: string;
  /** What stands in its place. */
  readonly placeholder: string;
}

/** A part of a text that has to go, and what stands in its place. */
export interface Hidden {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** One way of looking through a text: with its own rules for what may stand in between. */
interface Layer {
  readonly search: TextSearch;
  /** What stands in the place of each needle; undefined where the needle is a placeholder itself, and stays. */
  readonly places: readonly (string | undefined)[];
  /** At a line's end a chunk is not held back for so short a beginning. */
  readonly letGoBelow: number;
}

/** How texts are cut, besides the one sign for it. */
const DOTS = '...';
/** Nobody can say of which value a beginning is. */
const BEGINNING = '[hidden]';

const LINE_ENDS = '\r\n\\';
/** Colons, blanks, "\x41" and line ends: how dumps and certificates write hex. */
const HEX_SEPARATORS = ' \t:x\r\n\\';

/** Looks for every form of some values in one go. */
export class SecretSearch {
  readonly #layers: readonly Layer[];
  readonly #bytes: readonly Layer[];
  /** No value has a form that is shorter. */
  readonly shortest: number;
  readonly longest: number;

  constructor(secrets: readonly KnownSecret[]) {
    const forms = secrets.map((secret) => ({ ...writtenForms(secret.value), ...secret }));
    const placeholders = [...new Set(secrets.map(({ placeholder }) => placeholder))];
    const wide = (text: string) => [...text].join('\u0000');
    const plain = collected([
      ...placeholders.flatMap((text) => [text, wide(text)].map((needle) => [needle, undefined] as const)),
      ...forms.flatMap((form) => form.plain.map((needle) => [needle, form.placeholder] as const)),
      // In the same width, so that the text stays readable as what it is.
      ...forms.flatMap((form) => form.utf16.map((needle) => [needle, wide(form.placeholder)] as const)),
    ]);
    const base64 = collected(
      forms.flatMap((form) => form.base64.map((needle) => [needle, form.placeholder] as const)),
    );
    const hex = collected(
      forms.flatMap((form) => form.hex.map((needle) => [needle, form.placeholder] as const)),
    );
    const wrapped: readonly Layer[] = [
      { ...base64, search: new TextSearch(base64.needles, { skipped: LINE_ENDS }), letGoBelow: 6 },
      {
        ...hex,
        search: new TextSearch(hex.needles, { skipped: HEX_SEPARATORS, anyCase: true }),
        letGoBelow: 8,
      },
    ];
    this.#layers = [{ ...plain, search: new TextSearch(plain.needles), letGoBelow: 0 }, ...wrapped];
    const inBytes = collected(
      secrets.flatMap(({ value, placeholder }) =>
        byteForms(value).map((needle) => [needle, placeholder] as const),
      ),
    );
    this.#bytes = [{ ...inBytes, search: new TextSearch(inBytes.needles), letGoBelow: 0 }, ...wrapped];
    const lengths = [...base64.needles, ...hex.needles, ...secrets.map(({ value }) => value)].map(
      ({ length }) => length,
    );
    this.shortest = Math.min(...lengths);
    this.longest = Math.max(...lengths);
  }

  /** Everything that has to go, in order, no two of them touching the same sign. */
  inText(text: string): readonly Hidden[] {
    const reading = this.begin();
    const end = text.length - (text.endsWith(DOTS) ? DOTS.length : 0);
    const body = text.slice(0, end);
    const found = [reading.read(body, 0)];
    if (end < text.length) found.push(reading.readEnd(body), reading.read(text, end));
    return merged({
      hidden: found.flatMap(({ hidden }) => hidden),
      kept: found.flatMap(({ kept }) => kept),
    });
  }

  /** The same for bytes, one sign for each. */
  inBytes(text: string): readonly Hidden[] {
    return merged(new Reading(this.#bytes).read(text, 0));
  }

  /** Reads a text in pieces. */
  begin(): Reading {
    return new Reading(this.#layers);
  }
}

/** What was found: parts that have to go, and placeholders of earlier ones, which stay. */
export interface Spotted {
  readonly hidden: readonly Hidden[];
  readonly kept: readonly Pick<Hidden, 'start' | 'end'>[];
}

export class Reading {
  readonly #layers: readonly (Layer & { readonly cursor: SearchCursor })[];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers.map((layer) => ({ ...layer, cursor: layer.search.cursor() }));
  }

  /** Reads the text from a place on; gives what ends there. */
  read(text: string, from: number): Spotted {
    return this.#spot(({ cursor }, found) => cursor.scan(text, from, found));
  }

  /** What the text, read to its end, was cut off in. */
  readEnd(text: string): Spotted {
    return this.#spot(({ cursor }, found) => cursor.cutOff(text, text.length, found));
  }

  #spot(look: (layer: { readonly cursor: SearchCursor }, found: Found[]) => void): Spotted {
    const hidden: Hidden[] = [];
    const kept: Found[] = [];
    for (const layer of this.#layers) {
      const found: Found[] = [];
      look(layer, found);
      for (const { start, end, needle } of found) {
        const by = needle < 0 ? BEGINNING : layer.places[needle];
        if (by === undefined) kept.push({ start, end, needle });
        else hidden.push({ start, end, by });
      }
    }
    return { hidden, kept };
  }

  /** Up to where nothing that follows can make a secret of the text any more. */
  settledUpTo(text: string): number {
    let upTo = text.length;
    for (const { cursor, search, letGoBelow } of this.#layers) {
      const depth = cursor.depth();
      if (depth === 0) continue;
      // Else the last signs of nearly every line would come with the next one only.
      if (depth < letGoBelow && text.length > 0 && search.isSkipped(text, text.length - 1)) continue;
      upTo = Math.min(upTo, search.startOf(text, text.length, depth));
    }
    return upTo;
  }
}

function collected(entries: readonly (readonly [string, string | undefined])[]): {
  readonly needles: readonly string[];
  readonly places: readonly (string | undefined)[];
} {
  return { needles: entries.map(([needle]) => needle), places: entries.map(([, place]) => place) };
}

/** Overlapping ones become one. What lies inside a placeholder is that placeholder, and stays. */
export function merged({ hidden, kept }: Spotted): readonly Hidden[] {
  if (hidden.length === 0) return hidden;
  const loose = hidden.filter(({ start, end }) => !kept.some((one) => one.start <= start && end <= one.end));
  loose.sort((a, b) => a.start - b.start || b.end - a.end);
  const result: Hidden[] = [];
  for (const next of loose) {
    const last = result.at(-1);
    if (last === undefined || next.start >= last.end) result.push(next);
    else if (next.end > last.end) {
      // The longer one says whose it was.
      const by = next.end - next.start > last.end - last.start ? next.by : last.by;
      result[result.length - 1] = { start: last.start, end: next.end, by };
    }
  }
  return result;
}
