import type * as t from '@babel/types';
import type { Script } from '../javascript/script';
import { bare, propertyName, qualifiedName } from '../javascript/values';
import { isFunction, isLoop, type FunctionNode } from '../javascript/visit';

const iterators = new Set([
  'map',
  'forEach',
  'filter',
  'reduce',
  'reduceRight',
  'some',
  'every',
  'find',
  'findIndex',
  'flatMap',
  'sort',
]);

/** Loops around a node inside its own function, callbacks of list methods counted as loops; outermost first. */
export function loopsAround(ancestors: readonly t.Node[], node: t.Node): t.Node[] {
  const loops: t.Node[] = [];
  for (let at = ancestors.length - 1; at >= 0; at--) {
    const ancestor = ancestors[at];
    if (ancestor === undefined) break;
    const child = ancestors[at + 1] ?? node;
    if (isLoop(ancestor) && isInBody(ancestor, child)) loops.unshift(ancestor);
    if (isFunction(ancestor)) {
      const call = ancestors[at - 1];
      if (call?.type !== 'CallExpression' || !isIteration(call, ancestor)) break;
      loops.unshift(call);
    }
  }
  return loops;
}

/** The head of a loop runs once (`for (const x of load())`), its test and update run each time. */
function isInBody(loop: t.Node, child: t.Node): boolean {
  if (loop.type === 'ForOfStatement' || loop.type === 'ForInStatement') return child === loop.body;
  if (loop.type === 'ForStatement') return child !== loop.init;
  return true;
}

function isIteration(call: t.CallExpression, callback: t.Node): boolean {
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || call.arguments[0] !== callback) return false;
  return iterators.has(propertyName(callee) ?? '');
}

const routers =
  /^(?:get|post|put|patch|delete|head|options|all|use|route|on|handle|addListener|register|createServer|onRequest)$/;

/**
 * Who waits at a place: a request handler or an event handler, where a blocking call stops everyone else. Undefined at
 * the top of a module and in plain functions.
 */
export function handlerAround(script: Script, ancestors: readonly t.Node[]): string | undefined {
  for (let at = ancestors.length - 1; at >= 0; at--) {
    const ancestor = ancestors[at];
    if (!isFunction(ancestor)) continue;
    if (isHandler(ancestor)) return 'a request handler';
    const parent = ancestors[at - 1];
    if (parent?.type === 'CallExpression' && parent.arguments.some((argument) => argument === ancestor)) {
      const name = qualifiedName(parent.callee, script.names) ?? '';
      const method = parent.callee.type === 'MemberExpression' ? (propertyName(parent.callee) ?? '') : name;
      const [first] = parent.arguments;
      const isRoute =
        first?.type === 'StringLiteral' || first?.type === 'TemplateLiteral' || parent.arguments.length === 1;
      const isServer = /(?:app|router|server|route|api|fastify|http|socket|io|ws|emitter|bus)\b/i.test(name);
      if (routers.test(method) && isRoute && isServer) return 'an event handler';
    }
  }
  return undefined;
}

/** `(req, res)`, `(request, reply)`, `(ctx, next)`. */
function isHandler(node: FunctionNode): boolean {
  const [first = '', second = ''] = node.params.map((param) =>
    param.type === 'Identifier' ? param.name : param.type === 'ObjectPattern' ? '{}' : '',
  );
  return (
    (/^_?(?:req|request|\{\})$/.test(first) && /^_?(?:res|response|reply|resp)$/.test(second)) ||
    (/^(?:ctx|context)$/.test(first) && /^next$/.test(second)) ||
    (/^(?:err|error)$/.test(first) && /^_?req/.test(second))
  );
}

export function asyncAround(ancestors: readonly t.Node[]): boolean {
  return ancestors.findLast(isFunction)?.async === true;
}

export const isWithin = (node: t.Node, outer: t.Node): boolean =>
  (node.start ?? 0) >= (outer.start ?? 0) && (node.end ?? 0) <= (outer.end ?? 0);

/** `for (const x of [1, 2, 3])`, `for (i = 0; i < 3; i++)`: a fixed few turns. */
export function isSmallLoop(loop: t.Node): boolean {
  if (loop.type === 'ForOfStatement') return bare(loop.right).type === 'ArrayExpression';
  return (
    loop.type === 'ForStatement' &&
    loop.test?.type === 'BinaryExpression' &&
    loop.test.right.type === 'NumericLiteral' &&
    loop.test.right.value <= 16
  );
}
