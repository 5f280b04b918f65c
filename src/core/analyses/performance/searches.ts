import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { source } from '../javascript/source';
import { bare, propertyName, sameText } from '../javascript/values';
import { isFunction, isLoop, walk } from '../javascript/visit';
import { isSmallLoop, isWithin, loopsAround } from './hot-paths';

/** Searches through whole lists, once for each element of another. */
export const searchRules: ScriptRules = (script) => ({
  CallExpression: (node, { ancestors }) => {
    growing(script, node, ancestors);
    ownPlace(script, node, ancestors);
  },
});

const searches = new Set(['includes', 'indexOf', 'find', 'findIndex', 'filter', 'some', 'lastIndexOf']);

/** A search through a whole list for each element of another: slow as soon as both are long. */
function growing(script: Script, node: t.CallExpression, ancestors: readonly t.Node[]): void {
  if (node.callee.type !== 'MemberExpression') return;
  const method = propertyName(node.callee) ?? '';
  const loops = loopsAround(ancestors, node);
  const loop = loops.at(-1);
  if (loop === undefined) return;
  const list = bare(node.callee.object);
  if (method === 'shift') return shifts(script, node, list, loop);
  if (
    !searches.has(method) ||
    list.type !== 'Identifier' ||
    !isLongList(script, list) ||
    isWithin(script.names.bindingOf(list)?.identifier ?? loop, loop)
  )
    return;
  const isCallback = isFunction(node.arguments[0]);
  if ((method === 'filter' && !isCallback) || node.arguments.length > 1 || isSmallLoop(loop)) return;
  // Searching the list that is walked finds duplicates or positions; another one is a join.
  script.report({
    rule: 'performance/search-in-loop',
    severity: 'medium',
    at: node,
    message: `${list.name}.${method}() walks the whole list once for each turn of the loop.`,
    advice: 'Put it into a Set or Map before the loop.',
  });
}

/** `while (queue.length) queue.shift()` moves the whole rest each time. */
function shifts(script: Script, node: t.CallExpression, list: t.Node, loop: t.Node): void {
  if (loop.type !== 'WhileStatement' || list.type !== 'Identifier') return;
  if (!source(script, loop.test).startsWith(`${list.name}.length`)) return;
  script.report({
    rule: 'performance/shift-in-loop',
    severity: 'low',
    at: node,
    message: 'Every element moves one place for each element that is taken from the front.',
    advice: 'Walk an index, or take from the end.',
  });
}

/** Names of lists that are short by their nature. */
const short =
  /(?:args|options|params|props|css|status|path|class|this|names|keys|fields|columns|flags|exts|extensions|tags|types|kinds|words|parts|marks)$/i;

/** A list whose length the file does not fix: a parameter with a plural name, a result that was waited for, a list that grows. */
function isLongList(script: Script, node: t.Identifier): boolean {
  const binding = script.names.bindingOf(node);
  if (binding === undefined) return false;
  const { declaration } = binding;
  if (binding.kind === 'param') {
    const annotation =
      binding.identifier.type === 'Identifier' ? binding.identifier.typeAnnotation : undefined;
    const type = annotation ? source(script, annotation) : undefined;
    if (type !== undefined) return /\[\]$|\bArray</.test(type) && !short.test(node.name);
    return /[a-rt-z]s$|List$|Array$|Rows$/.test(node.name) && !short.test(node.name);
  }
  if (declaration.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier') return false;
  const init = declaration.init ? bare(declaration.init) : undefined;
  if (init?.type === 'ArrayExpression') {
    return (
      init.elements.length === 0 &&
      binding.references.some(
        (reference) =>
          /^\.push\(/.test(
            script.file.text.slice(reference.identifier.end ?? 0, (reference.identifier.end ?? 0) + 8),
          ) && isPushedInLoop(script, reference.identifier),
      )
    );
  }
  if (init?.type === 'AwaitExpression') return /[a-rt-z]s$|List$|Rows$/.test(node.name);
  return false;
}

function isPushedInLoop(script: Script, identifier: t.Node): boolean {
  let inside = false;
  walk(script.tree.program, (node, { ancestors }) => {
    if (node === identifier && ancestors.some(isLoop)) inside = true;
  });
  return inside;
}

/** `list.filter((x, i) => list.indexOf(x) === i)`: each element is looked for in the whole list. */
function ownPlace(script: Script, node: t.CallExpression, ancestors: readonly t.Node[]): void {
  if (
    node.callee.type !== 'MemberExpression' ||
    !/^(?:indexOf|findIndex|lastIndexOf)$/.test(propertyName(node.callee) ?? '')
  )
    return;
  const loop = loopsAround(ancestors, node).at(-1);
  if (loop?.type !== 'CallExpression' || loop.callee.type !== 'MemberExpression') return;
  const [own, walked] = [sameText(node.callee.object), sameText(loop.callee.object)];
  if (
    own === undefined ||
    own !== walked ||
    !/^(?:filter|map|forEach)$/.test(propertyName(loop.callee) ?? '')
  )
    return;
  script.report({
    rule: 'performance/search-in-loop',
    severity: 'low',
    at: node,
    message: `Each element of ${own} is looked for in the whole list.`,
    advice: 'Use a Set.',
  });
}
