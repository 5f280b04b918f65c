import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { mask } from '../text/mask';
import { Remarks } from '../text/remarks';

const LONGEST = 5_000;

/** Slips and leftovers in Java, Go, PHP, Ruby, C and shell scripts, line by line. */
export function lintOtherCode(file: SourceFile): Finding[] {
  const remarks = new Remarks(file);
  const { code, noComments } = mask(file.text, file.language);
  code.forEach((line, index) => {
    if (line.length > LONGEST) return;
    const text = noComments[index] ?? '';
    switch (file.language) {
      case 'java':
        return java(file, code, line, text, index, remarks);
      case 'go':
        return go(file, code, line, index, remarks);
      case 'shell':
        return shell(line, text, index, remarks);
      default:
        return;
    }
  });
  if (file.language === 'java') {
    unusedJavaImports(code, remarks);
    unusedJavaFields(code, remarks);
  }
  if (['java', 'go', 'php', 'c'].includes(file.language)) neverRuns(file, code, remarks);
  if (file.language === 'shell') careless(file, remarks);
  return remarks.findings;
}

/** A block that holds nothing, not even a comment, on one line or over two. */
function isEmptyBlock(file: SourceFile, code: readonly string[], index: number): boolean {
  if (/\{\s*\}/.test(code[index] ?? '')) return /\{\s*\}/.test(file.lines[index] ?? '');
  return /\{\s*$/.test(code[index] ?? '') && /^\s*\}/.test(file.lines[index + 1] ?? '');
}

function java(
  file: SourceFile,
  code: readonly string[],
  line: string,
  text: string,
  index: number,
  remarks: Remarks,
): void {
  if (/\bcatch\s*\(/.test(line) && isEmptyBlock(file, code, index)) {
    remarks.add(
      'lint/empty-catch',
      'medium',
      index + 1,
      'The error is swallowed: nobody will hear of it.',
      'Handle it, or say in a comment why it may be ignored.',
    );
  }
  if (/\bif\s*\([^;{}]*\)\s*;/.test(line)) {
    remarks.add(
      'lint/empty-body',
      'high',
      index + 1,
      'A lone semicolon is the whole body: what follows always runs.',
    );
  }
  if (file.isTest) return;
  if (/\.printStackTrace\s*\(\s*\)/.test(line)) {
    remarks.add(
      'lint/print-stack-trace',
      'low',
      index + 1,
      'The stack trace goes to the console.',
      "Use the project's log.",
    );
  }
  if (/\bSystem\.(?:out|err)\.print/.test(line) && !/\bstatic\s+void\s+main\b|fun\s+main\b/.test(file.text)) {
    remarks.add(
      'lint/console-left',
      'low',
      index + 1,
      'System.out was left in.',
      "Remove it, or use the project's log.",
    );
  }
  if (file.path.endsWith('.java') && /[\w)\]]\s*[!=]=\s*"[^"]*"|"[^"]*"\s*[!=]=\s*\w/.test(text)) {
    remarks.add(
      'lint/string-identity',
      'high',
      index + 1,
      '== compares the identity of strings, not their text.',
      'Use equals().',
    );
  }
}

function unusedJavaImports(code: readonly string[], remarks: Remarks): void {
  const words = new Set(
    code.filter((line) => !/^\s*import\s/.test(line)).flatMap((line) => line.match(/[A-Za-z_]\w*/g) ?? []),
  );
  code.forEach((line, index) => {
    const name = /^\s*import\s+(?:static\s+)?[\w.]+\.(\w+)\s*;/.exec(line)?.[1];
    if (name !== undefined && !words.has(name)) {
      remarks.add(
        'lint/unused-import',
        'low',
        index + 1,
        `The import "${name}" is never used.`,
        'Remove the import.',
      );
    }
  });
}

