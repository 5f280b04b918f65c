import {
  Composer,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Document,
  type Pair,
  type Scalar,
  type ScalarTag,
  type YAMLError,
} from 'yaml';
import { findControlCharacter } from './characters';
import { refuseControlCharacters } from './refuse-characters';
import { LIMITS } from './limits';
import type { Entry, SourceNode, Span } from './node';
import type { Report } from './report';
import { readTokens } from './yaml-tokens';

/** What `!file path` was resolved to; undefined while the file has not been read. */
export type IncludedFile = { readonly text: string } | { readonly refused: string } | undefined;

/** Reads one YAML 1.2 document with the place of everything. Undefined when there is nothing to go on with. */
export function readYaml(
  text: string,
  report: Report,
  include: (path: string) => IncludedFile,
): SourceNode | undefined {
  const control = findControlCharacter(text);
  if (control >= 0) {
    refuseControlCharacters(text.slice(control, control + 1), { start: control, end: control + 1 }, report);
    return undefined;
  }
  const tokens = readTokens(text, report);
  if (tokens === undefined) return undefined;
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    // The library compares each key with each; `Nodes.map` looks them up.
    uniqueKeys: false,
    resolveKnownTags: false,
    customTags: [fileTag],
    logLevel: 'silent',
    prettyErrors: false,
  });
  let document: Document.Parsed | undefined;
  for (const composed of composer.compose(tokens, true, text.length)) document ??= composed;
  if (document === undefined) return undefined;
  for (const error of document.errors) if (!isToldAlready(error)) reportSyntax(error, text, report);
  // What stands below what is then anybody's guess, and every further fault would follow from this one.
  if (document.errors.some(({ code }) => code === 'TAB_AS_INDENT')) return undefined;
  if (document.contents === null) return undefined;
  return new Nodes(report, include).node(document.contents);
}

/** Only marks the scalar; the reader below replaces it by the file's text. */
const fileTag: ScalarTag = { tag: '!file', default: false, resolve: (path) => path };

/** Tags, directives and further documents have their own words. */
function isToldAlready(error: YAMLError): boolean {
  return (
    error.code === 'MULTIPLE_DOCS' || error.code === 'TAG_RESOLVE_FAILED' || error.code === 'BAD_DIRECTIVE'
  );
}

function reportSyntax(error: YAMLError, text: string, report: Report): void {
  const [start, end] = error.pos;
  const line = text.slice(text.lastIndexOf('\n', Math.max(0, start - 1)) + 1, lineEnd(text, start));
  const code = `yaml-${error.code.toLowerCase().replaceAll('_', '-')}`;
  report.error(
    code,
    `${error.message.split('\n')[0]}.`.replace(/\.\.$/, '.'),
    { start, end },
    hintFor(error, line),
  );
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function hintFor(error: YAMLError, line: string): string | undefined {
  if (line.includes('{{')) return 'Put quotes around the value: YAML reads a bare "{{" as its own.';
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'Indent with spaces.';
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'Check the indentation, and quote a value that holds ": ".';
    case 'MISSING_CHAR':
      return 'Check brackets, quotes and colons on this line and the one before.';
    case 'BAD_ALIAS':
      return 'Define it with "&name" before, or quote the text.';
    default:
      return undefined;
  }
}

/** Turns composed nodes into source nodes, in document order: aliases followed, duplicates found, `!file` replaced. */
class Nodes {
  /** The last node of each anchor so far; `built` is absent while the node is still being read. */
  private readonly anchors = new Map<string, { built?: SourceNode }>();
  private repeated = 0;

  constructor(
    private readonly report: Report,
    private readonly include: (path: string) => IncludedFile,
  ) {}

  node(node: unknown): SourceNode {
    if (isAlias(node)) return this.alias(node.source, spanOf(node));
    if (!isNode(node)) return NOTHING;
    const span = spanOf(node);
    const anchor: { built?: SourceNode } = {};
    if ('anchor' in node && typeof node.anchor === 'string') this.anchors.set(node.anchor, anchor);
    anchor.built = isMap(node)
      ? { kind: 'map', ...span, entries: this.entries(node.items) }
      : isSeq(node)
        ? { kind: 'list', ...span, items: node.items.map((item) => this.item(item)) }
        : this.scalar(node as Scalar, span);
    return anchor.built;
  }

