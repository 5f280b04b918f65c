import type { Finding } from '../model/finding';

/** Findings from outside the rules: the editor's language tools, or the project's own linter. */
export interface MoreFindings {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

/** What an editor's language tools say about a folder right now. Rules are named "editor/<source>-<code>". */
export type EditorDiagnostics = (workspace: string, signal: AbortSignal) => Promise<MoreFindings>;
