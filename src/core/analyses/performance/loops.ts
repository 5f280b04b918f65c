import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { source } from '../javascript/source';
import { bare, propertyName, qualifiedName, sameText } from '../javascript/values';
import { isFunction, isLoop, walk } from '../javascript/visit';
import { isSmallLoop, isWithin, loopsAround } from './hot-paths';

/** Loops in loops, and work in loops that belongs before them. */
export const loopRules: ScriptRules = (script) => ({
  CallExpression: (node, { ancestors }) => {
    repeatedInLoop(script, node, ancestors);
    copyThroughText(script, node);
    copyingReduce(script, node);
  },
  NewExpression: (node, { ancestors }) => {
    const isPattern = qualifiedName(node.callee, script.names) === 'RegExp';
    if (!isPattern || loopsAround(ancestors, node).length === 0 || !isFixed(node.arguments[0])) return;
    script.report({
      rule: 'performance/regexp-in-loop',
      severity: 'low',
      at: node,
      message: 'The same pattern is compiled in each turn of the loop.',
      advice: 'Make it once, before the loop.',
    });
  },
  ForStatement: (node, { ancestors }) => nested(script, node, ancestors),
  ForOfStatement: (node, { ancestors }) => nested(script, node, ancestors),
  ForInStatement: (node, { ancestors }) => nested(script, node, ancestors),
  AssignmentExpression: (node, { ancestors }) => copiedInLoop(script, node, ancestors),
  FunctionDeclaration: (node) => exponential(script, node, node.id?.name),
  VariableDeclarator: (node) => {
    if (node.id.type === 'Identifier' && isFunction(node.init)) exponential(script, node.init, node.id.name);
  },
});

const isFixed = (node: t.Node | null | undefined): boolean =>
  node?.type === 'StringLiteral' || (node?.type === 'TemplateLiteral' && node.expressions.length === 0);

function repeatedInLoop(script: Script, node: t.CallExpression, ancestors: readonly t.Node[]): void {
  const loops = loopsAround(ancestors, node);
  const inner = loops.at(-1);
  if (inner === undefined) return;
  const name = qualifiedName(node.callee, script.names) ?? '';
  const [first] = node.arguments;
  const isSame = (value: t.Node | undefined): boolean =>
    value !== undefined && !changesInLoop(script, value, inner);
  if (/^JSON\.(?:parse|stringify)$/.test(name) && isSame(first)) {
    script.report({
      rule: 'performance/parse-in-loop',
      severity: 'medium',
      at: node,
      message: `${name}() does the same work in each turn of the loop.`,
      advice: 'Do it once, before the loop.',
    });
  }
  const looksUp =
    /^(?:window\.)?document\.(?:getElementById|querySelector|querySelectorAll|getElementsBy\w+)$/;
  if (looksUp.test(name) && isFixed(first)) {
    script.report({
      rule: 'performance/lookup-in-loop',
      severity: 'low',
      at: node,
      message: 'The same element is looked up in each turn of the loop.',
      advice: 'Look it up once, before the loop.',
    });
  }
  if (
    node.callee.type === 'MemberExpression' &&
    propertyName(node.callee) === 'sort' &&
    loops.some(isLoop) &&
    isSame(node.callee.object)
  ) {
    script.report({
      rule: 'performance/sort-in-loop',
      severity: 'medium',
      at: node,
      message: 'The same list is sorted in each turn of the loop.',
      advice: 'Sort it once.',
    });
  }
}

/** Whether a value may differ from turn to turn: it names something that the loop declares, writes or fills. */
function changesInLoop(script: Script, node: t.Node, loop: t.Node): boolean {
  let changes = false;
  walk(node, (inner) => {
    if (
      inner.type === 'CallExpression' ||
      inner.type === 'AwaitExpression' ||
      inner.type === 'ThisExpression'
    ) {
      changes = true;
    }
    if (inner.type !== 'Identifier') return;
    const binding = script.names.bindingOf(inner);
    if (binding === undefined) return;
    const touched = binding.references.some(
      ({ identifier, write }) => isWithin(identifier, loop) && (write || isFilled(script, identifier)),
    );
    if (isWithin(binding.identifier, loop) || touched) changes = true;
  });
  return changes;
}

function isFilled(script: Script, identifier: t.Node): boolean {
  const end = identifier.end ?? 0;
  return /^(?:\.\w+|\[[^\]]{0,30}\])*\s*(?:=(?!=)|\.(?:push|unshift|set|add|splice|pop|shift|delete|reverse)\()/.test(
    script.file.text.slice(end, end + 60),
  );
}

const DEEP = 3;

/**
 * Three loops over lists of their own. A loop over a part of what an outer loop walks (`order.items`) only visits each
 * part once, and one that empties a queue visits each member once: neither multiplies.
 */
function nested(script: Script, node: LoopStatement, ancestors: readonly t.Node[]): void {
  if (isSmallLoop(node)) return;
  const outer = loopsAround(ancestors, node).filter((loop) => isCounted(loop) && !isSmallLoop(loop));
  if (outer.length !== DEEP - 1 || outer.some((loop) => walksPartOf(script, node, loop))) return;
  script.report({
    rule: 'performance/nested-loops',
    severity: 'medium',
    at: node,
    message: `${DEEP} loops stand in each other: ten times the input is a thousand times the work.`,
    advice: 'Index the inner lists before the loops.',
  });
}

