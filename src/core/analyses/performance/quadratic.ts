import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { sameText } from '../javascript/values';
import { isLoop } from '../javascript/visit';
import { isSmallLoop, loopsAround } from './hot-paths';

/** A list that is gone through once more for each of its own elements. */
export const quadraticRules: ScriptRules = (script) => ({
  ForOfStatement: (node, { ancestors }) => check(script, node, ancestors),
  ForInStatement: (node, { ancestors }) => check(script, node, ancestors),
  ForStatement: (node, { ancestors }) => check(script, node, ancestors),
});

function check(script: Script, node: t.Node, ancestors: readonly t.Node[]): void {
  const list = listOf(node);
  if (list === undefined || isSmallLoop(node)) return;
  if (!loopsAround(ancestors, node).some((outer) => isLoop(outer) && listOf(outer) === list)) return;
  script.report({
    rule: 'performance/quadratic-loop',
    severity: 'medium',
    at: node,
    message: `${list} is gone through once more for each of its elements: twice as many take four times as long.`,
    advice: 'Group them in a Map first, and look up instead of going through.',
  });
}

/** What a loop goes through from its start, as text; undefined where names could mean two things. */
function listOf(loop: t.Node): string | undefined {
  const node =
    loop.type === 'ForOfStatement' || loop.type === 'ForInStatement'
      ? loop.right
      : loop.type === 'ForStatement'
        ? countedList(loop)
        : undefined;
  const text = node === undefined ? undefined : sameText(node);
  return text !== undefined && /^[A-Za-z_$][\w$.]*$/.test(text) ? text : undefined;
}

/** `list` of `for (let i = 0; i < list.length; ...)`. A loop that starts where the outer one stands meets each pair once. */
function countedList({ init, test }: t.ForStatement): t.Node | undefined {
  const start = init?.type === 'VariableDeclaration' ? init.declarations[0]?.init : undefined;
  if (start?.type !== 'NumericLiteral' || start.value !== 0 || test?.type !== 'BinaryExpression')
    return undefined;
  const { right } = test;
  const isLength = right.type === 'MemberExpression' && sameText(right)?.endsWith('.length') === true;
  return isLength ? right.object : undefined;
}
