import { describe, expect, it } from 'vitest';
import { backtracks } from '../../../src/core/analyses/performance/backtracking';
import { lookAt, rulesIn } from './in-memory';
import { processorTime } from '../../support/processor-time';

const slow = (file: string, text: string) => rulesIn('analyze-performance', file, text);
const handler = (body: string) => `app.get('/x', async (req, res) => {\n${body}\n});`;
const fs = "import fs from 'node:fs';\n";

describe('performance finds in scripts', () => {
  it.each([
    ['sync-in-handler:3', fs + handler("res.send(fs.readFileSync('a.html'));")],
    ['sync-in-async:2', `${fs}export const f = async () => fs.readFileSync('a');`],
    ['sync-in-loop:2', `${fs}export const f = (all) => { for (const one of all) fs.readFileSync(one); };`],
    ['query-in-loop:2', handler('for (const user of users) user.orders = await db.query(sql, [user.id]);')],
    ['query-in-loop:2', handler('for (const id of ids) { await fetch(`/api/${id}`); }')],
    ['query-in-loop:2', handler('for (const id of ids) found.push(await customerById(id));')],
    [
      'await-in-loop:1',
      'export const f = async (all, out) => { for (const one of all) out.push(await work(one)); };',
    ],
    [
      'nested-loops:1',
      'export const f = (a, b, c, g) => { for (const x of a) for (const y of b) for (const z of c) g(x, y, z); };',
    ],
    [
      'search-in-loop:1',
      'export const f = (users, orders) => users.map((u) => orders.filter((o) => o.user === u.id));',
    ],
    ['search-in-loop:1', 'export const f = (a) => a.filter((x, i) => a.indexOf(x) === i);'],
    ['copy-in-loop:1', 'export const f = (all) => all.reduce((done, one) => [...done, one * 2], []);'],
    [
      'copy-in-loop:3',
      'export const f = (all) => {\n  let out = [];\n  for (const one of all) out = out.concat(one);\n  return out;\n};',
    ],
    [
      'parse-in-loop:1',
      'export const f = (all, text) => { for (const one of all) one.config = JSON.parse(text); };',
    ],
    [
      'sort-in-loop:1',
      'export const f = (all, list, g) => { for (const one of all) { list.sort(); g(one, list[0]); } };',
    ],
    ['regexp-in-loop:1', "export const f = (all) => all.filter((one) => new RegExp('^a').test(one));"],
    ['copy-through-text:1', 'export const f = (a) => JSON.parse(JSON.stringify(a));'],
    ['exponential-recursion:1', 'export function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }'],
    ['busy-wait:1', 'export const f = (end) => { while (Date.now() < end) {} };'],
    ['busy-timer:1', 'setInterval(poll, 1);'],
    [
      'connect-in-handler:3',
      `import { MongoClient } from 'mongodb';\n${handler('const c = await MongoClient.connect(url);')}`,
    ],
    ['grows-forever:1', `const cache = new Map();\n${handler('cache.set(req.url, 1);')}`],
    [
      'effect-each-time:2',
      "import { useEffect } from 'react';\nexport const C = () => { useEffect(() => { fetch('/x').then(setData); }); };",
    ],
    ['backtracking:1', 'export const r = /^(a+)+$/;'],
    ['reads-everything:1', "db.query('SELECT * FROM users');"],
    ['whole-library:1', "import _ from 'lodash';\nexport { _ };"],
    ['shift-in-loop:1', 'export const f = (queue, g) => { while (queue.length > 0) g(queue.shift()); };'],
    [
      'quadratic-loop:1',
      'export const f = (all, g) => { for (const a of all) for (const b of all) g(a, b); };',
    ],
    ['long-file:1', 'export const a = 1;\n'.repeat(1_200)],
  ])('%s', async (expected, text) => {
    expect(await slow('src/a.js', text)).toContain(expected);
  });

  it.each([
    [
      'reading settings when the module loads',
      `${fs}export const settings = JSON.parse(fs.readFileSync('a.json', 'utf8'));`,
    ],
    [
      'parts of what the outer loop walks',
      'export const f = (orders, g) => { for (const o of orders) for (const i of o.items) for (const p of i.parts) g(p); };',
    ],
    [
      'a retry that waits its turn',
      'export const f = async (url) => { for (let attempt = 0; attempt < 3; attempt++) await fetch(url); };',
    ],
    ['a short list', "export const f = (all) => all.filter((one) => ['a', 'b'].includes(one));"],
    [
      'texts that differ from turn to turn',
      'export const f = (lines) => lines.map((line) => JSON.parse(line));',
    ],
    [
      'a cache that is emptied',
      `const cache = new Map();\n${handler('cache.set(req.url, 1); if (cache.size > 9) cache.clear();')}`,
    ],
    [
      'recursion that remembers',
      'const cache = new Map();\nexport function fib(n) { return cache.get(n) ?? fib(n - 1) + fib(n - 2); }',
    ],
  ])('nothing in %s', async (_, text) => {
    expect(await slow('src/a.js', text)).toEqual([]);
  });
});

