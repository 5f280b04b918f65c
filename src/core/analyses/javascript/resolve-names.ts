/*
 * owns: which declaration each name in a file means.
 * must stay true: a name is never said to be unused when any reading of the file uses it; when in doubt, it is used.
 */
import type * as t from '@babel/types';
import { declaredNames, jsxRoot, type BindingKind, type Names, type Scope } from './names';
import { NameTable } from './name-table';
import { childrenOf, isFunction, isNode, type FunctionNode } from './visit';

/** Reads every declaration and every use of a name in a file. */
export function resolveNames(tree: t.File): Names {
  const table = new NameTable(tree.program);
  new Resolver(table).run(tree.program);
  return table.finish();
}

class Resolver {
  constructor(private readonly table: NameTable) {}

  run(program: t.Program): void {
    for (const statement of program.body) this.see(statement, this.table.module, program);
  }

  private seeAll(
    nodes: readonly (t.Node | null | undefined)[] | null | undefined,
    scope: Scope,
    parent: t.Node,
  ): void {
    for (const node of nodes ?? []) if (node !== null && node !== undefined) this.see(node, scope, parent);
  }

  private seeChildren(node: t.Node, scope: Scope): void {
    for (const [, child] of childrenOf(node)) this.see(child, scope, node);
  }

  private see(node: t.Node | null | undefined, scope: Scope, parent: t.Node): void {
    if (node === null || node === undefined) return;
    if (isFunction(node)) return this.seeFunction(node, scope);
    switch (node.type) {
      case 'Identifier':
        this.table.refer(node, node.name, scope);
        return this.see(node.typeAnnotation, scope, node);
      case 'VariableDeclaration':
        for (const declarator of node.declarations) {
          const kind =
            node.declare === true
              ? 'ambient'
              : node.kind === 'var'
                ? 'var'
                : node.kind === 'let'
                  ? 'let'
                  : 'const';
          this.declarePattern(declarator.id, kind, declarator, scope);
          this.see(declarator.init, scope, declarator);
        }
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.seeClass(node, scope);
      case 'BlockStatement':
      case 'StaticBlock':
      case 'TSModuleBlock':
        return this.seeAll(
          node.body,
          this.table.open(node.type === 'StaticBlock' ? 'function' : 'block', node, scope),
          node,
        );
      case 'ForStatement':
      case 'SwitchStatement':
      case 'TSConditionalType':
        return this.seeChildren(node, this.table.open('block', node, scope));
      case 'ForInStatement':
      case 'ForOfStatement': {
        const inner = this.table.open('block', node, scope);
        if (node.left.type === 'VariableDeclaration') this.see(node.left, inner, node);
        else this.assign(node.left, inner, 'write');
        this.see(node.right, inner, node);
        return this.see(node.body, inner, node);
      }
      case 'CatchClause': {
        const inner = this.table.open('block', node, scope);
        if (node.param) this.declarePattern(node.param, 'catch', node, inner);
        return this.see(node.body, inner, node);
      }
      case 'AssignmentExpression':
        this.assign(
          node.left,
          scope,
          node.operator === '=' || parent.type === 'ExpressionStatement' ? 'write' : 'both',
        );
        // `x ||= y` decides by the old value, so it reads.
        if (/^(?:\|\||&&|\?\?)=$/.test(node.operator) && node.left.type === 'Identifier') {
          this.table.refer(node.left, node.left.name, scope);
        }
        return this.see(node.right, scope, node);
      case 'UpdateExpression': {
        const unused =
          parent.type === 'ExpressionStatement' || (parent.type === 'ForStatement' && parent.update === node);
        return this.assign(node.argument, scope, unused ? 'write' : 'both');
      }
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        this.see(node.object, scope, node);
        if (node.computed) this.see(node.property, scope, node);
        return;
      case 'ObjectProperty':
        if (node.computed) this.see(node.key, scope, node);
        return this.see(node.value, scope, node);
      case 'ClassProperty':
      case 'ClassAccessorProperty':
        this.seeAll(node.decorators, scope, node);
        if (node.computed === true) this.see(node.key, scope, node);
        this.see(node.typeAnnotation, scope, node);
        return this.see(node.value, scope, node);
      case 'LabeledStatement':
        return this.see(node.body, scope, node);
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
      case 'PrivateName':
      case 'ImportAttribute':
      case 'JSXClosingElement':
      case 'ExportAllDeclaration':
      case 'TSNamespaceExportDeclaration':
        return;
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) {
          this.table.declare(specifier.local.name, 'import', specifier.local, specifier, scope);
        }
        return;
      case 'ExportNamedDeclaration':
        return this.seeExport(node, scope);
      case 'ExportDefaultDeclaration':
        this.see(node.declaration, scope, node);
        if ('id' in node.declaration && node.declaration.id?.type === 'Identifier') {
          this.markExported(node.declaration.id.name, scope);
        }
        return;
      case 'JSXOpeningElement': {
        const root = jsxRoot(node.name);
        if (root !== undefined) this.table.refer(root, root.name, scope);
        this.see(node.typeParameters, scope, node);
        return this.seeAll(node.attributes, scope, node);
      }
      case 'JSXAttribute':
        return this.see(node.value, scope, node);
      default:
        return node.type.startsWith('TS') ? this.seeType(node, scope) : this.seeChildren(node, scope);
    }
  }

  private seeExport(node: t.ExportNamedDeclaration, scope: Scope): void {
    if (node.declaration) {
      this.see(node.declaration, scope, node);
      for (const name of declaredNames(node.declaration)) this.markExported(name, scope);
    }
    if (node.source) return;
    for (const specifier of node.specifiers) {
      if (specifier.type === 'ExportSpecifier')
        this.table.refer(specifier.local, specifier.local.name, scope);
    }
  }

  private markExported(name: string, scope: Scope): void {
    const binding = scope.bindings.get(name);
    if (binding !== undefined) binding.exported = true;
  }

  private seeFunction(node: FunctionNode, scope: Scope): void {
    if ('key' in node) {
      if ('decorators' in node) this.seeAll(node.decorators, scope, node);
      if ('computed' in node && node.computed === true) this.see(node.key, scope, node);
    }
    if (node.type === 'FunctionDeclaration' && node.id) {
      this.table.declare(node.id.name, node.declare === true ? 'ambient' : 'function', node.id, node, scope);
    }
    const inner = this.table.open('function', node, scope);
    if (node.type === 'FunctionExpression' && node.id) {
      this.table.declare(node.id.name, 'ambient', node.id, node, inner);
    }
    this.see(node.typeParameters, inner, node);
    for (const param of node.params) this.declareParameter(param, node, inner);
    this.see(node.returnType, inner, node);
    if (node.body.type === 'BlockStatement') this.seeAll(node.body.body, inner, node.body);
    else this.see(node.body, inner, node);
  }

  private declareParameter(param: t.Node, declaration: t.Node, scope: Scope): void {
    if (param.type === 'TSParameterProperty') {
      this.seeAll(param.decorators, scope, param);
      return this.declarePattern(param.parameter, 'ambient', declaration, scope);
    }
    if ('decorators' in param) this.seeAll(param.decorators, scope, param);
    this.declarePattern(param, 'param', declaration, scope);
  }

  private seeClass(node: t.ClassDeclaration | t.ClassExpression, scope: Scope): void {
    this.seeAll(node.decorators, scope, node);
    if (node.type === 'ClassDeclaration' && node.id) {
      this.table.declare(node.id.name, node.declare === true ? 'ambient' : 'class', node.id, node, scope);
    }
    const inner = this.table.open('block', node, scope);
    if (node.type === 'ClassExpression' && node.id)
      this.table.declare(node.id.name, 'ambient', node.id, node, inner);
    this.see(node.typeParameters, inner, node);
    this.see(node.superClass, inner, node);
    this.see(node.superTypeParameters, inner, node);
    this.seeAll(node.implements, inner, node);
    this.seeAll(node.body.body, inner, node.body);
  }

  /** Names that a pattern declares; defaults, computed keys and types in it are read. */
  private declarePattern(pattern: t.Node, kind: BindingKind, declaration: t.Node, scope: Scope): void {
    switch (pattern.type) {
      case 'Identifier':
        this.table.declare(pattern.name, kind, pattern, declaration, scope);
        return this.see(pattern.typeAnnotation, scope, pattern);
      case 'AssignmentPattern':
        this.declarePattern(pattern.left, kind, declaration, scope);
        return this.see(pattern.right, scope, pattern);
      case 'RestElement':
        this.see(pattern.typeAnnotation, scope, pattern);
        return this.declarePattern(pattern.argument, kind, declaration, scope);
      case 'ArrayPattern':
        this.see(pattern.typeAnnotation, scope, pattern);
        for (const element of pattern.elements)
          if (element) this.declarePattern(element, kind, declaration, scope);
        return;
      case 'ObjectPattern': {
        this.see(pattern.typeAnnotation, scope, pattern);
        // `{ a, ...rest }` names `a` only to leave it out of `rest`.
        const hasRest = pattern.properties.some((property) => property.type === 'RestElement');
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.declarePattern(property, kind, declaration, scope);
          else {
            if (property.computed) this.see(property.key, scope, property);
            this.declarePattern(
              property.value,
              hasRest && kind !== 'var' ? 'ambient' : kind,
              declaration,
              scope,
            );
          }
        }
        return;
      }
      default:
        return this.see(pattern, scope, declaration);
    }
  }

  private assign(target: t.Node, scope: Scope, use: 'write' | 'both'): void {
    switch (target.type) {
      case 'Identifier':
        return this.table.refer(target, target.name, scope, use);
      case 'AssignmentPattern':
        this.assign(target.left, scope, use);
        return this.see(target.right, scope, target);
      case 'RestElement':
        return this.assign(target.argument, scope, use);
      case 'ArrayPattern':
        for (const element of target.elements) if (element) this.assign(element, scope, use);
        return;
      case 'ObjectPattern':
        for (const property of target.properties) {
          if (property.type === 'RestElement') this.assign(property, scope, use);
          else {
            if (property.computed) this.see(property.key, scope, property);
            this.assign(property.value, scope, use);
          }
        }
        return;
      default:
        return this.see(target, scope, target);
    }
  }

  private seeType(node: t.Node, scope: Scope): void {
    switch (node.type) {
      case 'TSTypeAliasDeclaration':
      case 'TSInterfaceDeclaration': {
        this.table.declare(node.id.name, node.declare === true ? 'ambient' : 'type', node.id, node, scope);
        const inner = this.table.open('block', node, scope);
        for (const [key, child] of childrenOf(node)) if (key !== 'id') this.see(child, inner, node);
        return;
      }
      case 'TSEnumDeclaration': {
        this.table.declare(node.id.name, node.declare === true ? 'ambient' : 'enum', node.id, node, scope);
        const inner = this.table.open('block', node, scope);
        for (const member of node.members) {
          if (member.id.type === 'Identifier')
            this.table.declare(member.id.name, 'ambient', member.id, member, inner);
          this.see(member.initializer, inner, member);
        }
        return;
      }
      case 'TSModuleDeclaration':
        if (node.id.type === 'Identifier') {
          this.table.declare(
            node.id.name,
            node.declare === true ? 'ambient' : 'namespace',
            node.id,
            node,
            scope,
          );
        }
        return this.see(node.body, scope, node);
      case 'TSImportEqualsDeclaration':
        this.table.declare(node.id.name, 'import', node.id, node, scope);
        if (node.isExport === true) this.markExported(node.id.name, scope);
        return this.see(node.moduleReference, scope, node);
      case 'TSDeclareFunction':
        if (node.id) this.table.declare(node.id.name, 'ambient', node.id, node, scope);
        return this.seeSignature(node, scope);
      case 'TSDeclareMethod':
      case 'TSFunctionType':
      case 'TSConstructorType':
      case 'TSCallSignatureDeclaration':
      case 'TSConstructSignatureDeclaration':
      case 'TSMethodSignature':
      case 'TSIndexSignature':
        return this.seeSignature(node, scope);
      case 'TSPropertySignature':
        if (node.computed === true) this.see(node.key, scope, node);
        return this.see(node.typeAnnotation, scope, node);
      case 'TSTypeParameter': {
        const name = typeof node.name === 'string' ? node.name : (node.name as { name: string }).name;
        this.table.declare(name, 'ambient', node, node, scope);
        this.see(node.constraint, scope, node);
        return this.see(node.default, scope, node);
      }
      case 'TSMappedType':
        return this.seeChildren(node, this.table.open('block', node, scope));
      case 'TSQualifiedName':
        return this.see(node.left, scope, node);
      case 'TSNamedTupleMember':
        return this.see(node.elementType, scope, node);
      case 'TSImportType':
        return this.seeAll([node.typeParameters], scope, node);
      default:
        return this.seeChildren(node, scope);
    }
  }

  private seeSignature(node: t.Node, scope: Scope): void {
    const { parameters, params, typeParameters } = node as {
      parameters?: t.Node[];
      params?: t.Node[];
      typeParameters?: t.Node | null;
    };
    const inner = this.table.open('function', node, scope);
    this.see(typeParameters, inner, node);
    for (const param of [...(parameters ?? []), ...(params ?? [])]) {
      this.declarePattern(param, 'ambient', node, inner);
    }
    for (const [key, child] of childrenOf(node)) {
      if (key === 'typeAnnotation' || key === 'returnType') this.see(child, inner, node);
    }
    const { key, computed } = node as { key?: t.Node; computed?: boolean };
    if (computed === true && isNode(key)) this.see(key, inner, node);
  }
}
