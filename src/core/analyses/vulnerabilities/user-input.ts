import type * as t from '@babel/types';
import type { Names } from '../javascript/names';
import { bare, builtText, constantText, propertyName, qualifiedName } from '../javascript/values';

const requests = /^~?(?:req|request|ctx|context|event|koaCtx|c|evt|message|msg|socket)$/;
const requestParts =
  /^(?:query|params|body|headers|cookies|url|originalUrl|files|file|rawBody|queryStringParameters|pathParameters|signedCookies|hostname|rawHeaders)$/;
const browserParts =
  /^(?:window\.)?(?:location\.(?:search|hash|href|pathname)|name)$|^document\.(?:cookie|referrer|URL)$/;

/** Calls that give back what they were given, more or less. */
const passing = new Set([
  'trim',
  'toString',
  'toLowerCase',
  'toUpperCase',
  'replace',
  'replaceAll',
  'slice',
  'substring',
  'split',
  'join',
  'concat',
  'resolve',
  'normalize',
  'parse',
  'decodeURIComponent',
  'decodeURI',
  'unescape',
  'String',
  'get',
  'header',
  'param',
  'json',
  'text',
  'stringify',
  'from',
  'format',
  'padStart',
  'padEnd',
  'at',
]);

/** Whether a value comes from outside: a request, the address bar. Followed through names and texts, not through functions. */
export function isUserInput(node: t.Node | null | undefined, names: Names, depth = 0): boolean {
  if (node === null || node === undefined || depth > 8) return false;
  const inner = bare(node);
  switch (inner.type) {
    case 'Identifier':
      return comesFromInput(inner, names, depth);
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return isRequestPart(inner, names) || isUserInput(inner.object, names, depth + 1);
    case 'TemplateLiteral':
    case 'BinaryExpression':
      return (builtText(inner)?.holes ?? []).some((hole) => isUserInput(hole, names, depth + 1));
    case 'LogicalExpression':
      return isUserInput(inner.left, names, depth + 1) || isUserInput(inner.right, names, depth + 1);
    case 'ConditionalExpression':
      return (
        isUserInput(inner.consequent, names, depth + 1) || isUserInput(inner.alternate, names, depth + 1)
      );
    case 'AwaitExpression':
      return isUserInput(inner.argument, names, depth + 1);
    case 'NewExpression':
      return (
        /^(?:URL|URLSearchParams|String)$/.test(qualifiedName(inner.callee, names) ?? '') &&
        inner.arguments.some((argument) => isUserInput(argument, names, depth + 1))
      );
    case 'CallExpression':
    case 'OptionalCallExpression':
      return passesInput(inner, names, depth);
    default:
      return false;
  }
}

function isRequestPart(node: t.MemberExpression | t.OptionalMemberExpression, names: Names): boolean {
  const name = qualifiedName(node, names);
  if (name !== undefined && browserParts.test(name)) return true;
  const property = propertyName(node);
  if (property === undefined || !requestParts.test(property)) return false;
  const object = bare(node.object);
  if (object.type === 'Identifier') {
    // A parameter or a global of that name; a local made by this file says itself what it is.
    const binding = names.bindingOf(object);
    return (
      requests.test(object.name) &&
      (binding === undefined || binding.kind === 'param' || binding.kind === 'ambient')
    );
  }
  const whole = sameRoot(object);
  return whole !== undefined && requests.test(whole.root) && /^(?:request|req)$/.test(whole.last);
}

/** `ctx.request`, `this.req`. */
function sameRoot(node: t.Node): { root: string; last: string } | undefined {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return undefined;
  const last = propertyName(node);
  const root =
    node.object.type === 'Identifier'
      ? node.object.name
      : node.object.type === 'ThisExpression'
        ? 'ctx'
        : undefined;
  return last === undefined || root === undefined ? undefined : { root, last };
}

function comesFromInput(node: t.Identifier, names: Names, depth: number): boolean {
  const binding = names.bindingOf(node);
  if (binding === undefined) return false;
  const { declaration } = binding;
  if (declaration.type === 'VariableDeclarator' && declaration.init) {
    return isUserInput(declaration.init, names, depth + 1);
  }
  // `({ query }, res) => ...`: a handler that takes its request apart.
  if (binding.kind === 'param' && 'params' in declaration) {
    const [first] = declaration.params as t.Node[];
    if (first?.type !== 'ObjectPattern') return false;
    return first.properties.some(
      (property) =>
        property.type === 'ObjectProperty' &&
        property.value === binding.identifier &&
        property.key.type === 'Identifier' &&
        /^(?:query|body|params|cookies)$/.test(property.key.name) &&
        (declaration.params as t.Node[]).some(
          (one) => one.type === 'Identifier' && /^(?:res|response|reply)$/.test(one.name),
        ),
    );
  }
  return false;
}

function passesInput(
  node: t.CallExpression | t.OptionalCallExpression,
  names: Names,
  depth: number,
): boolean {
  const callee = node.callee;
  const called =
    callee.type === 'Identifier'
      ? callee.name
      : callee.type === 'MemberExpression' || callee.type === 'OptionalMemberExpression'
        ? propertyName(callee)
        : undefined;
  if (called === undefined || !passing.has(called)) return false;
  if (callee.type === 'MemberExpression' || callee.type === 'OptionalMemberExpression') {
    const object = bare(callee.object);
    // `searchParams.get('x')` and `req.get('host')` read what was sent.
    if (
      called === 'get' &&
      object.type === 'Identifier' &&
      /^(?:searchParams|urlParams|params|formData)$/.test(object.name)
    ) {
      return isUserInput(object, names, depth + 1) || names.bindingOf(object)?.kind === 'param';
    }
    if (
      /^(?:get|header|param)$/.test(called) &&
      object.type === 'Identifier' &&
      /^req(?:uest)?$/.test(object.name)
    )
      return true;
    if (isUserInput(object, names, depth + 1)) return true;
  }
  return node.arguments.some((argument) => isUserInput(argument, names, depth + 1));
}

/** Not known before the program runs: anything but constants put together. */
export function isVariable(node: t.Node | null | undefined, names: Names): boolean {
  if (node === null || node === undefined) return false;
  const inner = bare(node);
  if (constantText(inner, names) !== undefined) return false;
  if (inner.type.endsWith('Literal') && inner.type !== 'TemplateLiteral') return false;
  const built = builtText(inner);
  if (built !== undefined) return built.holes.some((hole) => isVariable(hole, names));
  if (inner.type === 'ConditionalExpression')
    return isVariable(inner.consequent, names) || isVariable(inner.alternate, names);
  if (inner.type === 'LogicalExpression')
    return isVariable(inner.left, names) || isVariable(inner.right, names);
  if (inner.type === 'Identifier') {
    const declaration = names.bindingOf(inner)?.declaration;
    const isFixed = declaration?.type === 'VariableDeclarator' && !!declaration.init;
    const written = names.bindingOf(inner)?.references.some((reference) => reference.write) ?? false;
    if (isFixed && !written && declaration.id.type === 'Identifier')
      return isVariable(declaration.init, names);
  }
  return true;
}
