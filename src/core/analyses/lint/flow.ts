import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { isFunction, lineOf, walk } from '../javascript/visit';

/** Code that never runs, and failures that nobody hears of. */
export const flowRules: ScriptRules = (script) => ({
  Program: (node) => unreachable(script, node.body),
  BlockStatement: (node, { parent }) => {
    unreachable(script, node.body);
    if (parent !== undefined) emptyBlock(script, node, parent);
  },
  SwitchCase: (node) => unreachable(script, node.consequent),
  SwitchStatement: (node) => fallsThrough(script, node),
  CatchClause: (node) => {
    if (node.body.body.length === 0 && !hasComment(script, node.body)) {
      script.report({
        rule: 'lint/empty-catch',
        severity: 'medium',
        at: node,
        message: 'The error is swallowed: nobody will hear of it.',
        advice: 'Handle it, or say in a comment why it may be ignored.',
      });
    }
    uselessCatch(script, node);
  },
  TryStatement: (node) => {
    if (!node.finalizer) return;
    walk(node.finalizer, (inner) => {
      if (isFunction(inner)) return false;
      if (inner.type === 'ReturnStatement' || inner.type === 'ThrowStatement') {
        script.report({
          rule: 'lint/unsafe-finally',
          severity: 'high',
          at: inner,
          message: 'Leaving a finally block replaces the result or error of the try block.',
        });
      }
      return undefined;
    });
  },
  ExpressionStatement: (node, { parent }) => noEffect(script, node, parent),
  EmptyStatement: (node, { parent }) => {
    const isBody =
      (parent?.type === 'IfStatement' && !parent.alternate) ||
      parent?.type === 'ForOfStatement' ||
      parent?.type === 'ForInStatement';
    if (!isBody) return;
    script.report({
      rule: 'lint/empty-body',
      severity: 'high',
      at: node,
      message: 'A lone semicolon is the whole body: what follows always runs.',
    });
  },
});

const ends = (statement: t.Statement): boolean => {
  switch (statement.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return true;
    case 'BlockStatement':
      return statement.body.some(ends);
    case 'IfStatement':
      return statement.alternate ? ends(statement.consequent) && ends(statement.alternate) : false;
    default:
      return false;
  }
};

function unreachable(script: Script, body: readonly t.Statement[]): void {
  const at = body.findIndex(ends);
  if (at < 0) return;
  const rest = body.slice(at + 1).find((statement) => !isHoisted(statement));
  if (rest === undefined) return;
  script.report({
    rule: 'lint/unreachable-code',
    severity: 'high',
    at: rest,
    message: `This never runs: line ${lineOf(body[at] ?? rest)} always leaves before.`,
  });
}

/** Works wherever it stands, or does nothing at all. */
const isHoisted = (statement: t.Statement): boolean =>
  statement.type === 'FunctionDeclaration' ||
  statement.type === 'EmptyStatement' ||
  statement.type.startsWith('TS') ||
  statement.type === 'BreakStatement' ||
  (statement.type === 'VariableDeclaration' &&
    statement.kind === 'var' &&
    statement.declarations.every((one) => !one.init)) ||
  (statement.type === 'ExportNamedDeclaration' && statement.declaration?.type === 'FunctionDeclaration');

function hasComment(script: Script, node: t.Node): boolean {
  const text = script.file.text.slice(node.start ?? 0, node.end ?? 0);
  return text.includes('//') || text.includes('/*');
}

function emptyBlock(script: Script, node: t.BlockStatement, parent: t.Node): void {
  const isBranch =
    parent.type === 'IfStatement' ||
    parent.type === 'ForStatement' ||
    parent.type === 'ForOfStatement' ||
    parent.type === 'ForInStatement' ||
    (parent.type === 'TryStatement' && parent.finalizer === node) ||
    (parent.type === 'TryStatement' && parent.block === node);
  if (!isBranch || node.body.length > 0 || hasComment(script, node)) return;
  // `for (...; ...; step()) {}` may do its work in the head.
  if (parent.type === 'ForStatement') return;
  script.report({
    rule: 'lint/empty-block',
    severity: 'low',
    at: node,
    message: 'The block is empty.',
    advice: 'Remove it, or say in a comment why nothing happens here.',
  });
}

