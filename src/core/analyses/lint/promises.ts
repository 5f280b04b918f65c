import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { bare, propertyName, qualifiedName } from '../javascript/values';
import { isFunction, isLoop, walk, type FunctionNode } from '../javascript/visit';

/** Work that nobody waits for, and callbacks that forget to answer. */
export const promiseRules: ScriptRules = (script) => ({
  ExpressionStatement: (node, { ancestors }) => forgottenPromise(script, node, ancestors),
  NewExpression: (node) => {
    const [executor] = node.arguments;
    if (qualifiedName(node.callee, script.names) !== 'Promise' || !isFunction(executor) || !executor.async)
      return;
    script.report({
      rule: 'lint/async-executor',
      severity: 'high',
      at: node,
      message: 'Errors thrown in an async executor are lost, the promise never settles.',
      advice: 'Do the waiting outside of new Promise(...).',
    });
  },
  CallExpression: (node, { parent }) => {
    callbackWithoutResult(script, node);
    asyncForEach(script, node);
    // Awaited, it is a filter that knows how to wait.
    if (parent?.type !== 'AwaitExpression') asyncPredicate(script, node);
  },
  ForStatement: (node) => capturedLoopVariable(script, node),
  VariableDeclarator: (node) => usedBeforeItIsThere(script, node),
  IfStatement: (node) => promiseAsCondition(script, node.test),
  ConditionalExpression: (node) => promiseAsCondition(script, node.test),
});

function forgottenPromise(script: Script, node: t.ExpressionStatement, ancestors: readonly t.Node[]): void {
  const call = bare(node.expression);
  if (call.type !== 'CallExpression') return;
  const inAsync = ancestors.findLast(isFunction)?.async === true;
  const called = inAsync ? asyncFunction(script, call) : undefined;
  if (called !== undefined) {
    script.report({
      rule: 'lint/floating-promise',
      severity: 'medium',
      at: node,
      message: `Nobody waits for ${called}(): its errors are lost, and what follows runs too early.`,
      advice: 'Put await before it, or void when it is meant.',
    });
    return;
  }
  const { callee } = call;
  if (callee.type === 'MemberExpression' && propertyName(callee) === 'then' && call.arguments.length === 1) {
    const chain = script.file.text.slice(callee.start ?? 0, callee.end ?? 0);
    if (/\.catch\s*\(|cy\.|\.then\([^)]*,[^)]*\)\s*\.then$/.test(chain)) return;
    script.report({
      rule: 'lint/unhandled-promise',
      severity: 'medium',
      at: node,
      message: 'When this promise fails, nobody hears of it.',
      advice: 'Add a catch, or await it.',
    });
  }
}

/** The name of a function of this file that is surely async. */
function asyncFunction(script: Script, call: t.CallExpression): string | undefined {
  if (call.callee.type !== 'Identifier') return undefined;
  const declaration = script.names.bindingOf(call.callee)?.declaration;
  const called =
    declaration?.type === 'FunctionDeclaration'
      ? declaration
      : declaration?.type === 'VariableDeclarator'
        ? declaration.init
        : undefined;
  return isFunction(called) && called.async && !called.generator ? call.callee.name : undefined;
}

/** `const user = load(); user.name` where `load` is async. */
function usedBeforeItIsThere(script: Script, node: t.VariableDeclarator): void {
  if (node.id.type !== 'Identifier' || node.init?.type !== 'CallExpression') return;
  const called = asyncFunction(script, node.init);
  if (called === undefined) return;
  const uses = script.names.bindingOf(node.id)?.references ?? [];
  const taken = uses.map(
    ({ identifier }) =>
      /^\??\.(\w+)/.exec(script.file.text.slice(identifier.end ?? 0, (identifier.end ?? 0) + 40))?.[1],
  );
  if (!taken.some((name) => name !== undefined && !/^(?:then|catch|finally)$/.test(name))) return;
  script.report({
    rule: 'lint/missing-await',
    severity: 'high',
    at: node,
    message: `${called}() gives a promise, and its fields are asked before it is there.`,
    advice: 'Put await before the call.',
  });
}

