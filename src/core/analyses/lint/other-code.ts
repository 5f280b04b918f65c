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
  if (file.language === 'java') unusedJavaImports(code, remarks);
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
  if (/\[\s+\$\w+\s+(?:=|==|!=)\s/.test(text)) {
    remarks.add(
      'lint/unquoted-variable',
      'medium',
      index + 1,
      'The test breaks when the variable is empty or has blanks.',
      'Put it in double quotes.',
    );
  }
  if (/(?:^|[\s;`(])rm\s+(?:-\w+\s+)*\$\{?\w+\}?(?:\/|\s|$)/.test(text)) {
    remarks.add(
      'lint/unquoted-variable',
      'medium',
      index + 1,
      'rm gets a variable without quotes.',
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