function uselessCatch(script: Script, node: t.CatchClause): void {
  const [only] = node.body.body;
  if (
    node.body.body.length === 1 &&
    only?.type === 'ThrowStatement' &&
    only.argument.type === 'Identifier' &&
    node.param?.type === 'Identifier' &&
    only.argument.name === node.param.name
  ) {
    script.report({
      rule: 'lint/useless-catch',
      severity: 'low',
      at: node,
      message: 'The error is caught only to be thrown again.',
    });
  }
}

function fallsThrough(script: Script, node: t.SwitchStatement): void {
  node.cases.forEach((one, index) => {
    const next = node.cases[index + 1];
    if (next === undefined || one.consequent.length === 0 || one.consequent.some(leaves)) return;
    const between = script.file.text.slice(
      one.test?.end ?? one.start ?? 0,
      next.test?.start ?? next.end ?? 0,
    );
    if (/fall[\s-]?s?[\s-]?thr|no break|fallthrough/i.test(between)) return;
    script.report({
      rule: 'lint/case-falls-through',
      severity: 'medium',
      at: one,
      message: 'The case has no break and runs into the next one.',
      advice: 'Add a break, or a comment that says it falls through.',
    });
  });
}

const leaves = (statement: t.Statement): boolean => {
  if (ends(statement)) return true;
  switch (statement.type) {
    case 'TryStatement':
      return (
        (leaves(statement.block) && (!statement.handler || leaves(statement.handler.body))) ||
        (statement.finalizer ? leaves(statement.finalizer) : false)
      );
    case 'BlockStatement':
      return statement.body.some(leaves);
    case 'IfStatement':
      return statement.alternate ? leaves(statement.consequent) && leaves(statement.alternate) : false;
    case 'SwitchStatement':
      return (
        statement.cases.some((one) => !one.test) &&
        statement.cases.every((one) => one.consequent.length === 0 || one.consequent.some(leaves))
      );
    case 'WhileStatement':
      return statement.test.type === 'BooleanLiteral' && statement.test.value;
    case 'ForStatement':
      return !statement.test;
    case 'LabeledStatement':
      return leaves(statement.body);
    case 'ExpressionStatement': {
      // process.exit() and functions named for never coming back.
      const { expression } = statement;
      if (expression.type !== 'CallExpression') return false;
      const { callee } = expression;
      const name =
        callee.type === 'Identifier'
          ? callee.name
          : callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
            ? callee.property.name
            : '';
      return /^(?:exit|abort|fail|unreachable|never|assertNever|panic|die|throw\w*|bail|unexpected\w*)$/i.test(
        name,
      );
    }
    default:
      return false;
  }
};

function noEffect(script: Script, node: t.ExpressionStatement, parent: t.Node | undefined): void {
  const { expression } = node;
  const useless =
    (expression.type === 'BinaryExpression' && /^(?:[=!]==?|[<>]=?|[-+*/%])$/.test(expression.operator)) ||
    expression.type === 'Identifier' ||
    expression.type === 'NumericLiteral' ||
    (expression.type === 'StringLiteral' && !isDirectiveLike(node, parent));
  // `expect(x) > 3`-like chains live in tests, and reading a getter there may be the test.
  if (!useless || script.file.isTest) return;
  // A lone name may be a global that throws when it is missing, which is an effect that is meant.
  if (expression.type === 'Identifier' && parent?.type === 'SwitchCase') return;
  if (expression.type === 'Identifier' && script.names.bindingOf(expression) === undefined) return;
  script.report({
    rule: 'lint/no-effect',
    severity: 'medium',
    at: node,
    message:
      expression.type === 'BinaryExpression' && /^==/.test(expression.operator)
        ? 'The comparison is thrown away; an assignment was probably meant.'
        : 'The value is computed and thrown away.',
  });
}

function isDirectiveLike(node: t.ExpressionStatement, parent: t.Node | undefined): boolean {
  return parent?.type === 'Program' && parent.body[0] === node;
}
