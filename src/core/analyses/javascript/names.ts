import type * as t from '@babel/types';

export type BindingKind =
  | 'import'
  | 'var'
  | 'let'
  | 'const'
  | 'function'
  | 'class'
  | 'param'
  | 'catch'
  | 'type'
  | 'enum'
  | 'namespace'
  /** Declared for others (`declare`), or by a construct in which being unused means nothing. */
  | 'ambient';

export interface Binding {
  readonly name: string;
  readonly kind: BindingKind;
  readonly identifier: t.Node;
  /** The import specifier, declarator, function, class, ... that declares it. */
  readonly declaration: t.Node;
  readonly scope: Scope;
  readonly references: Reference[];
  exported: boolean;
  /** Declared again in the same scope: further identifiers. */
  readonly again: t.Node[];
}

export interface Reference {
  readonly identifier: t.Node;
  readonly name: string;
  readonly scope: Scope;
  readonly read: boolean;
  readonly write: boolean;
}

export interface Scope {
  readonly kind: 'module' | 'function' | 'block';
  readonly node: t.Node;
  readonly parent: Scope | undefined;
  readonly bindings: Map<string, Binding>;
}

export interface Names {
  readonly module: Scope;
  readonly bindings: readonly Binding[];
  /** References to names that the file does not declare. */
  readonly undeclared: readonly Reference[];
  bindingOf(identifier: t.Node): Binding | undefined;
}

/** The name that a tag refers to; undefined for tags of HTML. */
export function jsxRoot(name: t.JSXOpeningElement['name']): t.JSXIdentifier | undefined {
  if (name.type === 'JSXMemberExpression') {
    return name.object.type === 'JSXMemberExpression' ? jsxRoot(name.object) : name.object;
  }
  return name.type === 'JSXIdentifier' && /^[^a-z]/.test(name.name) ? name : undefined;
}

/** Names that a declaration puts into its scope. */
export function declaredNames(declaration: t.Declaration): string[] {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap((one) => patternNames(one.id));
  const { id } = declaration as { id?: t.Node | null };
  return id?.type === 'Identifier' ? [id.name] : [];
}

function patternNames(pattern: t.Node): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'RestElement':
      return patternNames(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'RestElement' ? patternNames(property) : patternNames(property.value),
      );
    default:
      return [];
  }
}