function unusedJavaFields(code: readonly string[], remarks: Remarks): void {
  const counts = new Map<string, number>();
  for (const line of code)
    for (const word of line.match(/[A-Za-z_]\w*/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  code.forEach((line, index) => {
    const name = /^\s*private\s+(?:static\s+)?(?:final\s+)?(?:[\w.<>,?[\] ]+?)\s+(\w+)\s*(?:=[^=].*)?;/.exec(
      line,
    )?.[1];
    if (name === undefined || counts.get(name) !== 1 || name === 'serialVersionUID') return;
    // An annotation means that a framework reads it.
    if (/^\s*@/.test(code[index - 1] ?? '')) return;
    remarks.add(
      'lint/unused-private-member',
      'medium',
      index + 1,
      `The private field "${name}" is never used.`,
    );
  });
}

/** A statement on the same level right after one that always leaves. */
function neverRuns(file: SourceFile, code: readonly string[], remarks: Remarks): void {
  code.forEach((line, index) => {
    const leaves =
      file.language === 'go'
        ? /^\s*(?:return\b[^{(]*|panic\(.*\)|break|continue)\s*$/
        : /^\s*(?:return\b[^{]*|throw\b[^{]*|break|continue)\s*;\s*$/;
    if (!leaves.test(line)) return;
    let at = index + 1;
    while (at < code.length && (code[at] ?? '').trim() === '') at++;
    const next = code[at] ?? '';
    const indent = (text: string) => /^\s*/.exec(text)?.[0].length ?? 0;
    if (
      next === '' ||
      indent(next) !== indent(line) ||
      /^\s*(?:[})\]]|case\b|default\b|\w+:|#|\.|else\b)/.test(next)
    )
      return;
    // `if (x)` without braces above: only the one line belongs to it.
    const above = code.slice(0, index).findLast((text) => text.trim() !== '') ?? '';
    if (/^\s*(?:\}\s*)?(?:if|else|for|while)\b[^{]*$/.test(above)) return;
    remarks.add(
      'lint/unreachable-code',
      'high',
      at + 1,
      `This never runs: line ${index + 1} always leaves before.`,
    );
  });
}

function go(file: SourceFile, code: readonly string[], line: string, index: number, remarks: Remarks): void {
  if (/\bif\s+err\s*!=\s*nil\s*\{/.test(line) && isEmptyBlock(file, code, index)) {
    remarks.add('lint/empty-catch', 'medium', index + 1, 'The error is swallowed: nobody will hear of it.');
  }
  if (/^\s*_\s*=\s*err\s*$/.test(line)) {
    remarks.add('lint/empty-catch', 'medium', index + 1, 'The error is thrown away.');
  }
  if (
    /,\s*_\s*:?=\s*[\w.]*(?:Unmarshal|Atoi|Parse\w*|Open|Read\w*|Exec|Query)\(/.test(line) &&
    !file.isTest
  ) {
    remarks.add('lint/ignored-error', 'medium', index + 1, 'The error is ignored.', 'Check it.');
  }
}

function shell(line: string, text: string, index: number, remarks: Remarks): void {
  if (/\bcd\s+\S+\s*$/.test(line) && !/\|\||&&|^\s*(?:if|while)\b/.test(line) && /\$/.test(text)) {
    remarks.add(
      'lint/unchecked-cd',
      'low',
      index + 1,
      'When cd fails, what follows runs in the wrong folder.',
      'Add "|| exit 1".',
    );
  }
  if (/\bfor\s+\w+\s+in\s+\$\(\s*ls\b/.test(text)) {
    remarks.add(
      'lint/list-of-names',
      'low',
      index + 1,
      'Names with blanks are taken apart.',
      'Use a pattern: for f in *.txt.',
    );
  }
  if (/\[\s+\$\w+\s+(?:=|==|!=)\s/.test(text)) {
    remarks.add(
      'lint/unquoted-variable',
      'medium',
      index + 1,
      'The test breaks when the variable is empty or has blanks.',
      'Put it in double quotes.',
    );
  }
  if (/(?:^|[\s;`(])(?:rm|cp|mv)\s+(?:-\w+\s+)*\$\{?\w+\}?(?:\/|\s|$)/.test(text)) {
    remarks.add(
      'lint/unquoted-variable',
      'medium',
      index + 1,
      'The command gets a variable without quotes.',
      'Put it in double quotes.',
    );
  }
}

/** A script of several commands that goes on after any of them failed. */
function careless(file: SourceFile, remarks: Remarks): void {
  const isScript = file.lines[0]?.startsWith('#!') === true && /\b(?:ba|z)?sh\b/.test(file.lines[0]);
  if (
    !isScript ||
    /^\s*set\s+-\w*e|set\s+-o\s+errexit|\btrap\b.*\bERR\b/m.test(file.text) ||
    /#!.*-e\b/.test(file.lines[0] ?? '')
  )
    return;
  const commands = file.lines.filter(
    (line) =>
      /^\s*[a-z][\w.-]*(?:\s|$)/.test(line) &&
      !/^\s*(?:if|then|else|fi|for|do|done|case|esac|while|function|echo|exit|local|export)\b/.test(line),
  );
  if (commands.length < 5) return;
  remarks.add(
    'lint/no-exit-on-error',
    'low',
    1,
    'The script goes on after a command failed.',
    'Begin with "set -euo pipefail".',
  );
}
