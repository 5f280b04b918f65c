import type { JsonValue } from '../../base/json';

/** A stretch of the file: 0-based offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a file says, with the place of everything: the same for YAML and JSON. */
export type SourceNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** A plain value as it was written: `version: 1.10` is the number 1.1, and "1.10" to people. */
  readonly written?: string;
  /** Set when the value is the text of a file named with `!file`. */
  readonly file?: string;
}

export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
}

export interface MapNode extends Span {
  readonly kind: 'map';
  /** In file order; a key may occur twice (reported by the reader). */
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: SourceNode;
}

/** For people: "a list", "a number". */
export function kindOf(node: SourceNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return 'a text';
  return typeof node.value === 'number' ? 'a number' : String(node.value);
}

export function entryOf(node: MapNode, key: string): Entry | undefined {
  return node.entries.find((entry) => entry.key === key);
}

/** The node as plain JSON; objects have no prototype. A number that JSON cannot write becomes null. */
export function toJsonValue(node: SourceNode): JsonValue {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'number' && !Number.isFinite(node.value) ? null : node.value;
    case 'list':
      return node.items.map(toJsonValue);
    case 'map': {
      const object = Object.create(null) as Record<string, JsonValue>;
      for (const entry of node.entries) object[entry.key] = toJsonValue(entry.value);
      return object;
    }
    default:
      return node satisfies never;
  }
}

/** Every key below a node with its dotted path: "a.b", "a.list[0].c". */
export function* keysBelow(node: SourceNode, path: string): Generator<string> {
  if (node.kind === 'list') {
    for (const [i, item] of node.items.entries()) yield* keysBelow(item, `${path}[${i}]`);
  } else if (node.kind === 'map') {
    for (const entry of node.entries) {
      const inner = path === '' ? entry.key : `${path}.${entry.key}`;
      yield inner;
      yield* keysBelow(entry.value, inner);
    }
  }
}
