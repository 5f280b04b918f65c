import type * as t from '@babel/types';
import type { Binding, Names } from './names';

/** The text of a string that is known from the file alone; through constants, never through calls. */
export function constantText(node: t.Node | null | undefined, names: Names, depth = 0): string | undefined {
  if (node === null || node === undefined || depth > 5) return undefined;
  switch (node.type) {
    case 'StringLiteral':
      return node.value;
    case 'TemplateLiteral':
      return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined;
    case 'BinaryExpression': {
      if (node.operator !== '+') return undefined;
      const left = constantText(node.left, names, depth + 1);
      const right = left === undefined ? undefined : constantText(node.right, names, depth + 1);
      return left === undefined || right === undefined ? undefined : left + right;
    }
    case 'Identifier':
      return constantText(constantValue(node, names), names, depth + 1);
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return constantText(node.expression, names, depth + 1);
    default:
      return undefined;
  }
}

/** What a `const` was given, or a `let` that is never written again. */
export function constantValue(node: t.Identifier, names: Names): t.Expression | undefined {
  const binding = names.bindingOf(node);
  if (binding?.declaration.type !== 'VariableDeclarator' || binding.declaration.id.type !== 'Identifier') {
    return undefined;
  }
  if (binding.references.some((reference) => reference.write)) return undefined;
  return binding.declaration.init ?? undefined;
}

/** Pieces of a string built at run time: texts as they stand, and what is put between them. Undefined for other nodes. */
export function builtText(
  node: t.Node,
): { readonly texts: readonly string[]; readonly holes: readonly t.Node[] } | undefined {
  if (node.type === 'TemplateLiteral') {
    if (node.expressions.length === 0) return undefined;
    return {
      texts: node.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw),
      holes: node.expressions,
    };
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const texts: string[] = [''];
    const holes: t.Node[] = [];
    let hasText = false;
    for (const operand of operands(node)) {
      if (operand.type === 'StringLiteral') {
        texts[texts.length - 1] += operand.value;
        hasText = true;
      } else if (operand.type === 'TemplateLiteral') {
        hasText = true;
        operand.quasis.forEach((quasi, index) => {
          if (index === 0) texts[texts.length - 1] += quasi.value.cooked ?? quasi.value.raw;
          else {
            const hole = operand.expressions[index - 1];
            if (hole !== undefined) holes.push(hole);
            texts.push(quasi.value.cooked ?? quasi.value.raw);
          }
        });
      } else {
        holes.push(operand);
        texts.push('');
      }
    }
    return hasText && holes.length > 0 ? { texts, holes } : undefined;
  }
  return undefined;
}

function operands(node: t.Node): t.Node[] {
  const found: t.Node[] = [];
  let rest: t.Node = node;
  while (rest.type === 'BinaryExpression' && rest.operator === '+') {
    found.unshift(rest.right);
    rest = rest.left;
  }
  return [rest, ...found];
}

/**
 * The full name of what an expression refers to: "child_process.exec" for an import of any form, "console.log" for a
 * global, "~db.query" for something made in this file. Undefined for what has no name.
 */
export function qualifiedName(node: t.Node | null | undefined, names: Names, depth = 0): string | undefined {
  if (node === null || node === undefined || depth > 8) return undefined;
  switch (node.type) {
    case 'Identifier': {
      const binding = names.bindingOf(node);
      if (binding === undefined) return node.name;
      return importedName(binding, names, depth) ?? `~${node.name}`;
    }
    case 'ThisExpression':
      return '~this';
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const object = qualifiedName(node.object, names, depth + 1);
      const property = propertyName(node);
      return object === undefined || property === undefined ? undefined : `${object}.${property}`;
    }
    case 'CallExpression':
      return requiredModule(node) ?? undefined;
    case 'AwaitExpression':
    case 'TSNonNullExpression':
    case 'TSAsExpression':
      return qualifiedName(
        node.type === 'AwaitExpression' ? node.argument : node.expression,
        names,
        depth + 1,
      );
    case 'ImportExpression':
      return node.source.type === 'StringLiteral' ? bareModule(node.source.value) : undefined;
    default:
      return undefined;
  }
}

export function propertyName(node: t.MemberExpression | t.OptionalMemberExpression): string | undefined {
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return node.property.type === 'StringLiteral' ? node.property.value : undefined;
}

const bareModule = (specifier: string): string => specifier.replace(/^node:/, '');

function importedName(binding: Binding, names: Names, depth: number): string | undefined {
  const { declaration } = binding;
  switch (declaration.type) {
    case 'ImportSpecifier': {
      const from = sourceOf(declaration, names);
      const imported =
        declaration.imported.type === 'Identifier' ? declaration.imported.name : declaration.imported.value;
      return from === undefined ? undefined : imported === 'default' ? from : `${from}.${imported}`;
    }
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return sourceOf(declaration, names);
    case 'VariableDeclarator': {
      if (binding.references.some((reference) => reference.write) || !declaration.init) return undefined;
      const whole = qualifiedName(declaration.init, names, depth + 1);
      if (whole === undefined || whole.startsWith('~')) return undefined;
      if (declaration.id.type === 'Identifier') return isModuleLike(declaration.init) ? whole : undefined;
      if (declaration.id.type !== 'ObjectPattern') return undefined;
      for (const property of declaration.id.properties) {
        if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier') continue;
        const target = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
        if (target === binding.identifier) return `${whole}.${property.key.name}`;
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

/** `require('x')`, `require('x').y`, `promisify(exec)` stays out: only what is surely the module or a part of it. */
function isModuleLike(node: t.Node): boolean {
  if (node.type === 'AwaitExpression') return isModuleLike(node.argument);
  if (node.type === 'MemberExpression') return isModuleLike(node.object) || node.object.type === 'Identifier';
  return node.type === 'ImportExpression' || requiredModule(node) !== undefined;
}

export function requiredModule(node: t.Node): string | undefined {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require') {
    return undefined;
  }
  const [source] = node.arguments;
  return source?.type === 'StringLiteral' ? bareModule(source.value) : undefined;
}

const sources = new WeakMap<Names, Map<t.Node, string>>();

function sourceOf(specifier: t.Node, names: Names): string | undefined {
  let known = sources.get(names);
  if (known === undefined) {
    known = new Map();
    for (const statement of (names.module.node as t.Program).body) {
      if (statement.type !== 'ImportDeclaration') continue;
      for (const one of statement.specifiers) known.set(one, bareModule(statement.source.value));
    }
    sources.set(names, known);
  }
  return known.get(specifier);
}

/** Takes off what changes no value: types, parentheses, non-null marks. */
export function bare(node: t.Node): t.Node {
  let inner = node;
  while (
    inner.type === 'TSAsExpression' ||
    inner.type === 'TSSatisfiesExpression' ||
    inner.type === 'TSNonNullExpression' ||
    inner.type === 'TSTypeAssertion' ||
    inner.type === 'ParenthesizedExpression'
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** `a.b.c` as text for messages and for comparing; undefined for anything with an effect. */
export function sameText(node: t.Node): string | undefined {
  const inner = bare(node);
  switch (inner.type) {
    case 'Identifier':
      return inner.name;
    case 'ThisExpression':
      return 'this';
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return JSON.stringify(inner.value);
    case 'NullLiteral':
      return 'null';
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const object = sameText(inner.object);
      const property = inner.computed ? sameText(inner.property) : propertyName(inner);
      return object === undefined || property === undefined
        ? undefined
        : inner.computed
          ? `${object}[${property}]`
          : `${object}.${property}`;
    }
    default:
      return undefined;
  }
}
