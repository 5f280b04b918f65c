import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { bare, builtText, constantValue, propertyName, qualifiedName } from '../javascript/values';
import { isUserInput, isVariable } from './user-input';

/** Where text becomes part of a page. */
export const pageRules: ScriptRules = (script) => ({
  CallExpression: (node) => {
    const name = qualifiedName(node.callee, script.names) ?? '';
    const method = node.callee.type === 'MemberExpression' ? (propertyName(node.callee) ?? '') : '';
    if (/^(?:insertAdjacentHTML|write|writeln|html|append|prepend)$/.test(method))
      written(script, node, name, method);
    if (/^(?:send|end|write|html)$/.test(method)) answered(script, node, node.arguments[0]);
    template(script, node, name, node.arguments[0]);
  },
  AssignmentExpression: (node) => {
    const property = node.left.type === 'MemberExpression' ? propertyName(node.left) : undefined;
    if (property !== undefined && /^(?:innerHTML|outerHTML|srcdoc)$/.test(property)) {
      page(script, node, node.right, property);
    }
  },
  JSXAttribute: (node) => {
    if (node.name.name !== 'dangerouslySetInnerHTML' || node.value?.type !== 'JSXExpressionContainer') return;
    const { expression } = node.value;
    if (expression.type !== 'ObjectExpression') return;
    for (const property of expression.properties) {
      if (property.type === 'ObjectProperty') page(script, node, property.value, 'dangerouslySetInnerHTML');
    }
  },
});

const cleaned = /sanitize|purify|escape|encode|xss|textToHtml|highlight/i;

function page(script: Script, node: t.Node, value: t.Node, where: string): void {
  const { names, file } = script;
  if (!isVariable(value, names)) return;
  const inner = bare(value);
  const holes = builtText(inner)?.holes.filter((hole) => isVariable(hole, names)) ?? [inner];
  const source = (one: t.Node) => file.text.slice(one.start ?? 0, one.end ?? 0);
  const isClean = (one: t.Node): boolean => {
    const target = bare(one);
    const resolved = target.type === 'Identifier' ? (constantValue(target, names) ?? target) : target;
    return cleaned.test(source(resolved)) || /\.(?:length|size|count)$|^\d|toFixed/.test(source(resolved));
  };
  if (holes.every(isClean)) return;
  script.report({
    rule: 'injection/html',
    severity: isUserInput(value, names) ? 'high' : 'medium',
    at: node,
    message: `${where} puts text into the page as HTML.`,
    advice: 'Use textContent, or sanitize it.',
  });
}

function written(
  script: Script,
  node: t.CallExpression | t.OptionalCallExpression,
  name: string,
  method: string,
): void {
  const isDocument = /^(?:window\.)?document\.write(?:ln)?$/.test(name);
  const isJquery =
    /^(?:html|append|prepend)$/.test(method) &&
    /\$\(|jQuery\(/.test(script.file.text.slice(node.start ?? 0, (node.start ?? 0) + 200));
  const value =
    method === 'insertAdjacentHTML'
      ? node.arguments[1]
      : isDocument || isJquery
        ? node.arguments[0]
        : undefined;
  if (value !== undefined && (method !== 'append' || builtText(value) !== undefined))
    page(script, node, value, `${method}()`);
}

function answered(
  script: Script,
  node: t.CallExpression | t.OptionalCallExpression,
  body: t.Node | undefined,
): void {
  if (body === undefined) return;
  const resolved = body.type === 'Identifier' ? (constantValue(body, script.names) ?? body) : body;
  const built = builtText(resolved);
  if (built === undefined || !/<[a-z!]/i.test(built.texts.join(''))) return;
  if (
    !built.holes.some(
      (hole) =>
        isUserInput(hole, script.names) &&
        !cleaned.test(script.file.text.slice(hole.start ?? 0, hole.end ?? 0)),
    )
  )
    return;
  script.report({
    rule: 'injection/html',
    severity: 'high',
    at: node,
    message: 'Text from the request is sent back as part of a page.',
    advice: 'Escape it.',
  });
}

function template(script: Script, node: t.Node, name: string, first: t.Node | undefined): void {
  if (
    !/^(?:handlebars|ejs|pug|nunjucks|mustache|lodash|underscore|_|dot|liquidjs)\.(?:compile|render|renderString|template)$/.test(
      name,
    )
  )
    return;
  if (!isUserInput(first, script.names)) return;
  script.report({
    rule: 'injection/template',
    severity: 'high',
    at: node,
    message: 'Text from outside is used as a template, and templates can run code.',
    advice: 'Pass it as a value of a fixed template.',
  });
}
