import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { source } from '../javascript/source';
import { bare, builtText, constantText, propertyName, qualifiedName } from '../javascript/values';
import { isFunction } from '../javascript/visit';
import { looksLikeSql, sqlHoles } from './sql-text';
import { isUserInput, isVariable } from './user-input';

/** Where text or objects from outside become a query, a record, or a key of a shared object. */
export const queryRules: ScriptRules = (script) => ({
  CallExpression: (node) => {
    const method = node.callee.type === 'MemberExpression' ? (propertyName(node.callee) ?? '') : '';
    const [first, second] = node.arguments;
    database(script, node, method, first);
    massAssignment(script, node, method === 'assign' ? second : first, method);
  },
  NewExpression: (node) =>
    massAssignment(script, node, node.arguments[0], qualifiedName(node.callee, script.names)),
  TemplateLiteral: (node, { parent }) => {
    // A tag takes the values apart from the text: that is the safe way.
    if (parent?.type !== 'TaggedTemplateExpression') query(script, node);
  },
  BinaryExpression: (node, { parent }) => {
    if (!(parent?.type === 'BinaryExpression' && parent.operator === '+')) query(script, node);
  },
  ForInStatement: (node, { ancestors }) => uncheckedMerge(script, node, ancestors),
  AssignmentExpression: (node) => {
    if (node.operator === '+=') appendedQuery(script, node);
    pollution(script, node);
  },
});

function query(script: Script, node: t.Node): void {
  const built = builtText(node);
  if (built === undefined || !looksLikeSql(built.texts.join(' ? '))) return;
  const holes = sqlHoles(built).filter((hole) => isVariable(hole, script.names) && !isPlaceholderList(hole));
  const outside = built.holes.some((hole) => isUserInput(hole, script.names));
  if (holes.length === 0 && !outside) return;
  script.report({
    rule: 'injection/sql',
    severity: 'high',
    at: node,
    message: outside ? 'Text from outside becomes part of a query.' : 'A query is put together from values.',
    advice: 'Use placeholders and pass the values beside the query.',
  });
}

/** `${ids.map(() => '?').join(',')}` and names that say they hold placeholders or identifiers. */
function isPlaceholderList(node: t.Node): boolean {
  const inner = bare(node);
  if (inner.type === 'Identifier') {
    return (
      /placeholder|marks|columns?$|table|fields?$|clause|where$|conditions?$|filters?$|schema|^sql|limit|offset/i.test(
        inner.name,
      ) || /^[A-Z][A-Z0-9_]+$/.test(inner.name)
    );
  }
  if (inner.type === 'NumericLiteral') return true;
  return (
    inner.type === 'CallExpression' &&
    inner.callee.type === 'MemberExpression' &&
    /^(?:join|repeat|toFixed|escape\w*|quote\w*|format)$/.test(propertyName(inner.callee) ?? '')
  );
}

function appendedQuery(script: Script, node: t.AssignmentExpression): void {
  const built = builtText(node.right);
  if (built === undefined || node.left.type !== 'Identifier') return;
  const declaration = script.names.bindingOf(node.left)?.declaration;
  const start =
    declaration?.type === 'VariableDeclarator' ? constantText(declaration.init, script.names) : undefined;
  if (start === undefined || !looksLikeSql(`${start} WHERE x`)) return;
  if (!built.holes.some((hole) => isVariable(hole, script.names) && !isPlaceholderList(hole))) return;
  script.report({
    rule: 'injection/sql',
    severity: 'high',
    at: node,
    message: 'A query is put together from values.',
    advice: 'Use placeholders and pass the values beside the query.',
  });
}

const finders =
  /^(?:find|findOne|findMany|findFirst|count|countDocuments|deleteOne|deleteMany|updateOne|updateMany|findOneAndUpdate|findOneAndDelete|aggregate|remove)$/;

