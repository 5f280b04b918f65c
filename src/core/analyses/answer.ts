import type { JsonValue } from '../base/json';
import { BatonError } from '../model/errors';
import type { AnalysisOutput } from '../model/finding';
import type { Analysis, FileResult, FolderAction, FolderContext } from './analysis';
import { analyzeDependencies } from './dependencies/analyze-dependencies';
import { languageOf } from './language';
import { lintCodebase } from './lint/lint-codebase';
import { renderAnalysis } from './report/analysis-page';
import { createReport, type ReportRequest } from './report/create-report';
import { analyzePerformance } from './performance/analyze-performance';
import { reviewArchitecture } from './architecture/review-architecture';
import { readSource } from './source-file';
import { tally } from './tally';
import { scanVulnerabilities } from './vulnerabilities/scan-vulnerabilities';

/*
 * What the worker answers. Results of files travel back and forth as JSON text: the thread that asked only keeps them,
 * and copying one string costs it next to nothing.
 */
export type WorkerRequest =
  | {
      readonly kind: 'examine';
      readonly action: FolderAction;
      readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
    }
  | {
      readonly kind: 'conclude';
      readonly action: FolderAction;
      readonly results: readonly string[];
      readonly context: FolderContext;
    }
  | { readonly kind: 'report'; readonly request: ReportRequest };

export interface Concluded {
  readonly output: AnalysisOutput;
  readonly markdown: string;
}

const analyses: Readonly<Record<FolderAction, Analysis>> = {
  'lint-codebase': lintCodebase,
  'scan-vulnerabilities': scanVulnerabilities,
  'analyze-dependencies': analyzeDependencies,
  'review-architecture': reviewArchitecture,
  'analyze-performance': analyzePerformance,
};

export async function answer(message: unknown): Promise<string | Concluded> {
  const request = message as WorkerRequest;
  switch (request.kind) {
    case 'examine':
      return JSON.stringify(
        request.files.map((file) => examine(analyses[request.action], file.path, file.bytes)),
      );
    case 'conclude':
      return conclude(
        analyses[request.action],
        request.results.flatMap((text) => JSON.parse(text) as FileResult[]),
        request.context,
      );
    case 'report':
      return createReport(request.request);
    default:
      throw new BatonError('unknown-request', 'The analyses do not know this request');
  }
}

function examine(analysis: Analysis, path: string, bytes: Uint8Array): FileResult {
  const language = languageOf(path);
  const base = { path, language, bytes: bytes.length };
  const source = readSource(path, bytes);
  if ('skipped' in source) return { ...base, lines: 0, findings: [], skipped: source.skipped };
  try {
    const { findings, facts } = analysis.examine(source);
    return {
      ...base,
      lines: source.lines.length,
      findings,
      ...(facts === undefined ? {} : { facts: facts satisfies JsonValue }),
    };
  } catch (error) {
    // One odd file must not cost the review of all others.
    const reason = error instanceof RangeError ? 'nested too deep' : 'could not be read by the rules';
    return { ...base, lines: source.lines.length, findings: [], skipped: reason };
  }
}

function conclude(analysis: Analysis, results: readonly FileResult[], context: FolderContext): Concluded {
  const sorted = [...results].sort((a, b) => (a.path < b.path ? -1 : 1));
  const conclusion = analysis.conclude(sorted, context);
  const output = tally(analysis, sorted, context, conclusion);
  return { output, markdown: renderAnalysis(analysis, output) };
}
