import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { source } from '../javascript/source';
import { bare, sameText } from '../javascript/values';

/** Slips of the hand that run, but do something else than they say. */
export const slipRules: ScriptRules = (script) => ({
  BinaryExpression: (node) => {
    looseComparison(script, node);
    comparedWithItself(script, node);
    neverEqual(script, node);
    if (
      (node.operator === 'in' || node.operator === 'instanceof') &&
      node.left.type === 'UnaryExpression' &&
      node.left.operator === '!' &&
      node.left.extra?.['parenthesized'] !== true
    ) {
      script.report({
        rule: 'lint/negated-left-side',
        severity: 'high',
        at: node,
        message: `"!" belongs to the left side of "${node.operator}", not to the whole.`,
        advice: `Write !(a ${node.operator} b).`,
      });
    }
  },
  LogicalExpression: (node) => {
    const left = sameText(node.left);
    if (left !== undefined && left === sameText(node.right) && node.left.type !== 'BooleanLiteral') {
      script.report({
        rule: 'lint/same-operands',
        severity: 'medium',
        at: node,
        message: `Both sides of "${node.operator}" are ${left}.`,
        advice: 'One of them was meant to be something else.',
      });
    }
  },
  AssignmentExpression: (node) => {
    const left = node.operator === '=' ? sameText(node.left) : undefined;
    if (left !== undefined && left === sameText(node.right)) {
      script.report({
        rule: 'lint/self-assignment',
        severity: 'medium',
        at: node,
        message: `${left} is assigned to itself.`,
      });
    }
    constantWritten(script, node.left);
  },
  UpdateExpression: (node) => constantWritten(script, node.argument),
  IfStatement: (node, { parent, key }) => {
    assignedInCondition(script, node.test);
    constantCondition(script, node.test);
    if (!(parent?.type === 'IfStatement' && key === 'alternate')) repeatedBranches(script, node);
  },
  WhileStatement: (node) => {
    // `while (match = next())` is how lists without an end are read.
    if (!(node.test.type === 'AssignmentExpression' && node.test.right.type === 'CallExpression')) {
      assignedInCondition(script, node.test);
    }
  },
  DoWhileStatement: (node) => assignedInCondition(script, node.test),
  ConditionalExpression: (node) => {
    assignedInCondition(script, node.test);
    constantCondition(script, node.test);
    const same = sameText(node.consequent);
    if (same !== undefined && same === sameText(node.alternate)) {
      script.report({
        rule: 'lint/same-branches',
        severity: 'medium',
        at: node,
        message: `Both outcomes of the condition are ${same}.`,
      });
    }
  },
  ObjectExpression: (node) => repeatedKeys(script, node),
  ClassBody: (node) => repeatedMembers(script, node),
  SwitchStatement: (node) => repeatedCases(script, node),
  ForStatement: (node) => pastTheEnd(script, node),
  ThrowStatement: (node) => {
    const thrown = node.argument;
    if (thrown.type.endsWith('Literal') && thrown.type !== 'RegExpLiteral') {
      script.report({
        rule: 'lint/throw-literal',
        severity: 'medium',
        at: node,
        message: 'What is thrown is no Error, so it has no stack and no type.',
        advice: 'Throw new Error(...).',
      });
    }
  },
  ArrayExpression: (node) => {
    if (
      !script.file.isTest &&
      node.elements.some((element, index) => element === null && index < node.elements.length - 1)
    ) {
      script.report({
        rule: 'lint/sparse-array',
        severity: 'low',
        at: node,
        message: 'The list has a hole: two commas in a row.',
      });
    }
  },
  NumericLiteral: (node) => {
    const raw = source(script, node).replaceAll('_', '');
    if (/^\d{16,}$/.test(raw) && BigInt(raw) !== BigInt(node.value)) {
      script.report({
        rule: 'lint/lost-precision',
        severity: 'medium',
        at: node,
        message: `The number ${raw} cannot be stored exactly.`,
        advice: 'Use a bigint or a string.',
      });
    }
  },
});

