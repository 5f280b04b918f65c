import type { Finding } from '../../model/finding';
import { severities } from '../tally';

export interface MergedFinding extends Finding {
  /** Titles of the steps that saw it. */
  readonly foundBy: readonly string[];
}

/** Findings of several steps as one list: the same rule at the same place is one finding, at its worst severity. */
export function mergeFindings(
  steps: readonly { readonly title: string; readonly findings?: readonly Finding[] }[],
): MergedFinding[] {
  const merged = new Map<string, MergedFinding>();
  for (const { title, findings } of steps) {
    for (const finding of findings ?? []) {
      // Without a line the message tells two remarks about one place apart.
      const tail = finding.line === undefined ? finding.message : String(finding.line);
      const key = [finding.rule, finding.file ?? '', tail].join('\n');
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { ...finding, foundBy: [title] });
      else merged.set(key, { ...worse(known, finding), foundBy: [...new Set([...known.foundBy, title])] });
    }
  }
  return [...merged.values()];
}

const worse = (a: Finding, b: Finding): Finding =>
  severities.indexOf(b.severity) < severities.indexOf(a.severity) ? b : a;
