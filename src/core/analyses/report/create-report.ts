import { Liquid } from 'liquidjs';
import type { AnalysisOutput, Finding } from '../../model/finding';
import { localEngine } from '../analysis';
import { countFindings, severities, sortFindings, summarize } from '../tally';
import { capitalized, code, fenced, findingLine, place, plain } from './markdown';
import { mergeFindings, type MergedFinding } from './merge-findings';
import { reportTemplate } from './report-template';

/** A step upstream, with its findings read. */
export interface ReportStep {
  readonly key: string;
  readonly title: string;
  readonly status: 'completed' | 'skipped' | 'failed' | 'cancelled';
  readonly summary: string;
  readonly artifacts: readonly string[];
  /** Absent when the step produced no list of findings. */
  readonly findings?: readonly Finding[];
  /** Made by the local engine. */
  readonly local?: true;
  readonly notes?: readonly string[];
  readonly metrics?: Readonly<Record<string, number>>;
  readonly scanned?: Readonly<Record<string, number>>;
  /** Findings by severity, also of those that its list leaves out. */
  readonly counts?: Readonly<Record<string, number>>;
  /** It looked at a part of the folder only. */
  readonly isCut?: true;
  /** What it produced, when that is no list of findings. */
  readonly text?: string;
}

export interface ReportRequest {
  readonly title: string;
  readonly steps: readonly ReportStep[];
  /** Lines of each file that exists. */
  readonly lineCounts: Readonly<Record<string, number>>;
  readonly comment?: string;
}

// Upstream text reaches the template as values only, already escaped; it is never parsed as a template itself.
const liquid = new Liquid({ ownPropertyOnly: true, strictVariables: true, strictFilters: true, cache: true });
const template = liquid.parse(reportTemplate);

/** The report, and its own result: the findings of all steps, merged. No dates: equal results give equal bytes. */
export function createReport(request: ReportRequest): { output: AnalysisOutput; markdown: string } {
  const merged = mergeFindings(request.steps).map((finding) => checkPlace(finding, request.lineCounts));
  const findings = sortFindings(merged) as MergedFinding[];
  const unlisted = sumOf(request.steps.map(unlistedOf));
  const output = outputOf(request, findings, unlisted);
  const markdown = liquid.renderSync(template, {
    title: plain(request.title),
    engine: capitalized(localEngine),
    conclusion: conclusionOf(request, output),
    comment: request.comment === undefined ? '' : plain(request.comment),
    steps: request.steps.map((step) => stepView(step)),
    severities: severities.map((severity) => severityView(severity, findings, unlisted)),
    files: filesView(findings),
    gaps: gapsOf(request, output),
  }) as string;
  return { output, markdown: `${markdown.replace(/\n{3,}/g, '\n\n').trim()}\n` };
}

type Counts = Readonly<Record<Finding['severity'], number>>;

/** Findings of a step that were counted and are not in its list: a report may not pass over them. */
function unlistedOf(step: ReportStep): Counts {
  const listed = countFindings(step.findings ?? []);
  const rest = (severity: Finding['severity']) =>
    Math.max(0, (step.counts?.[severity] ?? 0) - listed[severity]);
  return { high: rest('high'), medium: rest('medium'), low: rest('low'), info: rest('info') };
}

function sumOf(all: readonly Counts[]): Counts {
  const sum = (severity: Finding['severity']) => all.reduce((total, one) => total + one[severity], 0);
  return { high: sum('high'), medium: sum('medium'), low: sum('low'), info: sum('info') };
}

/** A line that is no longer there would lead nowhere. */
function checkPlace(finding: MergedFinding, lineCounts: ReportRequest['lineCounts']): MergedFinding {
  if (finding.file === undefined) return finding;
  const lines = lineCounts[finding.file];
  if (lines !== undefined && (finding.line === undefined || finding.line <= lines)) return finding;
  const { line, file, ...rest } = finding;
  if (lines !== undefined) return { ...rest, file };
  const where = line === undefined ? file : `${file}:${line}`;
  return { ...rest, message: `${where} (not found now): ${finding.message}` };
}

