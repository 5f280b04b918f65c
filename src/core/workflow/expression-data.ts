import { data } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { isJsonObject, type JsonValue } from '../base/json';
import { BatonError } from '../model/errors';

type ExpressionData = ReturnType<FunctionDefinition['call']>;

/** No text that an expression makes may be longer: `format` repeated on itself would else fill the memory. */
const MAX_TEXT = 1_000_000;
/** Values that nest deeper are refused before any recursion reaches the end of the stack. */
const MAX_DEPTH = 200;

/**
 * An object as expressions see it. The library's own dictionary looks names up on a plain object, where `constructor`
 * and `__proto__` are always there; here only what was put in can come out. The exact name wins, then any case.
 */
export class SafeDictionary extends data.Dictionary {
  protected readonly exact = new Map<string, ExpressionData>();
  private readonly anyCase = new Map<string, ExpressionData>();

  override add(key: string, value: ExpressionData): void {
    this.exact.set(key, value);
    const folded = key.toLowerCase();
    if (!this.anyCase.has(folded)) this.anyCase.set(folded, value);
  }

  override get(key: string): ExpressionData | undefined {
    return this.exact.get(key) ?? this.anyCase.get(key.toLowerCase());
  }

  override values(): ExpressionData[] {
    return [...this.exact.values()];
  }

  override pairs(): { key: string; value: ExpressionData }[] {
    return [...this.exact].map(([key, value]) => ({ key, value }));
  }
}

/** An object whose values are converted only when an expression asks for them: outputs may be large. */
export class LazyDictionary extends SafeDictionary {
  private whole = false;

  constructor(private readonly source: Readonly<Record<string, JsonValue>>) {
    super();
  }

  override get(key: string): ExpressionData | undefined {
    const known = this.exact.get(key);
    if (known !== undefined) return known;
    const name = Object.hasOwn(this.source, key) ? key : sameInAnyCase(this.source, key);
    if (name === undefined) return undefined;
    const value = this.exact.get(name) ?? toData(this.source[name] ?? null);
    this.add(name, value);
    return value;
  }

  override values(): ExpressionData[] {
    this.fill();
    return super.values();
  }

  override pairs(): { key: string; value: ExpressionData }[] {
    this.fill();
    return super.pairs();
  }

  private fill(): void {
    if (this.whole) return;
    for (const name of Object.keys(this.source)) this.get(name);
    this.whole = true;
  }
}

function sameInAnyCase(source: Readonly<Record<string, JsonValue>>, key: string): string | undefined {
  const folded = key.toLowerCase();
  return Object.keys(source).find((name) => name.toLowerCase() === folded);
}

function toData(value: JsonValue, depth = 0): ExpressionData {
  if (depth > MAX_DEPTH) throw new BatonError('expression', `A value nests deeper than ${MAX_DEPTH} levels.`);
  if (value === null) return new data.Null();
  switch (typeof value) {
    case 'string':
      return new data.StringData(value);
    case 'number':
      return new data.NumberData(value);
    case 'boolean':
      return new data.BooleanData(value);
    default:
  }
  if (!isJsonObject(value)) {
    const list = new data.Array();
    for (const item of value) list.add(toData(item, depth + 1));
    return list;
  }
  const dictionary = new SafeDictionary();
  for (const name of Object.keys(value)) dictionary.add(name, toData(value[name] ?? null, depth + 1));
  return dictionary;
}

/** Plain JSON, objects without a prototype that a key could reach. Numbers that JSON cannot write become null. */
export function fromData(value: ExpressionData): JsonValue {
  if (value instanceof data.StringData) return value.value;
  if (value instanceof data.BooleanData) return value.value;
  if (value instanceof data.NumberData) return Number.isFinite(value.value) ? value.value : null;
  if (value instanceof data.Array) return value.values().map(fromData);
  if (value instanceof data.Dictionary) {
    const object = Object.create(null) as Record<string, JsonValue>;
    for (const pair of value.pairs()) object[pair.key] = fromData(pair.value);
    return object;
  }
  return null;
}

function text(value: string): ExpressionData {
  if (value.length > MAX_TEXT) {
    throw new BatonError('expression', `The expression makes a text longer than ${MAX_TEXT} characters.`);
  }
  return new data.StringData(value);
}

function format(...args: ExpressionData[]): ExpressionData {
  const [template, ...values] = args;
  let length = 0;
  const result = (template?.coerceString() ?? '').replace(
    /\{\{|\}\}|\{(\d+)\}|[{}]/g,
    (found, digits: string | undefined) => {
      if (found === '{{') return '{';
      if (found === '}}') return '}';
      const value = digits === undefined ? undefined : values[Number(digits)];
      if (value === undefined) {
        throw new BatonError('expression', `format() has no value for "${found}".`);
      }
      const inserted = value.coerceString();
      length += inserted.length;
      // Counted while it grows: the finished text might not fit into memory.
      if (length > MAX_TEXT) text(inserted.padEnd(MAX_TEXT + 1));
      return inserted;
    },
  );
  return text(result);
}

function join(...args: ExpressionData[]): ExpressionData {
  const [list, separator] = args;
  if (!(list instanceof data.Array)) return text(list?.primitive ? list.coerceString() : '');
  const between = separator?.primitive ? separator.coerceString() : ',';
  const items = list.values().map((item) => item.coerceString());
  const length = items.reduce((sum, item) => sum + item.length + between.length, 0);
  return text(length > MAX_TEXT + between.length ? ' '.repeat(MAX_TEXT + 1) : items.join(between));
}

function toJson(...args: ExpressionData[]): ExpressionData {
  return text(JSON.stringify(args[0] === undefined ? null : fromData(args[0]), null, 2));
}

function fromJson(...args: ExpressionData[]): ExpressionData {
  const source = args[0]?.coerceString() ?? '';
  try {
    return toData(JSON.parse(source) as JsonValue);
  } catch (error) {
    throw new BatonError('expression', 'fromJSON() was given a text that is not JSON.', { cause: error });
  }
}

/** The library's functions that make values of unknown size, with a bound, and those that read JSON, safely. */
export const boundedFunctions: readonly FunctionDefinition[] = [
  { name: 'format', minArgs: 1, maxArgs: 255, call: format },
  { name: 'join', minArgs: 1, maxArgs: 2, call: join },
  { name: 'tojson', minArgs: 1, maxArgs: 1, call: toJson },
  { name: 'fromjson', minArgs: 1, maxArgs: 1, call: fromJson },
];
