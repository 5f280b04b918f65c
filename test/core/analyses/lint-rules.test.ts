import { describe, expect, it } from 'vitest';
import { lookAt, rulesIn } from './in-memory';

const lint = (file: string, text: string) => rulesIn('lint-codebase', file, text);

describe('lint finds in scripts', () => {
  it.each([
    ['unused-import:1', "import { a } from './a';\nexport const b = 1;"],
    ['unused-import:1', "const { join } = require('path');\nmodule.exports = 1;"],
    ['unused-variable:2', 'export function f() {\n  const unused = 1;\n}'],
    ['unused-variable:1', 'let written = 1;\nwritten = 2;\nexport {};'],
    ['unused-variable:1', 'function self(n) { return self(n - 1); }\nexport {};'],
    ['unused-private-member:2', 'export class A {\n  #x = 1;\n}'],
    ['parse-error:2', 'const a = 1;\nconst b = = 2;'],
    ['merge-conflict:1', '<<<<<<< HEAD\nexport const a = 1;\n=======\n>>>>>>> other\n'],
    ['debugger:1', 'debugger;'],
    ['console-left:1', "console.log('here');\nexport {};"],
    ['empty-catch:3', 'export const f = (run) => {\n  try { run(); }\n  catch (error) {}\n};'],
    [
      'useless-catch:3',
      'export const f = (run) => {\n  try { run(); }\n  catch (error) { throw error; }\n};',
    ],
    ['loose-equality:1', "export const f = (a) => a == '1';"],
    ['unreachable-code:3', 'export function f() {\n  return 1;\n  f();\n}'],
    [
      'unreachable-code:3',
      'export function f(a) {\n  if (a) { return 1; } else { throw new Error(); }\n  f();\n}',
    ],
    ['duplicate-key:1', 'export const o = { a: 1, b: 2, a: 3 };'],
    ['duplicate-member:3', 'export class A {\n  run() { return 1; }\n  run() { return 2; }\n}'],
    [
      'duplicate-case:4',
      "export const f = (a) => {\n  switch (a) {\n    case 'x': return 1;\n    case 'x': return 2;\n  }\n};",
    ],
    [
      'case-falls-through:3',
      'export const f = (a, g) => {\n  switch (a) {\n    case 1:\n      g();\n    case 2:\n      return 2;\n  }\n};',
    ],
    [
      'repeated-condition:3',
      'export const f = (a) => {\n  if (a === 1) return 1;\n  else if (a === 1) return 2;\n};',
    ],
    ['same-branches:2', 'export const f = (a, g) => {\n  if (a) { g(1); } else { g(1); }\n};'],
    ['assignment-in-condition:1', 'export const f = (a) => { if (a = 1) return a; };'],
    ['constant-condition:1', 'export const f = (g) => { if (true) g(); };'],
    ['self-assignment:1', 'export const f = (a) => { a.b = a.b; };'],
    ['same-operands:1', 'export const f = (a) => a.b === a.b;'],
    ['same-operands:1', 'export const f = (a) => a && a;'],
    ['compare-nan:1', 'export const f = (a) => a === NaN;'],
    ['wrong-type-name:1', "export const f = (a) => typeof a === 'strnig';"],
    ['compare-new-object:1', 'export const f = (a) => a === [];'],
    ['negated-left-side:1', 'export const f = (a) => !a instanceof Error;'],
    ['constant-written:2', 'const a = 1;\na = 2;\nexport { a };'],
    ['throw-literal:1', "export const f = () => { throw 'no'; };"],
    [
      'past-the-end:2',
      'export const f = (list, g) => {\n  for (let i = 0; i <= list.length; i++) g(list[i]);\n};',
    ],
    ['lost-precision:1', 'export const n = 12345678901234567891;'],
    ['unsafe-finally:3', 'export const f = (g) => {\n  try { g(); }\n  finally { return 1; }\n};'],
    ['no-effect:1', 'export const f = (a) => { a === 1; };'],
    ['empty-body:1', 'export const f = (a, g) => { if (a); g(); };'],
    ['empty-block:1', 'export const f = (a) => { if (a) {} };'],
    ['floating-promise:2', 'async function g() {}\nexport async function f() { g(); }'],
    [
      'missing-await:2',
      'async function g() { return {}; }\nexport function f() { const a = g(); return a.b; }',
    ],
    ['missing-await:2', 'async function g() { return 1; }\nexport function f() { if (g()) return 1; }'],
    ['unhandled-promise:1', 'export const f = (p, g) => { p.then(g); };'],
    ['async-executor:1', 'export const p = new Promise(async (resolve) => resolve(1));'],
    ['async-for-each:1', 'export const f = (list) => { list.forEach(async (one) => { await one; }); };'],
    ['async-predicate:1', 'export const f = (list) => list.filter(async (one) => await one);'],
    ['callback-without-result:1', 'export const f = (list) => list.map((one) => { one.done = true; });'],
    [
      'captured-loop-variable:1',
      'export const f = (g) => { for (var i = 0; i < 3; i++) { setTimeout(() => g(i), 9); } };',
    ],
    ['endless-loop:1', 'export const f = () => { let a = 0; while (true) { a++; } };'],
    ['wrong-direction:1', 'export const f = (g) => { for (let i = 9; i > 0; i++) { g(i); } };'],
    ['keys-of-list:2', 'const list = [1];\nfor (const i in list) { list.push(i); break; }\nexport {};'],
    ['getter-without-result:1', 'export class A { get x() { this.y; } }'],
    [
      'shadowed:3',
      'export const f = (n) => {\n  let a = 1;\n  if (n) { let a = 2; n(a); }\n  a = a + n;\n  return a;\n};',
    ],
    ['declared-twice:1', 'export function f(a) { var a = 2; return a; }'],
    ['imported-twice:2', "import { a } from './a';\nimport { b } from './a';\nexport { a, b };"],
    ['invalid-pattern:1', "export const r = new RegExp('[');"],
    ['undeclared-assignment:1', 'export const f = () => { totl = 1; };'],
    ['undeclared-name:2', 'export const f = (response) => {\n  return reponse.ok;\n};'],
    ['commented-code:1', '// const a = 1;\n// run(a);\n// if (a) { stop(); }\nexport {};'],
    ['long-function:1', `export function f(g) {\n${'  g();\n'.repeat(220)}}`],
    ['many-parameters:1', 'export const f = (a, b, c, d, e, g, h, i) => [a, b, c, d, e, g, h, i];'],
  ])('%s', async (expected, text) => {
    expect(await lint('src/a.js', text)).toContain(expected);
  });

  it('in tests: the one that keeps the others from running', async () => {
    expect(await lint('a.test.js', "it.only('x', () => {});")).toEqual(['focused-test:1']);
  });

  it('in TypeScript: errors that are hidden', async () => {
    expect(await lint('a.ts', '// @ts-ignore\nexport const a = 1;')).toEqual(['errors-ignored:1']);
  });

  it('in tags: lists without keys', async () => {
    expect(await lint('a.jsx', 'export const L = ({ all }) => all.map((one) => <li>{one}</li>);')).toEqual([
      'missing-key:1',
    ]);
  });

  it('notes left behind, one remark for a file', async () => {
    const { output } = await lookAt('lint-codebase', { 'a.js': '// TODO: this\n// FIXME that\nexport {};' });
    expect(output.findings).toMatchObject([{ rule: 'lint/note-left', severity: 'info', line: 1 }]);
  });
});

