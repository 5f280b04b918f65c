/** 1-based, as people and compilers count. `column` counts UTF-16 units, like VS Code. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/**
 * One fault or remark about a workflow file. `code` is stable and kebab-case ("unknown-dependency");
 * `message` says what is wrong, `suggestion` what to do about it.
 */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  readonly suggestion?: string;
}

/** `file:line:column code message`, the form that terminals and editors turn into a link. */
export function formatDiagnostic(file: string, diagnostic: Diagnostic): string {
  const { line, column } = diagnostic.range.start;
  const label = diagnostic.severity === 'error' ? '' : `${diagnostic.severity}: `;
  const hint = diagnostic.suggestion === undefined ? '' : ` ${diagnostic.suggestion}`;
  return `${file}:${line}:${column} ${diagnostic.code} ${label}${diagnostic.message}${hint}`;
}
