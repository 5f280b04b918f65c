import type { AnalysisOutput, Finding } from '../../model/finding';
import type { Analysis } from '../analysis';
import { severities, summarize } from '../tally';
import { capitalized, code, findingLine, plain } from './markdown';

/** The readable side of one analysis: `reports/<action>.md`. No dates, so that equal folders give equal pages. */
export function renderAnalysis(
  analysis: Pick<Analysis, 'title' | 'looksFor'>,
  output: AnalysisOutput,
): string {
  const { files, lines, skipped } = output.scanned;
  return [
    `# ${analysis.title}`,
    `${summarize(output)}. ${files} files and ${lines} lines looked at, ${skipped} left out.`,
    `${capitalized(output.engine)}. ${analysis.looksFor}`,
    ...severities.flatMap((severity) => section(severity, output)),
    ...metricsTable(output.metrics),
    ...list('Notes', output.notes.map(plain)),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(severity: Finding['severity'], output: AnalysisOutput): string[] {
  const findings = output.findings.filter((finding) => finding.severity === severity);
  if (findings.length === 0) return [];
  return [`## ${capitalized(severity)} (${output.counts[severity]})`, findings.map(findingLine).join('\n')];
}

function metricsTable(metrics: AnalysisOutput['metrics']): string[] {
  const entries = Object.entries(metrics);
  if (entries.length === 0) return [];
  const rows = entries.map(([name, value]) => `| ${code(name)} | ${value} |`);
  return ['## Figures', ['| figure | value |', '| --- | ---: |', ...rows].join('\n')];
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, items.map((item) => `- ${item}`).join('\n')];
}
