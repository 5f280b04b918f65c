import type { AnalysisOutput, Finding } from '../model/finding';
import { localEngine, type Analysis, type Conclusion, type FileResult, type FolderContext } from './analysis';
import { counted } from './walk';

export const severities: readonly Finding['severity'][] = ['high', 'medium', 'low', 'info'];

/** More of one rule than this is a habit, not a list: the rest is counted. */
const LISTED_PER_RULE = 100;
const LISTED = 2_000;

/** All findings in one order (severity, file, line, rule), counted, and listed as far as a person can use them. */
export function tally(
  analysis: Analysis,
  results: readonly FileResult[],
  context: FolderContext,
  conclusion: Conclusion,
): AnalysisOutput {
  const all = sortFindings(
    merge([
      ...results.flatMap((result) => result.findings),
      ...conclusion.findings,
      ...context.more.flatMap((more) => more.findings),
    ]),
  );
  const { listed, left } = limit(all);
  const looked = results.filter((result) => result.skipped === undefined);
  const skipped = skippedNotes(results, context);
  return {
    engine: localEngine,
    action: analysis.action,
    findings: listed,
    counts: countFindings(all),
    scanned: {
      files: looked.length,
      lines: looked.reduce((sum, result) => sum + result.lines, 0),
      skipped: results.length - looked.length + context.unread.length,
      ...(context.isCut && { isCut: true }),
    },
    metrics: conclusion.metrics,
    notes: [
      ...conclusion.notes,
      ...context.more.flatMap((more) => more.notes),
      ...skipped,
      ...context.notes,
      ...left,
    ],
  };
}

export function countFindings(findings: readonly Finding[]): Record<Finding['severity'], number> {
  const counts = { high: 0, medium: 0, low: 0, info: 0 };
  for (const finding of findings) counts[finding.severity]++;
  return counts;
}

export function sortFindings(findings: readonly Finding[]): Finding[] {
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...findings].sort(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      compare(a.file ?? '', b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      compare(a.rule, b.rule) ||
      compare(a.message, b.message),
  );
}

/** "7 findings, 2 high"; "No findings in 31 files"; "No findings in 20000 files (only a part of the folder)". */
export function summarize(output: AnalysisOutput): string {
  const part = output.scanned.isCut === true ? ' (only a part of the folder)' : '';
  const total = severities.reduce((sum, severity) => sum + output.counts[severity], 0);
  if (total === 0) return `No findings in ${counted(output.scanned.files, 'file')}${part}`;
  const worst = severities.find((severity) => output.counts[severity] > 0) ?? 'info';
  return `${counted(total, 'finding')}, ${output.counts[worst]} ${worst}${part}`;
}

/** Two rules of one family may see the same thing at the same place: one remark is enough. */
function merge(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.rule}\n${finding.file ?? ''}\n${finding.line ?? 0}`;
    // Remarks about the whole folder are told apart by what they say.
    const full = finding.line === undefined ? `${key}\n${finding.message}` : key;
    const known = seen.get(full);
    if (known === undefined || severities.indexOf(finding.severity) < severities.indexOf(known.severity)) {
      seen.set(full, finding);
    }
  }
  return [...seen.values()];
}

function limit(all: readonly Finding[]): { listed: Finding[]; left: string[] } {
  const perRule = new Map<string, { seen: number; listed: number }>();
  const listed: Finding[] = [];
  for (const finding of all) {
    const counts = perRule.get(finding.rule) ?? { seen: 0, listed: 0 };
    perRule.set(finding.rule, counts);
    counts.seen++;
    if (counts.listed < LISTED_PER_RULE && listed.length < LISTED) {
      counts.listed++;
      listed.push(finding);
    }
  }
  const left = [...perRule]
    .filter(([, counts]) => counts.seen > counts.listed)
    .map(([rule, counts]) => `${counts.seen - counts.listed} more of ${rule} counted but not listed`)
    .sort();
  return { listed, left };
}

function skippedNotes(results: readonly FileResult[], context: FolderContext): string[] {
  const reasons = new Map<string, string[]>();
  for (const { path, skipped } of results) {
    if (skipped !== undefined) reasons.set(skipped, [...(reasons.get(skipped) ?? []), path]);
  }
  for (const { path, reason } of context.unread) reasons.set(reason, [...(reasons.get(reason) ?? []), path]);
  return [...reasons]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, paths]) => {
      const shown = paths.slice(0, 3).join(', ');
      return `${counted(paths.length, 'file')} not looked at (${reason}): ${shown}${paths.length > 3 ? ', ...' : ''}`;
    });
}