describe('lint says nothing about', () => {
  it.each([
    ['null compared loosely', 'export const f = (a) => a == null;'],
    ['a catch that says why', 'export const f = (g) => { try { g(); } catch { /* not there yet */ } };'],
    ['a rest that leaves names out', 'export const f = ({ a, ...rest }) => rest;'],
    [
      'a name with an underscore',
      'export const f = (list) => { const [_first, second] = list; return second; };',
    ],
    ['types that are used as types', "import type { A } from './a';\nexport const f = (a: A) => a;"],
    ['decorated private members', 'export class A { @field() private x = 1; }'],
    [
      'overloads',
      'export function f(a: string): void;\nexport function f(a: number): void;\nexport function f(a: unknown) { return a; }',
    ],
    ['a type beside its value', 'export interface A { a: number }\nexport const A = { a: 1 };'],
    [
      'names of a mapped type',
      'export type M<T> = { [K in keyof T]: T[K] };\nexport type E<T> = T extends (infer U)[] ? U : never;',
    ],
    ['enums by their members', 'enum E { A = 1, B = A }\nexport const e = E.B;'],
    [
      'falling through on purpose',
      'export const f = (a, g) => {\n  switch (a) {\n    case 1:\n      g();\n    // falls through\n    case 2:\n      g();\n  }\n};',
    ],
    [
      'a switch that always leaves',
      'export const f = (a) => {\n  switch (a) {\n    case 1:\n      switch (a.b) { case 1: return 1; default: return 2; }\n    default:\n      return 3;\n  }\n};',
    ],
    ['hoisted functions', 'export const f = () => {\n  return g();\n  function g() { return 1; }\n};'],
    [
      'an assignment in its own parentheses',
      'export const f = (r, s) => { let m; while ((m = r.exec(s))) s = m; };',
    ],
    ['a loop that waits', 'export const f = async (g) => { while (true) await g(); };'],
    ['private fields read through #', 'export class A { #x = 1; get x() { return this.#x; } }'],
    [
      'promises that are meant to float',
      'async function g() {}\nexport async function f() { void g(); await g(); }',
    ],
    [
      'a line someone looked at',
      'export const f = () => {\n  // eslint-disable-next-line no-debugger\n  debugger;\n};',
    ],
  ])('%s', async (_, text) => {
    expect(await lint('src/a.ts', text)).toEqual([]);
  });
});

