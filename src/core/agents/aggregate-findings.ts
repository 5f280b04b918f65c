/*
 * owns: the findings of the steps upstream as one list, without a model: each rule at each place once, the worst first.
 * must stay true: nothing is added and nothing is judged; equal results upstream give an equal list.
 */
import { toJson } from '../base/json';
import { throwIfAborted } from '../base/abort';
import { localEngine } from '../analyses/analysis';
import { capitalized, findingLine, plain } from '../analyses/report/markdown';
import { findingsIn } from '../analyses/report/upstream-findings';
import { relativeTo, resolveOutput } from '../analyses/run-report';
import { severities } from '../analyses/tally';
import type { AgentTask } from './agent';
import {
  aggregate,
  type Aggregate,
  type AggregatedFinding,
  type FindingsOf,
} from './collaboration/aggregate';
import type { LocalWork } from './local-work';

/** Findings that the result lists; more are counted. */
const LISTED = 2_000;

/** Never fails over a result that holds no findings: it says which ones did not. */
export async function aggregateFindings(
  task: Pick<AgentTask, 'workspace' | 'upstream' | 'getArtifact' | 'signal'>,
): Promise<LocalWork> {
  const parts: FindingsOf[] = [];
  const notes: string[] = [];
  for (const { key, status, output } of task.upstream) {
    throwIfAborted(task.signal);
    const findings = findingsIn(await resolveOutput(output, task.getArtifact));
    // One tool says "/folder/a.ts" and another one "a.ts": the same place.
    const placed = findings?.map((finding) => relativeTo(task.workspace, finding));
    if (placed !== undefined) parts.push({ source: key, findings: placed });
    else notes.push(`${key} has no list of findings${status === 'completed' ? '' : ` (${status})`}`);
  }
  const merged = aggregate(parts);
  const summary = summaryOf(merged, parts.length);
  const left = merged.findings.length - LISTED;
  if (left > 0) notes.push(`${left} more counted but not listed`);
  const listed = merged.findings.slice(0, LISTED);
  return {
    output: toJson({
      engine: localEngine,
      action: 'aggregate',
      findings: listed,
      counts: merged.counts,
      duplicates: merged.duplicates,
      sources: parts.map(({ source, findings }) => ({ step: source, findings: findings.length })),
      notes,
    }),
    summary,
    markdown: page(summary, merged, listed, notes),
    path: 'reports/aggregate.md',
  };
}

function summaryOf({ findings, counts, duplicates }: Aggregate, steps: number): string {
  const from = steps === 1 ? '1 step' : `${steps} steps`;
  if (findings.length === 0) return `No findings from ${from}`;
  const worst = severities.find((severity) => counts[severity] > 0) ?? 'info';
  const number = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  const twice = duplicates === 0 ? '' : `, ${duplicates} seen more than once`;
  return `${number} from ${from}, ${counts[worst]} ${worst}${twice}`;
}

function page(
  summary: string,
  { counts }: Aggregate,
  listed: readonly AggregatedFinding[],
  notes: readonly string[],
): string {
  const sections = severities.flatMap((severity) => {
    const lines = listed
      .filter((finding) => finding.severity === severity)
      .map((finding) => `${findingLine(finding)} (${finding.sources.map(plain).join(', ')})`);
    return lines.length === 0 ? [] : [`## ${capitalized(severity)} (${counts[severity]})`, lines.join('\n')];
  });
  const told = notes.length === 0 ? [] : ['## Notes', notes.map((note) => `- ${plain(note)}`).join('\n')];
  return ['# Findings of several steps', `${summary}.`, `${capitalized(localEngine)}.`, ...sections, ...told]
    .join('\n\n')
    .concat('\n');
}
