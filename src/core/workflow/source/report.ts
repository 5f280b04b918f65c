import type { Diagnostic, Range } from '../../model/diagnostic';
import type { StepKey } from '../../model/ids';
import type { Mapping } from '../parsed-workflow';
import { nearest } from '../../base/nearest';
import { visible } from './characters';
import { LIMITS } from './limits';
import { Lines } from './lines';
import { keysBelow, type SourceNode, type Span } from './node';

interface Unsupported {
  readonly feature: string;
  readonly range: Range;
  readonly step?: StepKey;
}

/** Collects all that is to be said about one file while it is read. */
export class Report {
  readonly unsupported: Unsupported[] = [];
  private readonly found: Diagnostic[] = [];
  private readonly mappings = new Map<string, Mapping>();
  private readonly lines: Lines;
  private readonly repeated = new Map<string, { at: number; times: number }>();
  private guesses = 0;
  private errors = 0;
  private untold = 0;

  constructor(readonly text: string) {
    this.lines = new Lines(text);
  }

  get hasErrors(): boolean {
    return this.errors > 0;
  }

  error(code: string, message: string, at: Span, suggestion?: string): void {
    this.errors++;
    this.add('error', code, message, at, suggestion);
  }

  warn(code: string, message: string, at: Span, suggestion?: string): void {
    this.add('warning', code, message, at, suggestion);
  }

  /** The same remark about many places is told at the first, with their number. */
  warnOnce(code: string, message: string, at: Span): void {
    const known = this.repeated.get(message);
    if (known === undefined) {
      this.repeated.set(message, { at: this.found.length, times: 1 });
      this.warn(code, message, at);
      return;
    }
    known.times++;
    const first = this.found[known.at];
    if (first === undefined) return;
    this.found[known.at] = { ...first, message: `${message} (${known.times} times in this file)` };
  }

  inform(code: string, message: string, at: Span, suggestion?: string): void {
    this.add('information', code, message, at, suggestion);
  }

  /** A feature that is understood and does not work yet: a warning here, a refusal when it shall really run. */
  notYet(feature: string, at: Span, step?: StepKey): void {
    this.unsupported.push({ feature, range: this.range(at), ...(step === undefined ? {} : { step }) });
    this.warn(
      'unsupported',
      `"${feature}" does not work yet: the file can be checked and rehearsed, a real run is refused.`,
      at,
    );
  }

  /** What became of one key of the source. The last word counts. */
  map(source: string, outcome: Mapping['outcome'], note: string, options?: { readonly same: boolean }): void {
    const key = visible(source);
    this.mappings.set(key, {
      source: key,
      outcome,
      note: visible(note),
      ...(options?.same === true ? { same: true } : {}),
    });
  }

  /** The same word for every key below a node. */
  mapBelow(node: SourceNode, path: string, outcome: Mapping['outcome'], note: string, same = false): void {
    for (const key of keysBelow(node, path)) this.map(key, outcome, note, { same });
  }

  /**
   * The candidate that was probably meant. Looked for only so often: a file with thousands of wrong names would
   * else cost the product of all names.
   */
  nearest(name: string, candidates: Iterable<string>): string | undefined {
    return ++this.guesses > LIMITS.guesses ? undefined : nearest(name, candidates);
  }

  range(span: Span): Range {
    return this.lines.range(span);
  }

  /** In the order of the file; of equal places errors first. */
  diagnostics(): Diagnostic[] {
    const weight = { error: 0, warning: 1, information: 2 };
    const sorted = this.found
      .map((diagnostic, i) => ({ diagnostic, i }))
      .sort(
        (a, b) =>
          a.diagnostic.range.start.line - b.diagnostic.range.start.line ||
          a.diagnostic.range.start.column - b.diagnostic.range.start.column ||
          weight[a.diagnostic.severity] - weight[b.diagnostic.severity] ||
          a.i - b.i,
      )
      .map(({ diagnostic }) => diagnostic);
    if (this.untold > 0) {
      const last = sorted[sorted.length - 1]!.range;
      const message = `${this.untold} more are not told.`;
      sorted.push({ severity: 'information', code: 'more-faults', message, range: last });
    }
    return sorted;
  }

  allMappings(): Mapping[] {
    return [...this.mappings.values()];
  }

  private add(
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    at: Span,
    suggestion: string | undefined,
  ): void {
    if (this.found.length >= LIMITS.diagnostics) {
      this.untold++;
      return;
    }
    const range = this.lines.range(at);
    this.found.push({
      severity,
      code,
      message: visible(message),
      range,
      ...(suggestion === undefined ? {} : { suggestion: visible(suggestion) }),
    });
  }
}
