import * as vscode from 'vscode';
import type { MoreFindings } from '../../core/analyses/editor-diagnostics';
import type { Finding } from '../../core/model/finding';

/** A folder with more than this has one cause, not thousands. */
const MOST = 2_000;

const SEVERITIES: Readonly<Record<vscode.DiagnosticSeverity, Finding['severity']>> = {
  [vscode.DiagnosticSeverity.Error]: 'high',
  [vscode.DiagnosticSeverity.Warning]: 'medium',
  [vscode.DiagnosticSeverity.Information]: 'low',
  [vscode.DiagnosticSeverity.Hint]: 'info',
};

/** What the language tools of the editor say about a folder right now. Hints and Baton's own remarks are left out. */
export async function editorDiagnostics(workspace: string): Promise<MoreFindings> {
  const findings: Finding[] = [];
  const root = vscode.Uri.file(workspace);
  for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
    if (uri.scheme !== 'file' || !uri.path.startsWith(`${root.path}/`)) continue;
    const file = uri.path.slice(root.path.length + 1);
    findings.push(...diagnostics.flatMap((diagnostic) => findingOf(diagnostic, file) ?? []));
  }
  const notes =
    findings.length > MOST
      ? [`The editor reports ${findings.length} problems; the first ${MOST} are listed.`]
      : [];
  return { findings: findings.slice(0, MOST), notes };
}

/** Undefined for hints and Baton's own remarks. `file`: relative to the workspace. */
export function findingOf(diagnostic: vscode.Diagnostic, file: string): Finding | undefined {
  const { source, severity, message, range } = diagnostic;
  if (source === 'Baton' || severity === vscode.DiagnosticSeverity.Hint) return undefined;
  return {
    rule: ruleOf(diagnostic),
    severity: SEVERITIES[severity],
    message,
    file,
    line: range.start.line + 1,
  };
}

/** "editor/typescript-2304" */
function ruleOf({ source, code }: vscode.Diagnostic): string {
  const name = typeof code === 'object' ? code.value : code;
  return `editor/${[source ?? 'language', name].filter((part) => part !== undefined).join('-')}`;
}
