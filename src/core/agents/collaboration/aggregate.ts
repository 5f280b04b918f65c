import type { Finding } from '../../model/finding';
import type { Usage } from '../../model/events';

/** What one agent found. */
export interface FindingsOf {
  /** Its name, as people know it. */
  readonly source: string;
  readonly findings: readonly Finding[];
}

export interface AggregatedFinding extends Finding {
  /** Who found it, in the order they were given. */
  readonly sources: readonly string[];
}

export interface Aggregate {
  /** The worst first; equal ones by place, then by rule. */
  readonly findings: readonly AggregatedFinding[];
  readonly counts: Readonly<Record<Finding['severity'], number>>;
  /** How many findings were seen by somebody else already. */
  readonly duplicates: number;
}

const worstFirst: readonly Finding['severity'][] = ['high', 'medium', 'low', 'info'];

/**
 * Findings of several agents as one list. The same rule at the same place is one finding: at its worst severity, in the words of
 * who said that first, with the first advice there is. Which findings there are,
 * and how bad they are, does not depend on the order of the parts.
 */
export function aggregate(parts: readonly FindingsOf[]): Aggregate {
  const merged = new Map<string, AggregatedFinding>();
  let seen = 0;
  for (const { source, findings } of parts) {
    for (const finding of findings) {
      seen += 1;
      const key = placeOf(finding);
      const known = merged.get(key);
      merged.set(
        key,
        known === undefined ? { ...finding, sources: [source] } : joined(known, finding, source),
      );
    }
  }
  const findings = [...merged.values()].sort(compare);
  const counts = { high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return { findings, counts, duplicates: seen - findings.length };
}

/** The sum of what several took. Money is known when any of it is, and an estimate when not all of it is. */
export function usageOf(parts: readonly Partial<Usage>[]): Usage {
  const sum = (field: 'inputTokens' | 'outputTokens' | 'usd') => {
    const known = parts.flatMap((part) => part[field] ?? []);
    return known.length === 0
      ? {}
      : { [field]: Number(known.reduce((total, value) => total + value, 0).toFixed(9)) };
  };
  const isPriced = parts.some(({ usd }) => usd !== undefined);
  // One that asked no model costs nothing; one that did, and tells no price, leaves the sum too low.
  const leavesOut = parts.some(
    ({ usd, inputTokens, outputTokens }) =>
      isPriced && usd === undefined && (inputTokens ?? 0) + (outputTokens ?? 0) > 0,
  );
  return {
    durationMs: parts.reduce((total, { durationMs }) => total + (durationMs ?? 0), 0),
    ...sum('inputTokens'),
    ...sum('outputTokens'),
    ...sum('usd'),
    ...((leavesOut || parts.some(({ estimated }) => estimated)) && { estimated: true as const }),
  };
}

/** Without a line the message tells two remarks about one file apart. */
function placeOf({ rule, file, line, message }: Finding): string {
  return JSON.stringify([rule, file === undefined ? null : normal(file), line ?? message]);
}

const normal = (file: string) => file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');

function joined(known: AggregatedFinding, other: Finding, source: string): AggregatedFinding {
  const isWorse = worstFirst.indexOf(other.severity) < worstFirst.indexOf(known.severity);
  const advice = (isWorse ? (other.advice ?? known.advice) : known.advice) ?? other.advice;
  return {
    ...known,
    ...(isWorse && { severity: other.severity, message: other.message }),
    ...(advice !== undefined && { advice }),
    sources: known.sources.includes(source) ? known.sources : [...known.sources, source],
  };
}

function compare(a: Finding, b: Finding): number {
  return (
    worstFirst.indexOf(a.severity) - worstFirst.indexOf(b.severity) ||
    order(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    order(a.rule, b.rule) ||
    order(a.message, b.message)
  );
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