type LoopStatement = t.ForStatement | t.ForOfStatement | t.ForInStatement;

const isCounted = (loop: t.Node): loop is LoopStatement =>
  loop.type === 'ForStatement' || loop.type === 'ForOfStatement' || loop.type === 'ForInStatement';

/** The list of the inner loop is named through something that the outer loop declares. */
function walksPartOf(script: Script, inner: LoopStatement, outer: t.Node): boolean {
  const list = inner.type === 'ForStatement' ? limitOf(inner) : inner.right;
  let found = false;
  if (list === undefined) return false;
  walk(list, (node) => {
    const binding = node.type === 'Identifier' ? script.names.bindingOf(node) : undefined;
    if (binding !== undefined && isWithin(binding.identifier, outer)) found = true;
  });
  return found;
}

/** `rows[i].length` of `for (...; j < rows[i].length; ...)`. */
function limitOf(loop: t.ForStatement): t.Node | undefined {
  return loop.test?.type === 'BinaryExpression' ? loop.test.right : undefined;
}

function copiedInLoop(script: Script, node: t.AssignmentExpression, ancestors: readonly t.Node[]): void {
  const inner = loopsAround(ancestors, node).at(-1);
  const left = sameText(node.left);
  if (inner === undefined || left === undefined) return;
  const right = bare(node.right);
  const parts =
    right.type === 'ArrayExpression'
      ? right.elements
      : right.type === 'ObjectExpression' && right.properties.some(isComputed)
        ? right.properties
        : [];
  const spreads = parts.some((one) => one?.type === 'SpreadElement' && sameText(one.argument) === left);
  const joins =
    right.type === 'CallExpression' &&
    right.callee.type === 'MemberExpression' &&
    propertyName(right.callee) === 'concat' &&
    sameText(right.callee.object) === left;
  if (!spreads && !joins) return;
  const declared =
    node.left.type === 'Identifier' ? script.names.bindingOf(node.left)?.identifier : undefined;
  if (declared !== undefined && isWithin(declared, inner)) return;
  script.report({
    rule: 'performance/copy-in-loop',
    severity: 'medium',
    at: node,
    message: `${left} is copied whole in each turn of the loop.`,
    advice: 'Push, or assign the one field.',
  });
}

/** With fixed keys the object stays as small as it is. */
const isComputed = (property: t.ObjectExpression['properties'][number]): boolean =>
  property.type === 'ObjectProperty' && property.computed;

function copyThroughText(script: Script, node: t.CallExpression): void {
  const [text] = node.arguments;
  if (qualifiedName(node.callee, script.names) !== 'JSON.parse' || text?.type !== 'CallExpression') return;
  if (qualifiedName(text.callee, script.names) !== 'JSON.stringify') return;
  script.report({
    rule: 'performance/copy-through-text',
    severity: 'low',
    at: node,
    message: 'The value is copied by way of text.',
    advice: 'Use structuredClone.',
  });
}

/** `reduce((all, one) => [...all, one], [])` */
function copyingReduce(script: Script, node: t.CallExpression): void {
  const [callback] = node.arguments;
  if (node.callee.type !== 'MemberExpression' || propertyName(node.callee) !== 'reduce') return;
  if (!isFunction(callback)) return;
  const [accumulator] = callback.params;
  if (accumulator?.type !== 'Identifier') return;
  const results: t.Node[] = callback.body.type === 'BlockStatement' ? [] : [bare(callback.body)];
  walk(callback.body, (inner) => {
    if (isFunction(inner)) return false;
    if (inner.type === 'ReturnStatement' && inner.argument) results.push(bare(inner.argument));
    return undefined;
  });
  for (const result of results) {
    const parts =
      result.type === 'ArrayExpression'
        ? result.elements
        : result.type === 'ObjectExpression'
          ? result.properties
          : [];
    const copies = parts.some(
      (part) =>
        part?.type === 'SpreadElement' &&
        part.argument.type === 'Identifier' &&
        part.argument.name === accumulator.name,
    );
    if (!copies) continue;
    script.report({
      rule: 'performance/copy-in-loop',
      severity: 'medium',
      at: result,
      message: 'Everything collected so far is copied for each element.',
      advice: 'Add to the one list or object, or use Object.fromEntries.',
    });
  }
}

/** `f(n - 1) + f(n - 2)` without a memory of earlier answers. */
function exponential(script: Script, node: t.Node, name: string | undefined): void {
  if (name === undefined || !isFunction(node) || /memo|cache/i.test(source(script, node))) return;
  let calls = 0;
  walk(node.body, (inner) => {
    if (inner.type !== 'CallExpression' || inner.callee.type !== 'Identifier' || inner.callee.name !== name)
      return;
    const shrinks = inner.arguments.some(
      (argument) =>
        argument.type === 'BinaryExpression' &&
        argument.operator === '-' &&
        argument.right.type === 'NumericLiteral',
    );
    if (shrinks) calls++;
  });
  if (calls < 2) return;
  script.report({
    rule: 'performance/exponential-recursion',
    severity: 'high',
    at: node,
    message: `${name}() computes the same answers over and over.`,
    advice: 'Remember answers, or count upwards.',
  });
}
