import type { Finding } from '../../model/finding';
import type { Analysis, FileResult, SourceFile } from '../analysis';
import { isScript } from '../language';
import { checkScript, type Script } from '../javascript/script';
import { mask } from '../text/mask';
import { Remarks } from '../text/remarks';
import { lintData } from './data-files';
import { declarationRules } from './declarations';
import { endlessRules } from './endless';
import { flowRules } from './flow';
import { leftoverRules } from './leftovers';
import { lintOtherCode } from './other-code';
import { promiseRules } from './promises';
import { lintPython } from './python';
import { sizeRules } from './size';
import { slipRules } from './slips';
import { tagRules } from './tags';
import { undeclaredRules } from './undeclared';
import { unusedRules } from './unused';

const scriptRules = [
  declarationRules,
  endlessRules,
  flowRules,
  leftoverRules,
  promiseRules,
  sizeRules,
  slipRules,
  tagRules,
  undeclaredRules,
  unusedRules,
];

export const lintCodebase: Analysis = {
  action: 'lint-codebase',
  title: 'Lint',
  looksFor:
    'It looks for faults of syntax, code that never runs or is never used, slips of the hand and leftovers.',
  examine: (file) => ({ findings: [...conflicts(file), ...rulesFor(file)] }),
  conclude: (results) => ({ findings: [], metrics: metrics(results), notes: [] }),
};

function rulesFor(file: SourceFile): Finding[] {
  if (isScript(file.language)) return lintScript(file);
  switch (file.language) {
    case 'python':
      return [...lintPython(file), ...notesLeft(file, mask(file.text, file.language).comments)];
    case 'json':
    case 'yaml':
      return lintData(file);
    default:
      return [...lintOtherCode(file), ...notesLeft(file, mask(file.text, file.language).comments)];
  }
}

function lintScript(file: SourceFile): Finding[] {
  const { findings, faults, script } = checkScript(file, isDeclarations(file.path) ? [] : scriptRules);
  // The first fault is the cause, those after it mostly its echo.
  const errors = faults.slice(0, 3).map((fault): Finding => ({
    rule: 'lint/parse-error',
    severity: 'high',
    message: `This cannot be understood: ${fault.message}`,
    file: file.path,
    line: Math.min(fault.line, file.lines.length),
  }));
  return [...errors, ...findings, ...notesLeft(file, script === undefined ? [] : commentLines(script))];
}

function conflicts(file: SourceFile): Finding[] {
  const line = file.lines.findIndex((text) => text.startsWith('<<<<<<< '));
  if (line < 0 || !file.lines.some((text, at) => at > line && text.startsWith('>>>>>>> '))) return [];
  return [
    {
      rule: 'lint/merge-conflict',
      severity: 'high',
      message: 'The marks of a merge conflict were left in.',
      file: file.path,
      line: line + 1,
    },
  ];
}

/** Notes to oneself, one remark per file: they are no faults, but someone meant to come back. */
function notesLeft(file: SourceFile, comments: readonly string[]): Finding[] {
  if (file.language === 'html') return [];
  const remarks = new Remarks(file);
  const at = comments.flatMap((text, index) => {
    const mark = text.length > 2_000 ? undefined : /\b(TODO|FIXME|HACK|XXX)\b(?=[:( ]|$)/.exec(text)?.[1];
    return mark === undefined ? [] : [{ mark, line: index + 1 }];
  });
  const [first] = at;
  if (first === undefined) return [];
  const others = at.length === 1 ? '' : ` and ${at.length - 1} more in this file`;
  remarks.add('lint/note-left', 'info', first.line, `A note was left here: ${first.mark}${others}.`);
  return remarks.findings;
}

/** Types only: nothing in there runs, and nothing is used where it stands. */
const isDeclarations = (path: string): boolean => /\.d\.[cm]?ts$/.test(path);

/** The comments of a script, each at its line. */
function commentLines(script: Script): string[] {
  const lines = script.file.lines.map(() => '');
  for (const comment of script.tree.comments ?? []) {
    const start = comment.loc?.start.line ?? 1;
    comment.value.split('\n').forEach((text, index) => (lines[start - 1 + index] = text));
  }
  return lines;
}

function metrics(results: readonly FileResult[]): Record<string, number> {
  const count = (language: (name: string) => boolean) =>
    results.filter((result) => result.skipped === undefined && language(result.language)).length;
  return {
    scriptFiles: count((name) => name === 'javascript' || name === 'typescript'),
    pythonFiles: count((name) => name === 'python'),
    otherFiles: count((name) => !['javascript', 'typescript', 'python'].includes(name)),
  };
}
