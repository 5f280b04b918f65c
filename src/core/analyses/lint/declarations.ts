import type * as t from '@babel/types';
import type { Binding, Scope } from '../javascript/names';
import type { Script, ScriptRules } from '../javascript/script';
import { qualifiedName } from '../javascript/values';
import { isFunction, walk } from '../javascript/visit';

/** Names declared twice or over one another, accessors without an answer, imports in two places. */
export const declarationRules: ScriptRules = (script) => ({
  Program: (node) => {
    repeatedImports(script, node);
    if (script.broken) return;
    for (const binding of script.names.bindings) {
      declaredAgain(script, binding);
      shadows(script, binding);
    }
  },
  ClassMethod: (node) => silentGetter(script, node),
  ObjectMethod: (node) => silentGetter(script, node),
  NewExpression: (node) => {
    const [pattern, flags] = node.arguments;
    if (qualifiedName(node.callee, script.names) !== 'RegExp' || pattern?.type !== 'StringLiteral') return;
    try {
      new RegExp(pattern.value, flags?.type === 'StringLiteral' ? flags.value : undefined);
    } catch {
      script.report({
        rule: 'lint/invalid-pattern',
        severity: 'high',
        at: node,
        message: 'The pattern is no regular expression, making it throws.',
      });
    }
  },
});

/** `var x` where a parameter or another `var` of that name is. */
function declaredAgain(script: Script, binding: Binding): void {
  if (binding.kind !== 'var' && binding.kind !== 'param') return;
  for (const again of binding.again) {
    if (again.type !== 'Identifier' || isLoopHead(script, again)) continue;
    script.report({
      rule: 'lint/declared-twice',
      severity: 'low',
      at: again,
      message: `"${binding.name}" is declared already.`,
      advice: 'Give it another name, or only assign it.',
    });
  }
}

/** `for (var i ...)` twice in one function is how old code counts. */
function isLoopHead(script: Script, identifier: t.Node): boolean {
  const line = script.file.lines[(identifier.loc?.start.line ?? 1) - 1] ?? '';
  return /^\s*for\s*\(/.test(line);
}

/** A block's own name over one of the same function: writing it changes the wrong one. */
function shadows(script: Script, binding: Binding): void {
  if ((binding.kind !== 'let' && binding.kind !== 'const') || binding.scope.kind !== 'block') return;
  if (binding.declaration.type !== 'VariableDeclarator') return;
  for (let outer: Scope | undefined = binding.scope.parent; outer !== undefined; outer = outer.parent) {
    const same = outer.bindings.get(binding.name);
    if (same !== undefined && (same.kind === 'let' || same.kind === 'param')) {
      const isChanged = same.kind === 'param' || same.references.some((reference) => reference.write);
      const isReadLater = same.references.some(
        ({ read, identifier }) => read && (identifier.start ?? 0) > (binding.scope.node.end ?? 0),
      );
      if (!isChanged || !isReadLater) return;
      script.report({
        rule: 'lint/shadowed',
        severity: 'low',
        at: binding.identifier,
        message: `This "${binding.name}" hides the one outside of the block, which keeps its value.`,
        advice: 'Assign the outer one, or give this one another name.',
      });
      return;
    }
    if (outer.kind !== 'block') return;
  }
}

function silentGetter(script: Script, node: t.ClassMethod | t.ObjectMethod): void {
  if (node.kind !== 'get' || ('abstract' in node && node.abstract === true)) return;
  let answers = false;
  walk(node.body, (inner) => {
    if (isFunction(inner)) return false;
    if ((inner.type === 'ReturnStatement' && inner.argument) || inner.type === 'ThrowStatement')
      answers = true;
    return undefined;
  });
  if (answers) return;
  script.report({
    rule: 'lint/getter-without-result',
    severity: 'high',
    at: node,
    message: 'The getter returns nothing.',
    advice: 'Return the value.',
  });
}

function repeatedImports(script: Script, program: t.Program): void {
  const seen = new Map<string, number>();
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') continue;
    // A namespace cannot stand beside names.
    if (
      statement.specifiers.some((one) => one.type === 'ImportNamespaceSpecifier') ||
      statement.specifiers.length === 0
    )
      continue;
    const first = seen.get(statement.source.value);
    if (first !== undefined) {
      script.report({
        rule: 'lint/imported-twice',
        severity: 'low',
        at: statement,
        message: `"${statement.source.value}" is imported on line ${first} already.`,
        advice: 'Join the two imports.',
      });
    }
    seen.set(statement.source.value, statement.loc?.start.line ?? 1);
  }
}
