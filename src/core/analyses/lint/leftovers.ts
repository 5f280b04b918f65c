import { parseExpression, parse } from '@babel/parser';
import type * as t from '@babel/types';
import type { SourceFile } from '../analysis';
import type { Script, ScriptRules } from '../javascript/script';
import { qualifiedName } from '../javascript/values';

/** What was of use while writing and should not stay. */
export const leftoverRules: ScriptRules = (script) => {
  const prints = isProgram(script.file);
  return {
    Program: () => {
      commentedCode(script);
      ignoredErrors(script);
    },
    DebuggerStatement: (node) =>
      script.report({
        rule: 'lint/debugger',
        severity: 'medium',
        at: node,
        message: 'A debugger statement stops the program when tools are open.',
        advice: 'Remove it.',
      }),
    CallExpression: (node, { parent }) => {
      const name = qualifiedName(node.callee, script.names);
      if (name === undefined) return;
      if (/^console\.(?:log|debug|dir|trace|table)$/.test(name) && !prints && !script.file.isTest) {
        script.report({
          rule: 'lint/console-left',
          severity: 'low',
          at: node,
          message: `${name}() was left in.`,
          advice: "Remove it, or use the project's log.",
        });
      }
      if (
        /^(?:alert|confirm|prompt)$/.test(name) &&
        parent?.type === 'ExpressionStatement' &&
        name === 'alert'
      ) {
        script.report({
          rule: 'lint/alert-left',
          severity: 'low',
          at: node,
          message: 'alert() stops the page until it is closed.',
        });
      }
      if (
        script.file.isTest &&
        /^(?:it|test|describe|suite|context|specify)\.only$|^f(?:it|describe)$/.test(name)
      ) {
        script.report({
          rule: 'lint/focused-test',
          severity: 'high',
          at: node,
          message: `${name}() keeps all other tests from running.`,
        });
      }
      if (script.file.isTest && /^(?:it|test|describe|suite)\.skip$|^x(?:it|describe|test)$/.test(name)) {
        script.report({
          rule: 'lint/skipped-test',
          severity: 'low',
          at: node,
          message: 'The test is switched off.',
        });
      }
    },
  };
};

/** `@ts-ignore` hides every fault of the next line, also those to come. */
function ignoredErrors(script: Script): void {
  for (const comment of script.tree.comments ?? []) {
    const mark = /^\s*@ts-(ignore|nocheck)\b\s*(.*)/.exec(comment.value);
    if (mark === null || (mark[2] ?? '').length > 8 || script.file.isTest) continue;
    script.report({
      rule: 'lint/errors-ignored',
      severity: 'low',
      at: comment.loc?.start.line ?? 1,
      message: `@ts-${mark[1]} hides all faults, also those to come.`,
      advice: 'Use @ts-expect-error with a reason, or mend the type.',
    });
  }
}

/** Programs for a terminal, scripts and configuration print because that is what they are for. */
function isProgram(file: SourceFile): boolean {
  return (
    file.text.startsWith('#!') ||
    /(?:^|\/)(?:bin|cli|scripts?|tools?|examples?|demos?|docs?|tasks|migrations|seeds?)\//i.test(file.path) ||
    /(?:^|\/)(?:cli|main|gulpfile|gruntfile|[^/]*\.config|esbuild|build|seed|log|logger|logging|debug|print)\.[cm]?[jt]s$/i.test(
      file.path,
    )
  );
}

/** Three lines of comment or more that are code as they stand. */
function commentedCode(script: Script): void {
  let block: t.Comment[] = [];
  const finish = (): void => {
    if (block.length >= 3 && isCode(block.map((comment) => comment.value).join('\n'), script)) {
      const first = block[0]?.loc?.start.line ?? 1;
      script.report({
        rule: 'lint/commented-code',
        severity: 'low',
        at: first,
        message: `${block.length} lines of code stand in comments.`,
        advice: 'Delete them; version control remembers.',
      });
    }
    block = [];
  };
  for (const comment of script.tree.comments ?? []) {
    if (comment.type !== 'CommentLine') continue;
    const line = comment.loc?.start.line ?? 0;
    const alone = /^\s*\/\//.test(script.file.lines[line - 1] ?? '');
    const follows = block.length > 0 && line === (block.at(-1)?.loc?.start.line ?? 0) + 1;
    if (!follows || !alone) finish();
    if (alone) block.push(comment);
  }
  finish();
}

function isCode(text: string, script: Script): boolean {
  // Prose and examples in prose rarely end their lines like code does.
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const codeLike = lines.filter((line) => /[;{}]\s*$|^\s*(?:[})\]]+[;,]?|\w+\(.*\);?)\s*$/.test(line));
  if (codeLike.length < Math.max(2, lines.length * 0.6)) return false;
  try {
    const plugins = script.file.language === 'typescript' ? (['typescript'] as const) : (['jsx'] as const);
    const tree = parse(text, {
      sourceType: 'module',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowUndeclaredExports: true,
      plugins: [...plugins],
    });
    return tree.program.body.length > 0 && !isJsonLike(text);
  } catch {
    return false;
  }
}

function isJsonLike(text: string): boolean {
  try {
    const node = parseExpression(text);
    return node.type === 'ObjectExpression' || node.type === 'ArrayExpression';
  } catch {
    return false;
  }
}
