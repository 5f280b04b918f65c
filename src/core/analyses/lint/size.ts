import type * as t from '@babel/types';
import type { ScriptRules } from '../javascript/script';
import { isFunction, isLoop, lineOf, walk, type FunctionNode } from '../javascript/visit';

const limits = { branches: 30, lines: 200, parameters: 7, depth: 6 };

/** Functions that no one can hold in mind. The limits are wide: what is beyond them is beyond dispute. */
export const sizeRules: ScriptRules = (script) => {
  const check = (node: FunctionNode): void => {
    if (script.file.isTest) return;
    const name = nameOf(node);
    const { branches, depth } = measure(node);
    const lines = ownLines(node);
    if (branches > limits.branches) {
      script.report({
        rule: 'lint/complex-function',
        severity: 'low',
        at: node,
        message: `${name} branches ${branches} times.`,
        advice: 'Give its parts names of their own.',
      });
    }
    if (lines > limits.lines) {
      script.report({
        rule: 'lint/long-function',
        severity: 'low',
        at: node,
        message: `${name} is ${lines} lines long.`,
        advice: 'Give its parts names of their own.',
      });
    }
    if (node.params.length > limits.parameters) {
      script.report({
        rule: 'lint/many-parameters',
        severity: 'low',
        at: node,
        message: `${name} takes ${node.params.length} parameters.`,
        advice: 'Pass one object with named fields.',
      });
    }
    if (depth > limits.depth) {
      script.report({
        rule: 'lint/deep-nesting',
        severity: 'low',
        at: node,
        message: `${name} nests ${depth} levels deep.`,
        advice: 'Leave early, or give the inner part a name of its own.',
      });
    }
  };
  return {
    FunctionDeclaration: check,
    FunctionExpression: check,
    ArrowFunctionExpression: check,
    ObjectMethod: check,
    ClassMethod: check,
    ClassPrivateMethod: check,
  };
};

function nameOf(node: FunctionNode): string {
  if ('id' in node && node.id) return `The function ${node.id.name}()`;
  if ('key' in node && node.key.type === 'Identifier') return `The method ${node.key.name}()`;
  return 'This function';
}

/** Lines of a function without those of the functions in it. */
function ownLines(node: FunctionNode): number {
  const span = (one: FunctionNode) => (one.loc?.end.line ?? 0) - lineOf(one) + 1;
  let lines = span(node);
  walk(node.body, (inner) => {
    if (!isFunction(inner)) return undefined;
    lines -= span(inner);
    return false;
  });
  return lines;
}

function measure(node: FunctionNode): { branches: number; depth: number } {
  let branches = 1;
  let deepest = 0;
  walk(node.body, (inner, { ancestors }) => {
    if (isFunction(inner)) return false;
    if (isBranch(inner)) branches++;
    if (nests(inner)) deepest = Math.max(deepest, depthOf(inner, ancestors));
    return undefined;
  });
  return { branches, depth: deepest };
}

/** A chain of else-ifs is one level, however long. */
function depthOf(node: t.Node, ancestors: readonly t.Node[]): number {
  const path = [...ancestors, node];
  return path.filter((one, index) => {
    const above = path[index - 1];
    return (
      nests(one) && !(one.type === 'IfStatement' && above?.type === 'IfStatement' && above.alternate === one)
    );
  }).length;
}

// A switch is one table to a reader, however long: its cases count for nothing.
const isBranch = (node: t.Node): boolean =>
  node.type === 'IfStatement' ||
  node.type === 'ConditionalExpression' ||
  node.type === 'LogicalExpression' ||
  node.type === 'CatchClause' ||
  isLoop(node);

const nests = (node: t.Node): boolean =>
  node.type === 'IfStatement' ||
  node.type === 'SwitchStatement' ||
  node.type === 'TryStatement' ||
  isLoop(node);
