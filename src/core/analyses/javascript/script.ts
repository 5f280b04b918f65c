import type * as t from '@babel/types';
import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import type { Names } from './names';
import { parseScript, type ParseFault } from './parse';
import { resolveNames } from './resolve-names';
import { lineOf, visit, type Handlers } from './visit';

/** A parsed file of JavaScript or TypeScript, and where its rules report to. */
export interface Script {
  readonly file: SourceFile;
  readonly tree: t.File;
  readonly names: Names;
  /** Has faults of syntax, so what is absent proves nothing. */
  readonly broken: boolean;
  /** Imports or exports something, so that its top-level names are its own. */
  readonly isModule: boolean;
  /** An ES or CommonJS module that nothing is pasted into: what it does not declare is a global of its host. */
  readonly ownsGlobals: boolean;
  report(finding: ScriptFinding): void;
}

export interface ScriptFinding {
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly at: t.Node | number;
  readonly message: string;
  readonly advice?: string;
}

/** A group of rules: what to do at which node of this script. */
export type ScriptRules = (script: Script) => Handlers;

/** Runs rules over a script in one pass; each finding is told once per line. */
export function checkScript(
  file: SourceFile,
  rules: readonly ScriptRules[],
): {
  readonly findings: Finding[];
  readonly faults: readonly ParseFault[];
  readonly script: Script | undefined;
} {
  const { tree, faults } = parseScript(file);
  const findings: Finding[] = [];
  if (tree === undefined) return { findings, faults, script: undefined };
  const script: Script = {
    file,
    tree,
    names: resolveNames(tree),
    broken: faults.length > 0,
    isModule:
      tree.program.sourceType === 'module' ||
      /\brequire\s*\(|\bmodule\.exports\b|\bexports\.\w/.test(file.text),
    ownsGlobals: tree.program.sourceType === 'module' || /\brequire\s*\(\s*['"]/.test(file.text),
    report: ({ rule, severity, at, message, advice }) => {
      const line = typeof at === 'number' ? at : lineOf(at);
      // A line that no one wrote by hand is output of a tool.
      if (isSilenced(file.lines, line) || (file.lines[line - 1] ?? '').length > 1_000) return;
      findings.push({
        rule,
        severity,
        message,
        file: file.path,
        line,
        ...(advice === undefined ? {} : { advice }),
      });
    },
  };
  visit(
    tree.program,
    rules.map((rule) => rule(script)),
  );
  return { findings, faults, script };
}

/** Someone looked at the line and said that it is meant. */
export function isSilenced(lines: readonly string[], line: number): boolean {
  const own = lines[line - 1] ?? '';
  const above = lines[line - 2] ?? '';
  return (
    /(?:eslint-disable-line|baton-ignore|nosec\b|noqa\b|nosemgrep|NOLINT|NOSONAR)/.test(own) ||
    /(?:eslint-disable-next-line|baton-ignore|nosemgrep)/.test(above)
  );
}
