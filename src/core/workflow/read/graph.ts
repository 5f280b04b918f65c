import type { StepKey } from '../../model/ids';
import { findCycles } from '../plan';
import type { Span } from '../source/node';
import type { Report } from '../source/report';
import type { StepDraft } from './step-draft';

/** The steps of a file by key, with their dependencies resolved. Faults are reported; the rest stays usable. */
export class Graph {
  readonly drafts: readonly StepDraft[];
  private readonly index = new Map<StepKey, number>();
  /** For each step, the places in the list of those it depends on. */
  private readonly needs: readonly (readonly number[])[];
  /** Marks of the search below: one array for all searches. */
  private readonly seen: Int32Array;
  private search = 0;
  private readonly isForward: boolean;

  constructor(drafts: readonly StepDraft[], report: Report) {
    this.drafts = this.withoutDoubles(drafts, report);
    const byName = new Map<string, StepKey>();
    for (const { nameAsKey, step } of this.drafts)
      if (nameAsKey !== undefined) byName.set(nameAsKey, step.key);
    for (const draft of this.drafts) draft.step.dependsOn = this.resolve(draft, byName, report);
    this.needs = this.drafts.map(({ step }) => step.dependsOn.map((key) => this.index.get(key)!));
    this.seen = new Int32Array(this.drafts.length);
    this.isForward = this.needs.every((needed, i) => needed.every((other) => other < i));
    if (!this.isForward) this.reportCycles(report);
  }

  has(key: StepKey): boolean {
    return this.index.has(key);
  }

  keys(): Iterable<StepKey> {
    return this.index.keys();
  }

  /** Whether `step` waits, directly or not, for `other`. */
  isUpstream(other: StepKey, step: StepKey): boolean {
    const target = this.index.get(other);
    const start = this.index.get(step);
    if (target === undefined || start === undefined) return false;
    const mark = ++this.search;
    const waiting = [start];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const next of this.needs[at]!) {
        if (next === target) return true;
        // Where every step stands after all it needs, nothing before the target can lead to it.
        if (this.seen[next] === mark || (this.isForward && next < target)) continue;
        this.seen[next] = mark;
        waiting.push(next);
      }
    }
    return false;
  }

  private withoutDoubles(drafts: readonly StepDraft[], report: Report): StepDraft[] {
    const kept: StepDraft[] = [];
    for (const draft of drafts) {
      const { key } = draft.step;
      const first = this.index.get(key);
      if (first === undefined) {
        this.index.set(key, kept.push(draft) - 1);
        continue;
      }
      const { line } = report.range(kept[first]!.at).start;
      report.error(
        'duplicate-step',
        `Another step has the key "${key}", too (line ${line}).`,
        isInside(draft.at, draft.node) ? draft.at : draft.node,
        'Rename one.',
      );
    }
    return kept;
  }

  private resolve(draft: StepDraft, byName: ReadonlyMap<string, StepKey>, report: Report): StepKey[] {
    const resolved = new Set<StepKey>();
    for (const { text, node } of draft.dependencies) {
      const key = text.normalize('NFC');
      const found = this.index.has(key) ? key : byName.get(text);
      if (found === undefined) {
        const meant = report.nearest(key, this.index.keys());
        const hint = meant === undefined ? undefined : `Did you mean "${meant}"?`;
        report.error('unknown-dependency', `There is no step "${text}".`, node, hint);
      } else if (resolved.has(found)) {
        report.warn('duplicate-dependency', `"${found}" is named twice.`, node, 'Remove one of them.');
      } else resolved.add(found);
    }
    return [...resolved];
  }

  private reportCycles(report: Report): void {
    for (const cycle of findCycles(this.drafts.map(({ step }) => step))) {
      const first = this.drafts[this.index.get(cycle[0]!)!]!;
      const shown = cycle.length > 12 ? [...cycle.slice(0, 10), '...', cycle[cycle.length - 1]!] : cycle;
      const hint = 'Remove one of these dependencies.';
      report.error('cycle', `These steps wait for each other: ${shown.join(' -> ')}.`, first.at, hint);
    }
  }
}

/** The key of a step that repeats another one by an alias stands elsewhere. */
function isInside(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
