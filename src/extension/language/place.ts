/** Where in a block-style YAML text a cursor stands, told by indentation: that also works while the text is broken. */
export interface Place {
  /** Keys from the top, "[]" for an item of a list: ["steps", "[]", "approval"]. The cursor's own key is not in it. */
  readonly path: readonly string[];
  /** The key whose value the cursor is in; undefined where a key is being written. */
  readonly inValueOf?: string;
  /** What stands between the beginning of the word and the cursor. */
  readonly word: string;
  /** Column at which the key or value begins. */
  readonly start: number;
}

const KEY = /^(?:"([^"]+)"|'([^']+)'|([^\s#:,[\]{}"'][^:#]*?))\s*:(?=\s|$)/;

interface LineParts {
  /** Columns of the hyphens that begin list items. */
  readonly dashes: readonly number[];
  readonly key?: string;
  readonly keyColumn: number;
  /** Column after "key: "; where the content begins when there is no key. */
  readonly valueColumn: number;
}

/** `lineAt` gives the text of a line; `line` and `character` are 0-based. */
export function placeAt(lineAt: (line: number) => string, line: number, character: number): Place {
  const text = lineAt(line);
  const own = partsOf(text.slice(0, character));
  const value = own.key === undefined ? undefined : own.key;
  const begun = text.slice(own.valueColumn, character);
  const word = /[^\s,[\]{}"']*$/.exec(begun)?.[0] ?? '';
  const above: string[] = [];
  // What encloses a key stands further left; what encloses a hyphen may stand right above it.
  let keys = own.key === undefined ? own.valueColumn : own.keyColumn;
  let dashes = keys;
  const enclose = (parts: LineParts) => {
    for (const column of [...parts.dashes].reverse()) {
      if (column >= dashes) continue;
      above.unshift('[]');
      keys = column + 0.5;
      dashes = column;
    }
  };
  enclose(own);
  for (let i = line - 1; i >= 0 && keys > 0; i--) {
    const candidate = lineAt(i);
    if (/^\s*(#|$)/.test(candidate)) continue;
    const parts = partsOf(candidate);
    if (parts.key !== undefined && parts.keyColumn < keys) {
      above.unshift(parts.key);
      keys = parts.keyColumn;
      dashes = parts.keyColumn;
    }
    enclose(parts);
  }
  return {
    path: above,
    word,
    start: character - word.length,
    ...(value !== undefined && { inValueOf: value }),
  };
}

function partsOf(text: string): LineParts {
  const dashes: number[] = [];
  let column = /^ */.exec(text)![0].length;
  for (;;) {
    const dash = /^-(?: +|$)/.exec(text.slice(column));
    if (dash === null) break;
    dashes.push(column);
    column += dash[0].length;
  }
  const found = KEY.exec(text.slice(column));
  if (found === null) return { dashes, keyColumn: column, valueColumn: column };
  const key = found[1] ?? found[2] ?? found[3] ?? '';
  const after = column + found[0].length;
  const space = /^ */.exec(text.slice(after))![0].length;
  return { dashes, key, keyColumn: column, valueColumn: after + space };
}
