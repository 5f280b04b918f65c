import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { blockOf, pythonLines, type PythonLine } from '../text/python-lines';
import { Remarks } from '../text/remarks';

/** Slips and leftovers in Python. */
export function lintPython(file: SourceFile): Finding[] {
  const remarks = new Remarks(file);
  const lines = pythonLines(file);
  syntax(file, lines, remarks);
  unusedImports(file, lines, remarks);
  unusedLocals(lines, remarks);
  repeatedDefinitions(lines, remarks);
  lines.forEach((line, index) => {
    handlers(file, lines, index, remarks);
    slips(line, remarks);
    unreachable(lines, index, remarks);
    blocks(lines, index, remarks);
    if (!file.isTest) leftovers(file, line, remarks);
  });
  return remarks.findings;
}

function syntax(file: SourceFile, lines: readonly PythonLine[], remarks: Remarks): void {
  const tabs = file.lines.some((line) => /^\t/.test(line));
  const blanks = file.lines.findIndex((line) => /^ +\t/.test(line));
  if (tabs && blanks >= 0) {
    remarks.add(
      'lint/mixed-indentation',
      'medium',
      blanks + 1,
      'Tabs and blanks are mixed in the indentation.',
    );
  }
  for (const { code, line } of lines) {
    const head =
      /^(?:async\s+)?(?:def\s+\w+\s*\(|class\s+\w+|if\s|elif\s|else\b|for\s|while\s|try\b|except\b|finally\b|with\s)/;
    if (head.test(code) && !code.includes(':')) {
      remarks.add('lint/parse-error', 'high', line, 'The statement opens a block but has no colon.');
    }
    if (/^print\s+["'\w]/.test(code) && !/^print\s+(?:in|is|and|or|if)\b/.test(code)) {
      remarks.add('lint/parse-error', 'high', line, 'print without parentheses is a fault since Python 3.');
    }
  }
}

function unusedImports(file: SourceFile, lines: readonly PythonLine[], remarks: Remarks): void {
  // Packages import in order to pass on.
  if (/(?:^|\/)__init__\.py$/.test(file.path)) return;
  const rest = lines.filter(({ code }) => !isImport(code));
  // Texts count as well: annotations in quotes, __all__, doctests.
  const words = new Set(rest.flatMap(({ text }) => text.match(/[A-Za-z_]\w*/g) ?? []));
  let guarded = -1;
  for (const { code, indent, line } of lines) {
    if (guarded >= 0 && indent <= guarded && !/^(?:except|else|finally)\b/.test(code)) guarded = -1;
    if (guarded < 0 && /^(?:try\s*:|if\s+(?:typing\.)?TYPE_CHECKING)/.test(code)) guarded = indent;
    if (!isImport(code) || /^from\s+__future__/.test(code)) continue;
    // An import that is tried asks whether the module is there.
    if (guarded >= 0) continue;
    for (const { name, shown } of importedNames(code)) {
      if (name === '*') {
        remarks.add(
          'lint/wildcard-import',
          'low',
          line,
          `Everything is imported from ${shown}.`,
          'Name what is used.',
        );
      } else if (!words.has(name) && !name.startsWith('_')) {
        remarks.add(
          'lint/unused-import',
          'low',
          line,
          `The import "${name}" is never used.`,
          'Remove the import.',
        );
      }
    }
  }
}

const isImport = (code: string): boolean => /^(?:import\s|from\s+[\w.]+\s+import\b)/.test(code);

function importedNames(code: string): { name: string; shown: string }[] {
  const from = /^from\s+([\w.]+)\s+import\s+(.+)$/.exec(code);
  const list = (from?.[2] ?? code.replace(/^import\s+/, '')).replace(/[()]/g, ' ').split(',');
  return list.flatMap((part) => {
    const [, whole = '', , alias] = /^\s*([\w.*]+)(\s+as\s+(\w+))?\s*;?\s*$/.exec(part) ?? [];
    if (whole === '') return [];
    // `import a as a` and `from x import a as a` say: this is passed on.
    if (alias !== undefined && alias === whole) return [];
    return [
      { name: alias ?? (from === null ? (whole.split('.')[0] ?? whole) : whole), shown: from?.[1] ?? whole },
    ];
  });
}

function unusedLocals(lines: readonly PythonLine[], remarks: Remarks): void {
  lines.forEach((head, index) => {
    if (!/^(?:async\s+)?def\s/.test(head.code)) return;
    const body = blockOf(lines, index);
    if (body.some(({ code }) => /\b(?:locals|eval|exec|vars)\s*\(/.test(code))) return;
    for (const { code, line } of body) {
      const name = /^([a-z_]\w*)\s*(?::[^=]+)?=(?!=)/.exec(code)?.[1];
      if (name === undefined || name.startsWith('_')) continue;
      if (body.some((other) => new RegExp(`^(?:nonlocal|global)\\b.*\\b${name}\\b`).test(other.code)))
        continue;
      const word = new RegExp(`\\b${name}\\b`);
      const isRead = body.some((other) =>
        other.line === line
          ? word.test(other.code.slice(other.code.indexOf('=') + 1)) || word.test(textAfter(other.text))
          : word.test(other.text.replace(new RegExp(`^${name}\\s*(?::[^=]+)?=(?!=)`), '')),
      );
      if (!isRead) {
        remarks.add('lint/unused-variable', 'low', line, `The variable "${name}" is never used.`);
      }
    }
  });
}

const textAfter = (text: string): string => text.slice(text.indexOf('=') + 1);

function repeatedDefinitions(lines: readonly PythonLine[], remarks: Remarks): void {
  const seen = new Map<string, number>();
  let scope = '';
  const heads: { indent: number; name: string }[] = [];
  lines.forEach((line, index) => {
    while ((heads.at(-1)?.indent ?? -1) >= line.indent) heads.pop();
    const name = /^(?:async\s+)?(?:def|class)\s+(\w+)/.exec(line.code)?.[1];
    if (name === undefined) {
      if (/^(?:if|else|elif|try|except|with|for|while)\b/.test(line.code)) {
        heads.push({ indent: line.indent, name: `${line.line}` });
      }
      return;
    }
    scope = heads.map((head) => head.name).join('.');
    // Decorated ones may be overloads, properties or registrations.
    const decorated = lines[index - 1]?.code.startsWith('@') === true;
    const key = `${scope}.${name}`;
    if (seen.has(key) && !decorated && name !== '_') {
      const first = seen.get(key) ?? 1;
      remarks.add(
        'lint/redefined',
        'high',
        line.line,
        `"${name}" is defined on line ${first} already, and lost here.`,
      );
    }
    seen.set(key, line.line);
    heads.push({ indent: line.indent, name });
  });
}

function handlers(file: SourceFile, lines: readonly PythonLine[], index: number, remarks: Remarks): void {
  const line = lines[index];
  if (line === undefined || !/^except\b/.test(line.code)) return;
  const body = blockOf(lines, index);
  if (/^except\s*:/.test(line.code) && !body.some(({ code }) => /^raise\b/.test(code))) {
    remarks.add(
      'lint/bare-except',
      'medium',
      line.line,
      'A bare except also catches interrupts and exits.',
      'Name the exceptions that are expected.',
    );
  }
  const only =
    /:\s*(?:pass|\.\.\.)$/.test(line.code) ||
    (body.length === 1 && /^(?:pass|\.\.\.)$/.test(body[0]?.code ?? ''));
  const broad = /^except\s*(?::|\(?\s*(?:Base)?Exception\b)/.test(line.code);
  const explained = file.lines
    .slice(line.line - 1, (body.at(-1)?.line ?? line.line) + 0)
    .some((text) => text.includes('#'));
  if (only && broad && !explained) {
    remarks.add(
      'lint/empty-catch',
      'medium',
      line.line,
      'The error is swallowed: nobody will hear of it.',
      'Handle it, or say in a comment why it may be ignored.',
    );
  }
}

function slips({ code, text, line }: PythonLine, remarks: Remarks): void {
  if (
    /^(?:async\s+)?def\s/.test(code) &&
    /=\s*(?:\[\s*\]|\{\s*\}|list\(\)|dict\(\)|set\(\))\s*[,)]/.test(code)
  ) {
    remarks.add(
      'lint/mutable-default',
      'high',
      line,
      'The default is made once and shared by all calls.',
      'Use None, and make the list or dict inside.',
    );
  }
  if (/[!=]=\s*None\b|\bNone\s*[!=]=/.test(code)) {
    remarks.add(
      'lint/compare-none',
      'low',
      line,
      'None is compared by value.',
      'Use "is None" or "is not None".',
    );
  }
  if (/\bis\s+(?:not\s+)?(?:["'\d]|\(\s*\))/.test(code)) {
    remarks.add(
      'lint/identity-of-literal',
      'high',
      line,
      '"is" compares identity, not value.',
      'Use == or !=.',
    );
  }
  if (/^(?:if|elif|while)\b.*[!=]=\s*(?:True|False)\b/.test(code)) {
    remarks.add('lint/compare-bool', 'low', line, 'A truth value is compared with True or False.');
  }
  if (/^assert\s*\(.*,\s*["'][^()]*\)\s*$/.test(code)) {
    remarks.add(
      'lint/assert-tuple',
      'high',
      line,
      'The assertion is a tuple, which is always true.',
      'Drop the parentheses.',
    );
  }
  const f = /(?:^|[\s(=,[{+])f(["'])((?:(?!\1).)*)\1/.exec(text);
  if (f?.[2] !== undefined && !f[2].includes('{') && !/["']\s*f?["']|"""|'''/.test(text)) {
    remarks.add('lint/f-string-without-field', 'low', line, 'The f-string has no field in it.');
  }
  if (/(?:^|[^.\w])open\([^()]*\)\s*\.\s*(?:read|write|readlines)\w*\(/.test(code)) {
    remarks.add(
      'lint/unclosed-file',
      'low',
      line,
      'The file is opened and never closed.',
      'Use "with open(...)".',
    );
  }
  const raised = /^raise\s+NotImplemented\s*(?:\(|$)/.test(code);
  if (raised)
    remarks.add(
      'lint/raise-not-implemented',
      'high',
      line,
      'NotImplemented is no exception.',
      'Raise NotImplementedError.',
    );
  duplicateKeys(code, text, line, remarks);
}

function duplicateKeys(code: string, text: string, line: number, remarks: Remarks): void {
  // One flat dict only: nested ones may repeat their keys.
  if (!/=\s*\{/.test(code) || (code.match(/\{/g) ?? []).length !== 1) return;
  const seen = new Set<string>();
  for (const [, key] of text.slice(text.indexOf('{')).matchAll(/[{,]\s*(["'][^"'\\]{1,80}["'])\s*:/g)) {
    if (key !== undefined && seen.has(key)) {
      remarks.add(
        'lint/duplicate-key',
        'high',
        line,
        `The key ${key} stands twice in the dict; only the last one counts.`,
      );
    }
    if (key !== undefined) seen.add(key);
  }
}

function unreachable(lines: readonly PythonLine[], index: number, remarks: Remarks): void {
  const line = lines[index];
  const next = lines[index + 1];
  if (line === undefined || next === undefined || next.indent !== line.indent) return;
  if (
    !/^(?:return|raise|break|continue)\b/.test(line.code) ||
    /^(?:elif|else|except|finally|case|def|class|@)/.test(next.code)
  )
    return;
  remarks.add(
    'lint/unreachable-code',
    'high',
    next.line,
    `This never runs: line ${line.line} always leaves before.`,
  );
}

/** Blocks that are missing, leave from a finally, or forget their self. */
function blocks(lines: readonly PythonLine[], index: number, remarks: Remarks): void {
  const line = lines[index];
  const next = lines[index + 1];
  if (line === undefined) return;
  const opens = /^(?:async\s+def|def|class|if|elif|else|for|while|try|except|finally|with)\b.*:$/.test(
    line.code,
  );
  if (opens && (next === undefined || next.indent <= line.indent)) {
    remarks.add(
      'lint/parse-error',
      'high',
      line.line,
      'The block is empty.',
      'Write "pass" when that is meant.',
    );
  }
  if (/^finally\s*:/.test(line.code)) {
    const leaving = blockOf(lines, index).find(
      ({ code, indent }) => /^(?:return|break|continue)\b/.test(code) && indent === next?.indent,
    );
    if (leaving !== undefined) {
      remarks.add(
        'lint/unsafe-finally',
        'high',
        leaving.line,
        'Leaving a finally block swallows the error of the try block.',
      );
    }
  }
  if (!/^class\s/.test(line.code)) return;
  const body = blockOf(lines, index);
  const depth = body[0]?.indent;
  body.forEach((member, at) => {
    if (member.indent !== depth || !/^(?:async\s+)?def\s+\w+\s*\(\s*\)/.test(member.code)) return;
    if (body[at - 1]?.code.startsWith('@') === true) return;
    remarks.add(
      'lint/method-without-self',
      'high',
      member.line,
      'The method takes no self, so calling it on an object fails.',
      'Add self, or @staticmethod.',
    );
  });
}

function leftovers(file: SourceFile, { code, line }: PythonLine, remarks: Remarks): void {
  if (/^(?:breakpoint\(|(?:import\s+)?i?pu?db(?:\.set_trace|\b))/.test(code)) {
    remarks.add('lint/debugger', 'medium', line, 'A breakpoint was left in.', 'Remove it.');
  }
  const prints =
    /__main__|argparse|click|typer|^#!/.test(file.text) ||
    /(?:^|\/)(?:bin|cli|scripts?|tools?|examples?|manage|setup|management)(?:\/|\.py$)/.test(file.path);
  if (/^print\(/.test(code) && !prints) {
    remarks.add(
      'lint/console-left',
      'low',
      line,
      'print() was left in.',
      "Remove it, or use the project's log.",
    );
  }
}