function promiseAsCondition(script: Script, test: t.Node): void {
  const call = test.type === 'UnaryExpression' && test.operator === '!' ? test.argument : test;
  const called = call.type === 'CallExpression' ? asyncFunction(script, call) : undefined;
  if (called === undefined) return;
  script.report({
    rule: 'lint/missing-await',
    severity: 'high',
    at: test,
    message: `${called}() gives a promise, and a promise is always true.`,
    advice: 'Put await before the call.',
  });
}

const mapping = new Set(['map', 'filter', 'reduce', 'some', 'every', 'find', 'findIndex', 'flatMap', 'sort']);

function callbackWithoutResult(script: Script, node: t.CallExpression): void {
  if (node.callee.type !== 'MemberExpression') return;
  const name = propertyName(node.callee);
  const [callback] = node.arguments;
  if (name === undefined || !mapping.has(name) || !isFunction(callback)) return;
  if (callback.body.type !== 'BlockStatement' || callback.body.body.length === 0 || callback.generator)
    return;
  const [first] = callback.params;
  if (first?.type === 'Identifier' && /^(?:err|error|e)$/.test(first.name)) return;
  // Other things than lists have a `map`, too: only one whose result is used is surely meant to give one.
  let answers = false;
  walk(callback.body, (inner) => {
    if (isFunction(inner)) return false;
    if (inner.type === 'ReturnStatement' && inner.argument) answers = true;
    if (
      inner.type === 'ThrowStatement' &&
      callback.body.type === 'BlockStatement' &&
      callback.body.body.length === 1
    ) {
      answers = true;
    }
    return undefined;
  });
  if (answers || callback.async) return;
  script.report({
    rule: 'lint/callback-without-result',
    severity: 'medium',
    at: node,
    message: `The callback of ${name}() returns nothing.`,
    advice: name === 'map' ? 'Return a value, or use forEach.' : 'Return a value.',
  });
}

function asyncForEach(script: Script, node: t.CallExpression): void {
  const [callback] = node.arguments;
  if (node.callee.type !== 'MemberExpression' || propertyName(node.callee) !== 'forEach') return;
  if (!isFunction(callback) || !callback.async) return;
  script.report({
    rule: 'lint/async-for-each',
    severity: 'medium',
    at: node,
    message: 'forEach does not wait for its async callback, and its errors are lost.',
    advice: 'Use for...of with await, or Promise.all over map.',
  });
}

function asyncPredicate(script: Script, node: t.CallExpression): void {
  const [callback] = node.arguments;
  if (node.callee.type !== 'MemberExpression' || !isFunction(callback) || !callback.async) return;
  const name = propertyName(node.callee) ?? '';
  if (!['filter', 'some', 'every', 'find', 'findIndex', 'sort'].includes(name)) return;
  script.report({
    rule: 'lint/async-predicate',
    severity: 'high',
    at: node,
    message: `${name}() sees a promise, and a promise is always true.`,
    advice: 'Wait for the answers first.',
  });
}

/** `for (var i ...) later(() => i)`: all callbacks see the last value. */
function capturedLoopVariable(script: Script, node: t.ForStatement): void {
  if (node.init?.type !== 'VariableDeclaration' || node.init.kind !== 'var') return;
  const names = new Set(
    node.init.declarations.flatMap((one) => (one.id.type === 'Identifier' ? [one.id.name] : [])),
  );
  walk(node.body, (inner, { parent, ancestors }) => {
    if (!isFunction(inner) || ancestors.some(isLoop)) return isFunction(inner) ? false : undefined;
    const later =
      parent?.type === 'CallExpression' &&
      /^(?:setTimeout|setInterval|setImmediate|nextTick|on|once|then|addEventListener|push|get|post)$/.test(
        calledName(parent),
      );
    if (later && reads(inner, names)) {
      script.report({
        rule: 'lint/captured-loop-variable',
        severity: 'high',
        at: inner,
        message: 'The callback runs later and sees the last value of the loop variable.',
        advice: 'Declare the loop variable with let.',
      });
    }
    return false;
  });
}

function calledName(call: t.CallExpression): string {
  const { callee } = call;
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' ? (propertyName(callee) ?? '') : '';
}

function reads(node: FunctionNode, names: ReadonlySet<string>): boolean {
  let found = false;
  walk(node, (inner, { parent, key }) => {
    const isName = !(parent?.type === 'MemberExpression' && key === 'property' && !parent.computed);
    if (inner.type === 'Identifier' && isName && names.has(inner.name)) found = true;
  });
  return found;
}
