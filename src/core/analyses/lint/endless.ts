import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { sameText } from '../javascript/values';
import { isFunction, isLoop, walk } from '../javascript/visit';

/** Loops that never end or run the wrong way, and lists walked by their keys. */
export const endlessRules: ScriptRules = (script) => ({
  WhileStatement: (node) => {
    if (node.test.type === 'BooleanLiteral' && node.test.value && !leavesLoop(node.body))
      endless(script, node);
  },
  ForStatement: (node) => {
    if (!node.test && !leavesLoop(node.body)) endless(script, node);
    wrongWay(script, node);
  },
  ForInStatement: (node) => {
    const list =
      node.right.type === 'Identifier' ? script.names.bindingOf(node.right)?.declaration : undefined;
    const isList =
      node.right.type === 'ArrayExpression' ||
      (list?.type === 'VariableDeclarator' && list.init?.type === 'ArrayExpression');
    if (!isList) return;
    script.report({
      rule: 'lint/keys-of-list',
      severity: 'medium',
      at: node,
      message: 'for...in gives the keys of a list, as texts and not only its own.',
      advice: 'Use for...of.',
    });
  },
});

function endless(script: Script, node: t.Node): void {
  script.report({
    rule: 'lint/endless-loop',
    severity: 'high',
    at: node,
    message: 'Nothing in the loop ends it.',
  });
}

function leavesLoop(body: t.Node): boolean {
  let leaves = false;
  walk(body, (node, { ancestors }) => {
    if (isFunction(node)) return false;
    if (
      /^(?:Return|Throw)Statement$/.test(node.type) ||
      node.type === 'AwaitExpression' ||
      node.type === 'YieldExpression'
    )
      leaves = true;
    // Work that is called may throw or end the program: only a body that calls nothing is surely endless.
    if (node.type === 'CallExpression' && !isPlainMethod(node)) leaves = true;
    if (node.type === 'BreakStatement') {
      const inner = ancestors.some((one) => isLoop(one) || one.type === 'SwitchStatement');
      if (!inner || node.label) leaves = true;
    }
    return undefined;
  });
  return leaves;
}

/** `list.push(x)`, `Math.max(a, b)`, `console.log(x)`: they come back. */
function isPlainMethod(node: t.CallExpression): boolean {
  const name = node.callee.type === 'MemberExpression' ? (sameText(node.callee) ?? '') : '';
  return /^(?:console|Math)\.|\.(?:push|set|add|get|has|slice|concat|toString|trim)$/.test(name);
}

/** `for (let i = 10; i > 0; i++)` */
function wrongWay(script: Script, node: t.ForStatement): void {
  const { test, update } = node;
  if (test?.type !== 'BinaryExpression' || update?.type !== 'UpdateExpression') return;
  const counter = sameText(update.argument);
  if (counter === undefined || sameText(test.left) !== counter) return;
  const grows = update.operator === '++';
  const wrong = grows ? /^>=?$/.test(test.operator) : /^<=?$/.test(test.operator);
  if (!wrong) return;
  script.report({
    rule: 'lint/wrong-direction',
    severity: 'high',
    at: node,
    message: 'The counter moves away from where the loop ends.',
  });
}
