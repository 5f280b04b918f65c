import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { bare } from '../javascript/values';
import { walk } from '../javascript/visit';
import { handlerAround } from './hot-paths';

/** Memory that is never given back, and libraries loaded whole. */
export const growthRules: ScriptRules = (script) => ({
  VariableDeclarator: (node) => growsForever(script, node),
  ImportDeclaration: (node) => heavyImport(script, node),
});

/** A collection of the module that handlers only ever add to. */
function growsForever(script: Script, node: t.VariableDeclarator): void {
  if (
    node.id.type !== 'Identifier' ||
    !node.init ||
    !/cache|seen|history|sessions?|buffer|queue|log|store|memo/i.test(node.id.name)
  )
    return;
  const binding = script.names.bindingOf(node.id);
  if (binding?.scope !== script.names.module || binding.exported) return;
  const init = bare(node.init);
  const empty =
    (init.type === 'ArrayExpression' && init.elements.length === 0) ||
    (init.type === 'ObjectExpression' && init.properties.length === 0) ||
    (init.type === 'NewExpression' &&
      init.callee.type === 'Identifier' &&
      /^(?:Map|Set)$/.test(init.callee.name) &&
      init.arguments.length === 0);
  if (!empty || binding.references.some((reference) => reference.write)) return;
  const uses = binding.references.map((reference) =>
    script.file.text.slice(reference.identifier.end ?? 0, (reference.identifier.end ?? 0) + 60),
  );
  const before = binding.references.map((reference) =>
    script.file.text.slice(
      Math.max(0, (reference.identifier.start ?? 0) - 12),
      reference.identifier.start ?? 0,
    ),
  );
  const grows = uses.some((use) => /^\.(?:push|unshift|set|add)\(|^\[[^\]]{1,40}\]\s*=(?!=)/.test(use));
  const shrinks =
    uses.some((use) => /^\.(?:delete|clear|shift|pop|splice|length\s*=|size\s*[>]|length\s*[>])/.test(use)) ||
    before.some((text) => /delete\s+$/.test(text));
  const handedOn = uses.some((use) => /^\s*[,);\]}]/.test(use));
  if (!grows || shrinks || handedOn) return;
  const inHandler = binding.references.some((reference) => isInHandler(script, reference.identifier));
  if (!inHandler) return;
  script.report({
    rule: 'performance/grows-forever',
    severity: 'medium',
    at: node,
    message: `${node.id.name} grows with every request and never shrinks.`,
    advice: 'Limit its size or its age.',
  });
}

function isInHandler(script: Script, identifier: t.Node): boolean {
  let found = false;
  walk(script.tree.program, (node, { ancestors }) => {
    if (node === identifier && handlerAround(script, ancestors) !== undefined) found = true;
  });
  return found;
}

function heavyImport(script: Script, node: t.ImportDeclaration): void {
  if (
    !/^(?:lodash|underscore|moment|rxjs\/Rx|aws-sdk)$/.test(node.source.value) ||
    node.importKind === 'type'
  )
    return;
  if (!node.specifiers.some((one) => one.type !== 'ImportSpecifier')) return;
  script.report({
    rule: 'performance/whole-library',
    severity: 'low',
    at: node,
    message: `All of ${node.source.value} is loaded.`,
    advice: 'Import the one function, or do it without.',
  });
}
