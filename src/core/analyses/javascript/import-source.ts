import type * as t from '@babel/types';

/** What a node loads, as written, in whichever of the ways scripts do it; undefined for nodes that load nothing known. */
export function importSource(node: t.Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source?.value;
    case 'ImportExpression':
      return node.source.type === 'StringLiteral' ? node.source.value : undefined;
    case 'TSImportEqualsDeclaration':
      return node.moduleReference.type === 'TSExternalModuleReference'
        ? node.moduleReference.expression.value
        : undefined;
    case 'CallExpression': {
      const [first] = node.arguments;
      return loads(node.callee) && first?.type === 'StringLiteral' ? first.value : undefined;
    }
    default:
      return undefined;
  }
}

/** `require('x')` and `require.resolve('x')`. */
function loads(callee: t.Node): boolean {
  const named = callee.type === 'MemberExpression' ? callee.object : callee;
  return named.type === 'Identifier' && named.name === 'require';
}

/** `import type ...`, or only names that are types. */
export function importsOnlyTypes(node: t.Node): boolean {
  if (node.type !== 'ImportDeclaration') return false;
  const named = node.specifiers;
  return (
    node.importKind === 'type' ||
    (named.length > 0 && named.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type'))
  );
}