  /** `[a: 1]` puts a pair into a list: it means a mapping with one key. */
  private item(item: unknown): SourceNode {
    if (!isPair(item)) return this.node(item);
    const entries = this.entries([item]);
    const start = entries[0]?.keySpan.start ?? 0;
    return { kind: 'map', entries, start, end: entries[0]?.value.end ?? start };
  }

  private entries(pairs: readonly Pair[]): Entry[] {
    const entries: Entry[] = [];
    const names = new Set<string>();
    for (const pair of pairs) {
      const keyNode = pair.key;
      const keySpan = spanOf(keyNode);
      if (!isScalar(keyNode)) {
        const hint = 'Put quotes around a value that begins with "{", "[" or "*".';
        this.report.error('bad-key', 'A key must be a plain text.', keySpan, hint);
        continue;
      }
      const key = typeof keyNode.value === 'string' ? keyNode.value : (keyNode.source ?? '');
      refuseControlCharacters(key, keySpan, this.report);
      if (names.has(key)) {
        const hint = 'Remove one of them.';
        this.report.error('duplicate-key', `The key "${key}" stands here twice.`, keySpan, hint);
      }
      names.add(key);
      const isEmpty = pair.value === null || pair.value === undefined;
      entries.push({ key, keySpan, value: isEmpty ? emptyAfter(keySpan) : this.node(pair.value) });
    }
    return entries;
  }

  private scalar(node: Scalar, span: Span): SourceNode {
    const { value } = node;
    if (typeof value === 'string') {
      if (node.tag === '!file') return this.included(value, span);
      refuseControlCharacters(value, span, this.report);
      return { kind: 'scalar', value, ...span };
    }
    const written = node.source === undefined ? {} : { written: node.source };
    if (typeof value === 'number' || typeof value === 'boolean')
      return { kind: 'scalar', value, ...written, ...span };
    return { kind: 'scalar', value: null, ...written, ...span };
  }

  private included(path: string, span: Span): SourceNode {
    const file = this.include(path);
    if (file === undefined) return { kind: 'scalar', value: '', file: path, ...span };
    if ('refused' in file) {
      this.report.error('include', `!file ${path}: ${file.refused}`, span);
      return { kind: 'scalar', value: '', file: path, ...span };
    }
    refuseControlCharacters(file.text, span, this.report);
    return { kind: 'scalar', value: file.text, file: path, ...span };
  }

  private alias(name: string, at: Span): SourceNode {
    const anchor = this.anchors.get(name);
    const { built } = anchor ?? {};
    if (built !== undefined) {
      const before = this.repeated;
      this.repeated += weight(built, LIMITS.repeatedCharacters - before);
      // A step that is repeated stands where it is repeated: a fault of the second is no fault of the first.
      if (this.repeated <= LIMITS.repeatedCharacters)
        return built.kind === 'map' ? { ...built, start: at.start, end: at.end } : built;
      // Told once: what follows would only repeat it.
      if (before > LIMITS.repeatedCharacters) return { kind: 'scalar', value: null, ...at };
    }
    const [code, message] =
      anchor === undefined
        ? ['unknown-alias', `There is no "&${name}" before this alias.`]
        : built === undefined
          ? ['alias-cycle', `"*${name}" stands inside of what it repeats.`]
          : ['too-many-aliases', `Aliases repeat more than ${LIMITS.repeatedCharacters} characters.`];
    this.report.error(code, message, at, 'Write the value out.');
    return { kind: 'scalar', value: null, ...at };
  }
}

const NOTHING: SourceNode = { kind: 'scalar', value: null, start: 0, end: 0 };

/** Where the value of `key:` would stand. */
function emptyAfter(key: Span): SourceNode {
  return { kind: 'scalar', value: null, start: key.end, end: key.end };
}

function spanOf(node: unknown): Span {
  const range = isNode(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}

/** Characters that a copy of the node costs, all aliases in it written out; counting stops above `most`. */
function weight(node: SourceNode, most: number): number {
  if (node.kind === 'scalar') return typeof node.value === 'string' ? node.value.length + 1 : 1;
  let sum = 1;
  const parts = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.value);
  for (const part of parts) {
    if (sum > most) break;
    sum += weight(part, most - sum);
  }
  return sum;
}
