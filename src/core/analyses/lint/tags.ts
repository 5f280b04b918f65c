import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { propertyName } from '../javascript/values';
import { isFunction, walk } from '../javascript/visit';

/** Slips in components made of tags. */
export const tagRules: ScriptRules = (script) => ({
  CallExpression: (node) => listWithoutKeys(script, node),
  JSXOpeningElement: (node) => {
    const seen = new Set<string>();
    for (const attribute of node.attributes) {
      if (attribute.type !== 'JSXAttribute' || attribute.name.type !== 'JSXIdentifier') continue;
      const { name } = attribute.name;
      if (seen.has(name)) {
        script.report({
          rule: 'lint/duplicate-attribute',
          severity: 'high',
          at: attribute,
          message: `The attribute "${name}" stands twice; only the last one counts.`,
        });
      }
      seen.add(name);
    }
  },
});

function listWithoutKeys(script: Script, node: t.CallExpression): void {
  const [callback] = node.arguments;
  if (node.callee.type !== 'MemberExpression' || propertyName(node.callee) !== 'map' || !isFunction(callback))
    return;
  const results: t.Node[] = [];
  if (callback.body.type !== 'BlockStatement') results.push(callback.body);
  else {
    walk(callback.body, (inner) => {
      if (isFunction(inner)) return false;
      if (inner.type === 'ReturnStatement' && inner.argument) results.push(inner.argument);
      return undefined;
    });
  }
  for (const result of results) {
    if (result.type !== 'JSXElement') continue;
    const { attributes } = result.openingElement;
    const hasKey = attributes.some(
      (attribute) => attribute.type === 'JSXSpreadAttribute' || attribute.name.name === 'key',
    );
    if (hasKey) continue;
    script.report({
      rule: 'lint/missing-key',
      severity: 'medium',
      at: result,
      message: 'Elements of a list need a key, or the wrong ones are kept when the list changes.',
      advice: 'Give each its own stable key.',
    });
  }
}
