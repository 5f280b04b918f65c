import type { JsonValue } from '../base/json';
import type { Finding } from '../model/finding';
import type { MoreFindings } from './editor-diagnostics';
import type { Language } from './language';

/** Shown wherever a result of these rules is shown. */
export const localEngine = 'local engine: rules, no AI model';

/** What the rules can do about a folder. */
export type FolderAction =
  | 'lint-codebase'
  | 'scan-vulnerabilities'
  | 'analyze-dependencies'
  | 'review-architecture'
  | 'analyze-performance';

/** `aggregate` and the report look at results upstream, not at the folder. */
export type AnalysisAction = FolderAction | 'create-review-report' | 'aggregate';

/** What one file tells: its own findings, and facts for conclusions over all files. Plain JSON, it crosses threads. */
export interface FileResult {
  readonly path: string;
  readonly language: Language;
  readonly lines: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  readonly facts?: JsonValue;
  /** Why it was not looked at: "binary", "minified", ... Findings are empty then. */
  readonly skipped?: string;
}

/** What is known of the folder besides the contents of its files. */
export interface FolderContext {
  /** Every path that the walk met, sorted: also of files that were not read. */
  readonly paths: readonly string[];
  /** Files too large to read, and others that were left out. */
  readonly unread: readonly { readonly path: string; readonly bytes: number; readonly reason: string }[];
  /** Files of 500 kB and more, whether or not they were read. */
  readonly large: readonly { readonly path: string; readonly bytes: number }[];
  readonly notes: readonly string[];
  /** Findings from outside the rules. */
  readonly more: readonly MoreFindings[];
  /** Only a part of the folder was looked at, so what is absent proves nothing. */
  readonly partial: boolean;
  /** It was more than the limits allow that had been asked for. */
  readonly isCut: boolean;
}

export interface Conclusion {
  readonly findings: readonly Finding[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

/** One analysis, as the worker runs it. Pure: equal files give equal results. */
export interface Analysis {
  readonly action: FolderAction;
  readonly title: string;
  /** What it looks for, in one sentence for the report. */
  readonly looksFor: string;
  examine(file: SourceFile): { readonly findings: readonly Finding[]; readonly facts?: JsonValue };
  conclude(results: readonly FileResult[], context: FolderContext): Conclusion;
}

/** A file as text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly language: Language;
  /** Tests, fixtures, mocks: many rules look away there. */
  readonly isTest: boolean;
}
