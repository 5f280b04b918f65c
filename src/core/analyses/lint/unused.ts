import type * as t from '@babel/types';
import type { Binding, Scope } from '../javascript/names';
import type { Script, ScriptRules } from '../javascript/script';
import { requiredModule } from '../javascript/values';
import { walk } from '../javascript/visit';

/** Names that nothing reads: imports, variables, functions, classes, private members, labels. */
export const unusedRules: ScriptRules = (script) => ({
  Program: () => {
    // A fault of syntax may have swallowed the use.
    if (script.broken) return;
    for (const binding of script.names.bindings) checkBinding(script, binding);
  },
  ClassBody: (node) => {
    if (!script.broken) checkPrivateMembers(script, node);
  },
});

const nouns: Partial<Record<Binding['kind'], string>> = {
  import: 'import',
  var: 'variable',
  let: 'variable',
  const: 'variable',
  function: 'function',
  class: 'class',
  type: 'type',
  enum: 'enum',
};

function checkBinding(script: Script, binding: Binding): void {
  const noun = nouns[binding.kind];
  if (noun === undefined || binding.exported || binding.name.startsWith('_')) return;
  // Without imports and exports the top of a file is shared with every other script of the page.
  if (binding.scope === script.names.module && !script.isModule) return;
  if (binding.kind === 'import' && isUsedByTags(script, binding)) return;
  if (isExportedInPlace(binding)) return;
  const used = binding.references.some(
    (reference) => reference.read && !isInside(reference.scope, binding.declaration, binding),
  );
  if (used) return;
  const written = binding.references.some((reference) => reference.write && !reference.read);
  if (isLastOfLoop(binding)) return;
  const isImport = binding.kind === 'import' || isRequired(binding);
  script.report({
    rule: isImport ? 'lint/unused-import' : 'lint/unused-variable',
    severity: isImport ? 'low' : 'medium',
    at: binding.identifier,
    message: written
      ? `The ${noun} "${binding.name}" is written but never read.`
      : `The ${isImport ? 'import' : noun} "${binding.name}" is never used.`,
    advice: isImport ? 'Remove the import.' : 'Remove it, or use it where it was meant.',
  });
}

/** `const { join } = require('path')` */
const isRequired = ({ declaration }: Binding): boolean =>
  declaration.type === 'VariableDeclarator' &&
  !!declaration.init &&
  requiredModule(declaration.init) !== undefined;

/** The classic transform of tags calls names that no tag shows. */
function isUsedByTags(script: Script, binding: Binding): boolean {
  return (
    /^(?:React|Preact|h|jsx|createElement|Fragment)$/.test(binding.name) &&
    (/\.[jt]sx$/.test(script.file.path) || /<\/|\/>/.test(script.file.text))
  );
}

/** A function that only calls itself is as unused as one that nobody calls. */
function isInside(scope: Scope, declaration: t.Node, binding: Binding): boolean {
  if (binding.kind !== 'function' && binding.kind !== 'class') return false;
  for (let inner: Scope | undefined = scope; inner !== undefined; inner = inner.parent) {
    if (inner.node === declaration) return true;
  }
  return false;
}

function isExportedInPlace(binding: Binding): boolean {
  return binding.declaration.type === 'TSModuleDeclaration' || binding.kind === 'namespace';
}

/** `for (const x of list) count++` needs a name it does not use. */
function isLastOfLoop(binding: Binding): boolean {
  const { node } = binding.scope;
  return (node.type === 'ForOfStatement' || node.type === 'ForInStatement') &&
    node.left.type === 'VariableDeclaration'
    ? node.left.declarations.some((one) => one === binding.declaration)
    : false;
}

/** `#x` and TypeScript's `private x`: nobody outside of the class may read them. */
function checkPrivateMembers(script: Script, body: t.ClassBody): void {
  const declared = new Map<string, t.Node>();
  for (const member of body.body) {
    const name = privateName(member);
    if (name !== undefined && !declared.has(name)) declared.set(name, member);
  }
  if (declared.size === 0) return;
  const used = new Set<string>();
  let computed = false;
  walk(body, (node, { parent, key }) => {
    if (node.type === 'PrivateName' && !(key === 'key' && parent !== undefined && isMember(parent))) {
      used.add(`#${node.id.name}`);
    } else if (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression') {
      if (node.computed && node.object.type === 'ThisExpression') {
        if (node.property.type === 'StringLiteral') used.add(node.property.value);
        else computed = true;
      } else if (!node.computed && node.property.type === 'Identifier') used.add(node.property.name);
    } else if (node.type === 'ObjectPattern') {
      for (const property of node.properties) {
        if (property.type === 'ObjectProperty' && property.key.type === 'Identifier')
          used.add(property.key.name);
      }
    }
  });
  for (const [name, member] of declared) {
    // Members with decorators are found by name at run time.
    const decorated = 'decorators' in member && (member.decorators?.length ?? 0) > 0;
    if (used.has(name) || decorated || (computed && !name.startsWith('#')) || name.startsWith('_')) continue;
    script.report({
      rule: 'lint/unused-private-member',
      severity: 'medium',
      at: member,
      message: `The private member "${name}" is never used.`,
      advice: 'Remove it, or use it where it was meant.',
    });
  }
}

const isMember = (node: t.Node): boolean =>
  node.type === 'ClassPrivateProperty' ||
  node.type === 'ClassPrivateMethod' ||
  node.type === 'ClassAccessorProperty';

function privateName(member: t.ClassBody['body'][number]): string | undefined {
  if (member.type === 'ClassPrivateProperty' || member.type === 'ClassPrivateMethod')
    return `#${member.key.id.name}`;
  if (
    (member.type === 'ClassProperty' || member.type === 'ClassMethod') &&
    member.accessibility === 'private' &&
    !member.computed &&
    member.key.type === 'Identifier' &&
    member.key.name !== 'constructor'
  ) {
    return member.key.name;
  }
  return undefined;
}