function database(script: Script, node: t.Node, method: string, first: t.Node | undefined): void {
  if (!finders.test(method) || first === undefined) return;
  const whole = isUserInput(first, script.names) && first.type !== 'TemplateLiteral';
  const where =
    first.type === 'ObjectExpression' &&
    first.properties.some(
      (property) =>
        property.type === 'ObjectProperty' &&
        (property.key.type === 'Identifier'
          ? property.key.name
          : property.key.type === 'StringLiteral'
            ? property.key.value
            : '') === '$where' &&
        isVariable(property.value, script.names),
    );
  if (!whole && !where) return;
  script.report({
    rule: 'injection/query-object',
    severity: 'high',
    at: node,
    message: 'What the request sends becomes the query itself, operators included.',
    advice: 'Take the fields that are meant, and check that they are texts.',
  });
}

function massAssignment(
  script: Script,
  node: t.Node,
  value: t.Node | undefined,
  name: string | undefined,
): void {
  if (value === undefined || name === undefined) return;
  const isModel =
    node.type === 'NewExpression'
      ? /^~?[A-Z]/.test(name) &&
        !/^(?:URL|Date|Error|Map|Set|RegExp|Function|Buffer|String|Number|URLSearchParams|Promise)/.test(
          name.replace('~', ''),
        )
      : /^(?:assign|create|insertOne|insertMany)$/.test(name);
  const inner = bare(value);
  const isBody =
    (inner.type === 'MemberExpression' && /^(?:body|query)$/.test(propertyName(inner) ?? '')) ||
    (inner.type === 'ObjectExpression' &&
      name !== 'assign' &&
      inner.properties.some(
        (one) =>
          one.type === 'SpreadElement' &&
          one.argument.type === 'MemberExpression' &&
          propertyName(one.argument) === 'body' &&
          isUserInput(one.argument, script.names),
      ));
  if (!isModel || !isBody || (inner.type === 'MemberExpression' && !isUserInput(value, script.names))) return;
  script.report({
    rule: 'injection/mass-assignment',
    severity: 'medium',
    at: node,
    message: 'Every field that the request sends is taken over, also those nobody meant.',
    advice: 'Take the fields that are meant.',
  });
}

function pollution(script: Script, node: t.AssignmentExpression): void {
  const { left } = node;
  if (
    left.type !== 'MemberExpression' ||
    !left.computed ||
    left.object.type !== 'MemberExpression' ||
    !left.object.computed
  )
    return;
  if (!isUserInput(left.object.property, script.names)) return;
  script.report({
    rule: 'injection/prototype',
    severity: 'high',
    at: node,
    message: 'Keys from outside can reach the prototype of all objects.',
    advice: 'Use a Map, or refuse "__proto__", "constructor" and "prototype".',
  });
}

/** `for (const key in source) target[key] = merge(target[key], source[key])` without a look at the key. */
function uncheckedMerge(script: Script, node: t.ForInStatement, ancestors: readonly t.Node[]): void {
  const owner = ancestors.findLast(isFunction);
  const index = owner === undefined ? -1 : ancestors.indexOf(owner);
  const holder = ancestors[index - 1];
  const name =
    owner !== undefined && 'id' in owner && owner.id
      ? owner.id.name
      : holder?.type === 'VariableDeclarator' && holder.id.type === 'Identifier'
        ? holder.id.name
        : undefined;
  if (owner === undefined || name === undefined) return;
  const text = source(script, owner);
  const callsItself = source(script, node.body).includes(`${name}(`);
  const writes = /\b\w+\[\w+\]\s*=(?!=)/.test(source(script, node.body));
  if (!callsItself || !writes || /__proto__|hasOwn|constructor|Object\.create\(null\)|new Map/.test(text))
    return;
  script.report({
    rule: 'injection/prototype',
    severity: 'medium',
    at: node,
    message: 'Merging every key lets "__proto__" reach the prototype of all objects.',
    advice: 'Leave out "__proto__", "constructor" and "prototype".',
  });
}
