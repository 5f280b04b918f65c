import type * as t from '@babel/types';
import type { SourceFile } from '../analysis';
import { importSource, importsOnlyTypes } from '../javascript/import-source';
import { parseScript } from '../javascript/parse';
import { isFunction, lineOf, walk } from '../javascript/visit';
import { noFacts, type ImportFact, type ModuleFacts } from './module-facts';

/** Imports of a file of JavaScript or TypeScript, in whichever of the four ways they are written. */
export function scriptFacts(file: SourceFile): ModuleFacts {
  const { tree } = parseScript(file);
  if (tree === undefined) return noFacts;
  const imports: ImportFact[] = [];
  let exports = 0;
  walk(tree.program, (node, { ancestors }) => {
    const target = importSource(node);
    if (target !== undefined) imports.push({ target, line: lineOf(node), kind: kindOf(node, ancestors) });
    exports += exportsOf(node);
  });
  return { imports, exports };
}

function kindOf(node: t.Node, ancestors: readonly t.Node[]): ImportFact['kind'] {
  if (node.type === 'ImportDeclaration') return importsOnlyTypes(node) ? 'type' : 'value';
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration')
    return node.exportKind === 'type' ? 'type' : 'value';
  const isDynamic =
    node.type === 'ImportExpression' || (node.type === 'CallExpression' && node.callee.type === 'Import');
  return isDynamic || ancestors.some(isFunction) ? 'lazy' : 'value';
}

function exportsOf(node: t.Node): number {
  if (node.type === 'ExportDefaultDeclaration' || node.type === 'ExportAllDeclaration') return 1;
  if (node.type !== 'ExportNamedDeclaration') return 0;
  const { declaration } = node;
  if (declaration?.type === 'VariableDeclaration') return declaration.declarations.length;
  return declaration ? 1 : node.specifiers.length;
}