function outputOf(
  request: ReportRequest,
  findings: readonly MergedFinding[],
  unlisted: Counts,
): AnalysisOutput {
  const sum = (pick: (step: ReportStep) => number) =>
    request.steps.reduce((total, step) => total + pick(step), 0);
  const most = (name: string) => Math.max(0, ...request.steps.map((step) => step.scanned?.[name] ?? 0));
  const reported = sum((step) => step.findings?.length ?? 0);
  return {
    engine: localEngine,
    action: 'create-review-report',
    findings: findings.map(({ foundBy: _, ...finding }) => finding),
    counts: sumOf([countFindings(findings), unlisted]),
    // The steps looked at the same folder, so the widest look is what was looked at.
    scanned: {
      files: most('files'),
      lines: most('lines'),
      skipped: most('skipped'),
      ...(request.steps.some((step) => step.isCut === true) && { isCut: true }),
    },
    metrics: {
      steps: request.steps.length,
      stepsWithFindings: sum((step) => ((step.findings?.length ?? 0) > 0 ? 1 : 0)),
      stepsNotCompleted: sum((step) => (step.status === 'completed' ? 0 : 1)),
      duplicatesMerged: reported - findings.length,
      filesWithFindings: new Set(findings.flatMap(({ file }) => file ?? [])).size,
    },
    notes: gapsOf(request, undefined),
  };
}

function conclusionOf(request: ReportRequest, output: AnalysisOutput): string {
  if (request.steps.length === 0) return 'No step ran before this report, so there is nothing to report on.';
  const incomplete = request.steps.filter((step) => step.status !== 'completed').length;
  const looked = request.steps.some((step) => step.findings !== undefined);
  const result = looked ? summarize(output) : 'No step before this report produced findings';
  const gap =
    incomplete === 0
      ? ''
      : `; ${incomplete} of ${request.steps.length} steps did not complete, so this is not the whole picture`;
  return `${result}${gap}.`;
}

function stepView(step: ReportStep) {
  const counts = sumOf([countFindings(step.findings ?? []), unlistedOf(step)]);
  const total = severities.reduce((sum, severity) => sum + counts[severity], 0);
  return {
    title: plain(step.title),
    status: step.status,
    summary: plain(step.summary),
    by: step.local === true ? 'local engine' : '',
    total: step.findings === undefined ? '-' : String(total),
    counts: severities.map((severity) => (step.findings === undefined ? '-' : String(counts[severity]))),
    looked: step.scanned?.['files'] === undefined ? '-' : String(step.scanned['files']),
    metrics: Object.entries(step.metrics ?? {})
      .map(([name, value]) => `${code(name)} ${value}`)
      .join(', '),
    notes: (step.notes ?? []).map(plain),
    artifacts: step.artifacts.map(code).join(', '),
    text: step.text === undefined ? '' : fenced(step.text),
    empty: step.status === 'completed' && step.findings === undefined && step.text === undefined,
  };
}

function severityView(severity: Finding['severity'], findings: readonly MergedFinding[], unlisted: Counts) {
  const own = findings.filter((finding) => finding.severity === severity);
  const groups = new Map<string, MergedFinding[]>();
  for (const finding of own) {
    const key = finding.file ?? '';
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return {
    title: capitalized(severity),
    count: own.length + unlisted[severity],
    unlisted: unlisted[severity],
    groups: [...groups].map(([file, members]) => ({
      title: file === '' ? 'The folder' : place({ file }),
      lines: members.map((finding) => `${findingLine(finding)}${foundBy(finding)}`),
    })),
  };
}

const foundBy = (finding: MergedFinding): string =>
  finding.foundBy.length > 1 ? ` (found by ${finding.foundBy.map(plain).join(', ')})` : '';

function filesView(findings: readonly MergedFinding[]) {
  const byFile = new Map<string, MergedFinding[]>();
  for (const finding of findings) {
    if (finding.file === undefined) continue;
    const own = byFile.get(finding.file);
    if (own === undefined) byFile.set(finding.file, [finding]);
    else own.push(finding);
  }
  return [...byFile]
    .map(([file, own]) => ({ file, counts: countFindings(own) }))
    .sort(
      (a, b) =>
        b.counts.high - a.counts.high ||
        b.counts.medium - a.counts.medium ||
        b.counts.low - a.counts.low ||
        (a.file < b.file ? -1 : 1),
    )
    .slice(0, 20)
    .map(({ file, counts }) => ({
      link: place({ file }),
      counts: severities.map((severity) => String(counts[severity])),
    }));
}

/** What a reader must not take for looked at. */
function gapsOf(request: ReportRequest, output: AnalysisOutput | undefined): string[] {
  const gaps = request.steps.flatMap((step) => {
    const title = plain(step.title);
    if (step.status === 'failed') return [`${title} failed: ${plain(step.summary)}`];
    if (step.status === 'skipped')
      return [`${title} was skipped${step.summary === '' ? '' : `: ${plain(step.summary)}`}`];
    if (step.status === 'cancelled') return [`${title} was cancelled`];
    if (step.findings === undefined && step.text === undefined)
      return [`${title} produced nothing to report`];
    return [];
  });
  const notes = request.steps.flatMap((step) => (step.notes ?? []).map(plain));
  const left = output === undefined ? [] : [...new Set(notes)];
  return [...gaps, ...left];
}