/** `==` converts before it compares. Comparing with null or with a type name is the known, safe use. */
function looseComparison(script: Script, node: t.BinaryExpression): void {
  if (node.operator !== '==' && node.operator !== '!=') return;
  const sides = [node.left, node.right];
  const harmless = sides.some(
    (side) =>
      side.type === 'NullLiteral' ||
      (side.type === 'Identifier' && side.name === 'undefined') ||
      (side.type === 'UnaryExpression' && (side.operator === 'typeof' || side.operator === 'void')),
  );
  if (harmless) return;
  script.report({
    rule: 'lint/loose-equality',
    severity: 'low',
    at: node,
    message: `"${node.operator}" converts types before it compares.`,
    advice: `Use "${node.operator}=".`,
  });
}

function comparedWithItself(script: Script, node: t.BinaryExpression): void {
  if (!/^(?:[=!]==?|[<>]=?|[-/])$/.test(node.operator)) return;
  const left = sameText(node.left);
  if (left === undefined || left !== sameText(node.right) || /^["\d]/.test(left)) return;
  // `x !== x` is how old code asks for NaN.
  if (
    /^[!=]=/.test(node.operator) &&
    bare(node.left).type === 'Identifier' &&
    /isnan/i.test(script.file.text)
  )
    return;
  script.report({
    rule: 'lint/same-operands',
    severity: 'medium',
    at: node,
    message: `Both sides of "${node.operator}" are ${left}.`,
    advice: 'One of them was meant to be something else.',
  });
}

const typeNames = new Set([
  'undefined',
  'object',
  'boolean',
  'number',
  'string',
  'function',
  'symbol',
  'bigint',
  'unknown',
]);

function neverEqual(script: Script, node: t.BinaryExpression): void {
  if (!/^[=!]==?$/.test(node.operator)) return;
  const sides = [bare(node.left), bare(node.right)];
  for (const [index, side] of sides.entries()) {
    const other = sides[1 - index];
    if (side.type === 'Identifier' && side.name === 'NaN') {
      script.report({
        rule: 'lint/compare-nan',
        severity: 'high',
        at: node,
        message: 'Nothing equals NaN, not even NaN.',
        advice: 'Use Number.isNaN(value).',
      });
    }
    if (
      side.type === 'UnaryExpression' &&
      side.operator === 'typeof' &&
      other?.type === 'StringLiteral' &&
      !typeNames.has(other.value)
    ) {
      script.report({
        rule: 'lint/wrong-type-name',
        severity: 'high',
        at: node,
        message: `typeof never gives "${other.value}".`,
      });
    }
    const isNew =
      side.type === 'ObjectExpression' ||
      side.type === 'ArrayExpression' ||
      side.type === 'ArrowFunctionExpression';
    if (isNew && node.operator.length === 3) {
      script.report({
        rule: 'lint/compare-new-object',
        severity: 'high',
        at: node,
        message: 'A new object or list equals nothing else.',
        advice: 'Compare what is in it, for example its length.',
      });
    }
  }
}

function constantWritten(script: Script, target: t.Node): void {
  if (target.type !== 'Identifier') return;
  const binding = script.names.bindingOf(target);
  if (binding === undefined) return;
  const isConstant =
    binding.kind === 'import' ||
    (binding.kind === 'const' &&
      binding.declaration.type === 'VariableDeclarator' &&
      binding.identifier !== target);
  if (!isConstant) return;
  script.report({
    rule: 'lint/constant-written',
    severity: 'high',
    at: target,
    message: `"${target.name}" is a constant, writing it throws.`,
    advice: 'Declare it with let, or write something else.',
  });
}

function assignedInCondition(script: Script, test: t.Node): void {
  if (test.type !== 'AssignmentExpression' || test.operator !== '=') return;
  // A second pair of parentheses says that it is meant, unless what is assigned never changes: formatters add them, too.
  const isFixed = /Literal$/.test(test.right.type) && test.right.type !== 'TemplateLiteral';
  if (test.extra?.['parenthesized'] === true && !isFixed) return;
  script.report({
    rule: 'lint/assignment-in-condition',
    severity: 'high',
    at: test,
    message: 'The condition assigns where it probably should compare.',
    advice: 'Use ===, or put the assignment before the condition.',
  });
}

function constantCondition(script: Script, test: t.Node): void {
  const constant =
    test.type === 'BooleanLiteral' ||
    test.type === 'NumericLiteral' ||
    test.type === 'StringLiteral' ||
    test.type === 'NullLiteral' ||
    test.type === 'ObjectExpression' ||
    test.type === 'ArrayExpression' ||
    test.type === 'ArrowFunctionExpression';
  if (!constant) return;
  script.report({
    rule: 'lint/constant-condition',
    severity: 'medium',
    at: test,
    message: 'The condition never changes, so one branch is dead.',
  });
}

function repeatedBranches(script: Script, node: t.IfStatement): void {
  const seen = new Set<string>();
  for (let one: t.Statement | null | undefined = node; one?.type === 'IfStatement'; one = one.alternate) {
    const text = source(script, one.test);
    if (/[(=]\s*$|\+\+|--|\(/.test(text)) continue;
    if (seen.has(text)) {
      script.report({
        rule: 'lint/repeated-condition',
        severity: 'high',
        at: one.test,
        message: 'An earlier branch has the same condition, so this one never runs.',
      });
    }
    seen.add(text);
  }
  if (node.alternate && node.alternate.type !== 'IfStatement') {
    const [one, other] = [source(script, node.consequent), source(script, node.alternate)];
    if (one === other && one.replace(/[\s{}]/g, '') !== '') {
      script.report({
        rule: 'lint/same-branches',
        severity: 'medium',
        at: node,
        message: 'Both branches of the condition are the same.',
      });
    }
  }
}

function keyName(key: t.Node, computed: boolean): string | undefined {
  if (key.type === 'StringLiteral') return key.value;
  if (key.type === 'NumericLiteral') return String(key.value);
  return !computed && key.type === 'Identifier' ? key.name : undefined;
}

function repeatedKeys(script: Script, node: t.ObjectExpression): void {
  const seen = new Set<string>();
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') continue;
    const name = keyName(property.key, property.computed);
    if (name === undefined) continue;
    const kind = property.type === 'ObjectMethod' && property.kind !== 'method' ? property.kind : 'value';
    if (seen.has(`${kind} ${name}`) && name !== '__proto__') {
      script.report({
        rule: 'lint/duplicate-key',
        severity: 'high',
        at: property,
        message: `The key "${name}" stands twice in the object; only the last one counts.`,
      });
    }
    seen.add(`${kind} ${name}`);
  }
}

function repeatedMembers(script: Script, node: t.ClassBody): void {
  const seen = new Set<string>();
  for (const member of node.body) {
    if (member.type !== 'ClassMethod' && member.type !== 'ClassProperty') continue;
    const name = keyName(member.key, member.computed === true);
    if (name === undefined) continue;
    const kind =
      member.type === 'ClassMethod' && (member.kind === 'get' || member.kind === 'set')
        ? member.kind
        : 'value';
    const key = `${member.static === true ? 'static ' : ''}${kind} ${name}`;
    if (seen.has(key)) {
      script.report({
        rule: 'lint/duplicate-member',
        severity: 'high',
        at: member,
        message: `The member "${name}" stands twice in the class; only the last one counts.`,
      });
    }
    seen.add(key);
  }
}

function repeatedCases(script: Script, node: t.SwitchStatement): void {
  const seen = new Set<string>();
  for (const one of node.cases) {
    const text = one.test ? sameText(one.test) : undefined;
    if (text === undefined) continue;
    if (seen.has(text)) {
      script.report({
        rule: 'lint/duplicate-case',
        severity: 'high',
        at: one,
        message: `The case ${text} stands twice; the second never runs.`,
      });
    }
    seen.add(text);
  }
}

/** `for (let i = 0; i <= list.length; i++)` reads one place behind the last. */
function pastTheEnd(script: Script, node: t.ForStatement): void {
  const { test, init } = node;
  if (test?.type !== 'BinaryExpression' || test.operator !== '<=' || test.left.type !== 'Identifier') return;
  const right = test.right;
  if (right.type !== 'MemberExpression' || right.computed || right.property.type !== 'Identifier') return;
  const [first] = init?.type === 'VariableDeclaration' ? init.declarations : [];
  const list = sameText(right.object);
  if (right.property.name !== 'length' || list === undefined) return;
  if (first?.init?.type !== 'NumericLiteral' || first.init.value !== 0) return;
  const body = source(script, node.body);
  if (!body.includes(`${list}[${test.left.name}]`)) return;
  script.report({
    rule: 'lint/past-the-end',
    severity: 'high',
    at: test,
    message: `The loop reads ${list}[${list}.length], which is behind the last element.`,
    advice: 'Use < instead of <=.',
  });
}
