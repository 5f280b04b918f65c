import type * as t from '@babel/types';
import type { SourceFile } from '../../analyses/analysis';
import { parseScript } from '../../analyses/javascript/parse';
import { resolveNames } from '../../analyses/javascript/resolve-names';
import type { Binding, BindingKind } from '../../analyses/javascript/names';
import { isFunction, walk } from '../../analyses/javascript/visit';
import type { CodePlace, CodeSymbol, SymbolKind } from './code-intelligence';

/** Declarations of a file of JavaScript or TypeScript that others could mean: parameters and locals of functions are left out. */
export function scriptSymbols(file: SourceFile): CodeSymbol[] {
  const { tree } = parseScript(file);
  if (tree === undefined) return [];
  const found: CodeSymbol[] = [];
  const add = (id: t.Node | null | undefined, kind: SymbolKind, ancestors: readonly t.Node[]) => {
    const name = id === null || id === undefined ? undefined : nameOf(id);
    if (id === null || id === undefined || name === undefined) return;
    const container = containerOf(ancestors);
    found.push({
      name,
      kind,
      ...placeOf(file, id),
      ...(container === undefined ? {} : { container }),
      isExported: ancestors.some((one) => /^Export(?:Named|Default)Declaration$/.test(one.type)),
    });
  };
  walk(tree.program, (node, { ancestors }) => {
    const isInner = ancestors.some(isFunction);
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'TSDeclareFunction':
        return add(node.id, 'function', ancestors);
      case 'ClassDeclaration':
        return add(node.id, 'class', ancestors);
      case 'ClassMethod':
      case 'ClassPrivateMethod':
      case 'TSDeclareMethod':
        return add(node.key, 'method', ancestors);
      case 'ClassProperty':
      case 'ClassPrivateProperty':
        return add(node.key, isFunction(node.value) ? 'method' : 'property', ancestors);
      case 'TSInterfaceDeclaration':
        return add(node.id, 'interface', ancestors);
      case 'TSTypeAliasDeclaration':
        return add(node.id, 'type', ancestors);
      case 'TSEnumDeclaration':
        return add(node.id, 'enum', ancestors);
      case 'TSModuleDeclaration':
        return add(node.id, 'namespace', ancestors);
      case 'VariableDeclarator':
        if (isFunction(node.init)) add(node.id, 'function', ancestors);
        else if (!isInner) add(node.id, isConstant(ancestors) ? 'constant' : 'variable', ancestors);
        return;
      default:
    }
  });
  return found;
}

/** The declaration that a name at a line means, when it stands in the file itself; an import means what stands elsewhere. */
export function scriptDefinition(file: SourceFile, name: string, line?: number): CodeSymbol | undefined {
  const binding = bindingAt(file, name, line);
  if (binding === undefined || binding.kind === 'import') return undefined;
  return {
    name,
    kind: kinds[binding.kind] ?? 'variable',
    ...placeOf(file, binding.identifier),
    isExported: binding.exported,
  };
}

/** Every use of a name as a name: not in texts and comments. With a line only of the very thing that is meant there. */
export function scriptReferences(file: SourceFile, name: string, line?: number): CodePlace[] {
  const binding = line === undefined ? undefined : bindingAt(file, name, line);
  if (binding !== undefined) return binding.references.map((one) => placeOf(file, one.identifier));
  const { tree } = parseScript(file);
  if (tree === undefined) return [];
  const declared = new Set(scriptSymbols(file).map((one) => `${one.line}:${one.column}`));
  const found = new Map<string, CodePlace>();
  walk(tree.program, (node) => {
    if ((node.type !== 'Identifier' && node.type !== 'JSXIdentifier') || node.name !== name) return;
    const place = placeOf(file, node);
    const key = `${place.line}:${place.column}`;
    // A specifier without "as" is one word and two nodes.
    if (!declared.has(key)) found.set(key, place);
  });
  return [...found.values()];
}

function bindingAt(file: SourceFile, name: string, line: number | undefined): Binding | undefined {
  const { tree } = parseScript(file);
  if (tree === undefined) return undefined;
  const named = resolveNames(tree).bindings.filter((one) => one.name === name);
  if (line === undefined) return named.find((one) => one.scope.kind === 'module');
  return named.find((one) =>
    [one.identifier, ...one.again, ...one.references.map((use) => use.identifier)].some(
      (identifier) => identifier.loc?.start.line === line,
    ),
  );
}

const kinds: Partial<Record<BindingKind, SymbolKind>> = {
  const: 'constant',
  function: 'function',
  class: 'class',
  param: 'parameter',
  catch: 'parameter',
  type: 'type',
  enum: 'enum',
  namespace: 'namespace',
};

function nameOf(id: t.Node): string | undefined {
  if (id.type === 'Identifier') return id.name;
  if (id.type === 'PrivateName') return `#${id.id.name}`;
  return id.type === 'StringLiteral' ? id.value : undefined;
}

function containerOf(ancestors: readonly t.Node[]): string | undefined {
  for (const node of [...ancestors].reverse()) {
    const named =
      node.type === 'ClassDeclaration' ||
      node.type === 'FunctionDeclaration' ||
      node.type === 'TSModuleDeclaration';
    if (named) return node.id ? nameOf(node.id) : undefined;
    if (node.type === 'ClassMethod') return nameOf(node.key);
  }
  return undefined;
}

function isConstant(ancestors: readonly t.Node[]): boolean {
  const declaration = ancestors.at(-1);
  return declaration?.type === 'VariableDeclaration' && declaration.kind === 'const';
}

function placeOf(file: SourceFile, node: t.Node): CodePlace {
  return { path: file.path, line: node.loc?.start.line ?? 1, column: (node.loc?.start.column ?? 0) + 1 };
}
