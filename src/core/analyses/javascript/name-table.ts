import type * as t from '@babel/types';
import type { Binding, BindingKind, Names, Reference, Scope } from './names';

/** Declarations and uses as they are met; what each use means is decided when all declarations are known. */
export class NameTable {
  private readonly bindings: Binding[] = [];
  private readonly references: Reference[] = [];
  readonly module: Scope;

  constructor(program: t.Program) {
    this.module = { kind: 'module', node: program, parent: undefined, bindings: new Map() };
  }

  finish(): Names {
    const meant = new Map<t.Node, Binding>();
    const undeclared: Reference[] = [];
    for (const binding of this.bindings) meant.set(binding.identifier, binding);
    for (const reference of this.references) {
      let scope: Scope | undefined = reference.scope;
      while (scope !== undefined && !scope.bindings.has(reference.name)) scope = scope.parent;
      const binding = scope?.bindings.get(reference.name);
      if (binding === undefined) undeclared.push(reference);
      else {
        binding.references.push(reference);
        meant.set(reference.identifier, binding);
      }
    }
    return {
      module: this.module,
      bindings: this.bindings,
      undeclared,
      bindingOf: (identifier) => meant.get(identifier),
    };
  }

  open(kind: Scope['kind'], node: t.Node, parent: Scope): Scope {
    return { kind, node, parent, bindings: new Map() };
  }

  declare(name: string, kind: BindingKind, identifier: t.Node, declaration: t.Node, scope: Scope): void {
    let home = scope;
    if (kind === 'var') while (home.kind === 'block' && home.parent !== undefined) home = home.parent;
    const known = home.bindings.get(name);
    if (known !== undefined) {
      // Overloads, merged interfaces, a type beside a value: one name.
      known.again.push(identifier);
      return;
    }
    const binding: Binding = {
      name,
      kind,
      identifier,
      declaration,
      scope: home,
      references: [],
      exported: false,
      again: [],
    };
    home.bindings.set(name, binding);
    this.bindings.push(binding);
  }

  refer(identifier: t.Node, name: string, scope: Scope, use: 'read' | 'write' | 'both' = 'read'): void {
    this.references.push({ identifier, name, scope, read: use !== 'write', write: use !== 'read' });
  }
}
