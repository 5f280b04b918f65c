import type { JsonValue } from '../base/json';
import type { Diagnostic, Range } from '../model/diagnostic';
import { utf8Length } from './source/limits';
import { entryOf, toJsonValue, type MapNode, type SourceNode, type Span } from './source/node';
import { readYaml } from './source/read-yaml';
import { Report } from './source/report';

/** Bytes that the part between the two lines of dashes may have. What is larger was not written by a person. */
const MOST_BYTES = 32 * 1024;
const OPENING = /^\ufeff?---[ \t]*\r?\n/;
const CLOSING = /^---[ \t]*(?:\r?\n|$)/gm;

type Severity = Diagnostic['severity'];
/** "tools", or a place below: ["tools", 2]. */
export type Place = string | readonly (string | number)[];

/**
 * The head of a Markdown file (YAML between two lines of dashes) and the text below it. Bounded like a workflow file: depth, keys,
 * aliases, no tags, no merge keys. Values are plain JSON whose objects have no prototype.
 */
export class FrontMatter {
  /** What follows the head. The whole text when there is no head. */
  readonly body: string;
  /** 1-based line on which the body begins. */
  readonly bodyLine: number;
  private readonly root: MapNode | undefined;
  private readonly report: Report;

  constructor(text: string) {
    const opening = OPENING.exec(text)?.[0];
    const closing = opening === undefined ? undefined : closingLine(text, opening.length);
    // Only the head is known to the report: a long body costs nothing, and places stay those of the file.
    const head = text.slice(0, closing?.start ?? Math.min(text.length, 1));
    this.report = new Report(head);
    this.body = closing === undefined ? text : text.slice(closing.end);
    this.bodyLine = closing === undefined ? 1 : text.slice(0, closing.end).split('\n').length;
    if (opening === undefined) {
      this.error('no-front-matter', 'The file does not begin with a line "---" and its fields.');
      return;
    }
    if (closing === undefined) {
      this.error('no-front-matter', 'The fields at the top are not closed by a line "---".');
      return;
    }
    if (utf8Length(head) > MOST_BYTES) {
      this.error('too-large', `The fields at the top have more than ${MOST_BYTES / 1024} kB.`);
      return;
    }
    // The opening line as spaces: not a second mark for the reader of YAML, and every place stays.
    const fields = `${' '.repeat(opening.length - 1)}\n${head.slice(opening.length)}`;
    const node = readYaml(fields, this.report, () => ({
      refused: 'A file of an agent includes no other file.',
    }));
    if (node?.kind === 'map') this.root = node;
    else if (!this.hasErrors) this.error('no-front-matter', 'Between the lines "---" no fields are given.');
  }

  get hasErrors(): boolean {
    return this.report.hasErrors;
  }

  /** Names of the fields, in file order. */
  keys(): string[] {
    return this.root?.entries.map(({ key }) => key) ?? [];
  }

  /** A field as plain JSON; undefined when it is absent. */
  value(name: string): JsonValue | undefined {
    const entry = this.root === undefined ? undefined : entryOf(this.root, name);
    return entry === undefined ? undefined : toJsonValue(entry.value);
  }

  error(code: string, message: string, at?: Place, suggestion?: string): void {
    this.say('error', code, message, at, suggestion);
  }

  warn(code: string, message: string, at?: Place, suggestion?: string): void {
    this.say('warning', code, message, at, suggestion);
  }

  inform(code: string, message: string, at?: Place, suggestion?: string): void {
    this.say('information', code, message, at, suggestion);
  }

  /** Where a field stands; the first line for one that is absent. */
  range(at?: Place): Range {
    return this.report.range(this.spanOf(at));
  }

  /** In the order of the file. */
  diagnostics(): Diagnostic[] {
    return this.report.diagnostics();
  }

  private say(severity: Severity, code: string, message: string, at?: Place, suggestion?: string): void {
    const span = this.spanOf(at);
    if (severity === 'error') this.report.error(code, message, span, suggestion);
    else if (severity === 'warning') this.report.warn(code, message, span, suggestion);
    else this.report.inform(code, message, span, suggestion);
  }

  private spanOf(at: Place = []): Span {
    let node: SourceNode | undefined = this.root;
    let span: Span = { start: 0, end: Math.min(3, this.report.text.length) };
    for (const part of typeof at === 'string' ? [at] : at) {
      if (node?.kind === 'map') {
        const entry = entryOf(node, String(part));
        if (entry === undefined) break;
        span = entry.value.kind === 'scalar' ? entry.value : entry.keySpan;
        node = entry.value;
      } else if (node?.kind === 'list' && typeof part === 'number') {
        const item: SourceNode | undefined = node.items[part];
        if (item === undefined) break;
        span = item;
        node = item;
      } else break;
    }
    return span;
  }
}

function closingLine(text: string, from: number): Span | undefined {
  CLOSING.lastIndex = from;
  const match = CLOSING.exec(text);
  return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
}