describe('lint finds in Python', () => {
  it.each([
    ['unused-import:1', 'import os\n'],
    ['wildcard-import:1', 'from os import *\n'],
    ['unused-variable:2', 'def f():\n    a = 1\n    return 2\n'],
    ['mutable-default:1', 'def f(a, b=[]):\n    return a, b\n'],
    ['bare-except:3', 'try:\n    run()\nexcept:\n    print(1)\n'],
    ['empty-catch:3', 'try:\n    run()\nexcept Exception:\n    pass\n'],
    ['compare-none:1', 'if a == None:\n    b()\n'],
    ['compare-bool:1', 'if a == True:\n    b()\n'],
    ['identity-of-literal:1', "if a is 'x':\n    b()\n"],
    ['assert-tuple:1', "assert (a, 'message')\n"],
    ['unreachable-code:3', 'def f():\n    return 1\n    g()\n'],
    ['redefined:4', 'def f():\n    return 1\n\ndef f():\n    return 2\n'],
    ['duplicate-key:1', "d = {'a': 1, 'a': 2}\n"],
    ['f-string-without-field:1', "a = f'text'\n"],
    ['debugger:1', 'breakpoint()\n'],
    ['parse-error:1', 'def f()\n    return 1\n'],
    ['parse-error:1', 'if a:\nb()\n'],
    ['unsafe-finally:4', 'try:\n    a()\nfinally:\n    return 1\n'],
    ['method-without-self:2', 'class A:\n    def f():\n        pass\n'],
    ['unclosed-file:1', 'text = open(path).read()\n'],
    ['raise-not-implemented:1', 'raise NotImplemented\n'],
  ])('%s', async (expected, text) => {
    expect(await lint('shop/a.py', text)).toContain(expected);
  });

  it('nothing in code that is as it should be', async () => {
    const text = [
      '"""A module. try: pass except: pass"""',
      'from __future__ import annotations',
      'import json  # used below',
      'from typing import TYPE_CHECKING',
      '',
      'if TYPE_CHECKING:',
      '    from shop import Cart',
      '',
      'def total(cart: "Cart", extra=None):',
      '    text = """',
      '    if a == None:',
      '        import os',
      '    """',
      '    values = [',
      '        one for one in cart',
      '        if one is not None',
      '    ]',
      '    if not values: return json.dumps(text)',
      '    return values, extra',
    ].join('\n');
    expect(await lint('shop/a.py', text)).toEqual([]);
  });
});

describe('lint finds in other files', () => {
  it.each([
    ['a.json', 'parse-error:2', '{\n  "a": 1,}'],
    ['a.json', 'duplicate-key:3', '{\n  "a": 1,\n  "a": 2\n}'],
    ['a.yaml', 'duplicate-key:3', 'a: 1\nb: 2\na: 3\n'],
    ['a.yaml', 'parse-error:2', 'a:\n\tb: 1\n'],
    ['A.java', 'string-identity:1', 'boolean b = name == "x";'],
    ['A.java', 'empty-catch:1', 'try { run(); } catch (Exception e) { }'],
    ['A.java', 'unused-import:1', 'import java.util.List;\nclass A {}'],
    ['A.java', 'unreachable-code:4', 'class A {\n  int f() {\n    return 1;\n    g();\n  }\n}'],
    ['a.go', 'ignored-error:1', 'data, _ := os.ReadFile("x")'],
    ['a.sh', 'unquoted-variable:1', 'rm -rf $FOLDER'],
    ['a.sh', 'unchecked-cd:1', 'cd $FOLDER'],
  ])('%s %s', async (file, expected, text) => {
    expect(await lint(file, text)).toContain(expected);
  });

  it('nothing in lists of YAML that repeat their keys, or in settings with comments', async () => {
    expect(await lint('a.yaml', '- a: 1\n  b: 2\n- a: 1\n  b: |\n    b: 3\n    b: 4\nc: { a: 1 }\n')).toEqual(
      [],
    );
    expect(await lint('tsconfig.json', '{\n  // why\n  "a": 1,\n}')).toEqual([]);
  });
});