describe('performance finds in other languages', () => {
  it.each([
    [
      'a.py',
      'query-in-loop:2',
      'for i in ids:\n    cursor.execute("SELECT name FROM t WHERE id = %s", (i,))\n',
    ],
    ['a.py', 'query-in-loop:2', 'for o in Order.objects.all():\n    names.append(o.customer.name)\n'],
    ['a.py', 'sync-in-async:2', 'async def f():\n    time.sleep(1)\n'],
    ['a.py', 'nested-loops:3', 'for x in a:\n    for y in b:\n        for z in c:\n            f(x, y, z)\n'],
    ['a.py', 'text-in-loop:3', 'text = ""\nfor one in all:\n    text += str(one)\n'],
    [
      'a.py',
      'search-in-loop:3',
      'seen = []\nfor one in all:\n    if one not in seen:\n        seen.append(one)\n',
    ],
    ['a.py', 'exponential-recursion:1', 'def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n'],
    ['a.py', 'row-by-row:1', 'for i, row in frame.iterrows():\n    f(row)\n'],
    ['a.py', 'backtracking:1', "p = re.compile(r'^(a+)+$')\n"],
    ['a.py', 'regexp-in-loop:2', "for line in lines:\n    re.compile('x').match(line)\n"],
    ['A.java', 'query-in-loop:2', 'for (Order o : orders) {\n  customerRepository.findById(o.getId());\n}\n'],
    ['A.java', 'text-in-loop:3', 'String s = "";\nfor (String x : all) {\n  s += x;\n}\n'],
    ['a.go', 'defer-in-loop:2', 'for _, f := range files {\n\tdefer f.Close()\n}\n'],
  ])('%s %s', async (file, expected, text) => {
    expect(await slow(file, text)).toContain(expected);
  });

  it('nothing in a search through a set', async () => {
    expect(
      await slow('a.py', 'seen = set()\nfor one in all:\n    if one in seen:\n        f(one)\n'),
    ).toEqual([]);
  });
});

describe('performance weighs files', () => {
  it('by their size, whatever they hold', async () => {
    const { output } = await lookAt('analyze-performance', {});
    expect(output.metrics).toEqual({ codeFiles: 0, longestFile: 0, filesOver500kB: 0 });
  });
});

describe('a pattern that may run for ever', () => {
  it.each([
    '^(a+)+$',
    '^(\\w+\\s?)*$',
    '(a|a)*$',
    '^([a-zA-Z0-9]+)*$',
    '(\\w+\\d+)+$',
    '("(\\\\.|[^"])*")',
    '(x+x+)+y',
    '^(\\d+|\\w+)*$',
    '(.*)*$',
  ])('is told by its structure: %s', (pattern) => {
    expect(backtracks(pattern)).toBeDefined();
  });

  it.each([
    '^(?:\\.\\w+)+$',
    '^(\\w+\\s+)*$',
    '^[a-z]+(?:-[a-z]+)*$',
    '(?:\\\\.|[^"\\\\])*"',
    '^(?:[a-z0-9]+\\.)+[a-z]{2,}$',
    '(a+)+',
    '^\\s*(\\d{3},)*\\d+$',
    '^(?:a|b)+$',
    '(',
    '[',
    '',
  ])('is not seen where there is none: %s', (pattern) => {
    expect(backtracks(pattern)).toBeUndefined();
  });

  it('is right about them: the bad ones do take long, the good ones do not', () => {
    const time = (pattern: string, text: string) => processorTime(() => new RegExp(pattern).test(text));
    expect(time('^(a+)+$', `${'a'.repeat(26)}!`)).toBeGreaterThan(10 * time('^a+$', `${'a'.repeat(26)}!`));
    expect(time('^(\\w+\\s+)*$', `${'a '.repeat(5_000)}!`)).toBeLessThan(1_000);
  }, 120_000);
});
