import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { neverAborted } from '../../../src/core/base/abort';
import type { CodeIntelligence } from '../../../src/core/tools/code/code-intelligence';
import { test } from './harness';
import { baton, folder, when, write } from './support';

/** The editor's, over a small program of TypeScript. */
async function code(): Promise<CodeIntelligence> {
  await write('shop/tsconfig.json', '{ "compilerOptions": { "strict": true }, "include": ["*.ts"] }');
  await write(
    'shop/cart.ts',
    [
      'export class Cart {',
      '  private readonly prices: number[] = [];',
      '  addPrice(price: number): void {',
      '    const rounded = Math.round(price);',
      '    this.prices.push(rounded);',
      '  }',
      '}',
      'function sum(): number {',
      '  return 0;',
      '}',
      'export const nothing = sum();',
      '',
    ].join('\n'),
  );
  await write(
    'shop/till.ts',
    [
      "import { Cart } from './cart';",
      '// sum stands here as a word only',
      'const cart = new Cart();',
      'cart.addPrice(1.5);',
      'export function sum(): void {}',
      'sum();',
      '',
    ].join('\n'),
  );
  await write('shop/stock.py', 'def count_boxes(rows):\n    return len(rows)\n\ncount_boxes([])\n');
  const { codeIntelligence } = (await baton()).tools.of(folder());
  assert.ok(codeIntelligence);
  return codeIntelligence;
}

const place = ({ path, line, column }: { path: string; line: number; column: number }) =>
  `${path}:${line}:${column}`;

test('a question that comes before a language server is up is answered by whoever can', async () => {
  const { items } = await (await code()).symbols({ path: 'shop/cart.ts' }, neverAborted);
  assert.ok(items.some(({ name, line }) => name === 'Cart' && line === 1));
});

test('faults that the editor finds in an open file are told', async () => {
  const ask = await code();
  const uri = await write('shop/wrong.ts', 'export const price: number = "two";\n');
  await vscode.window.showTextDocument(uri);
  // A language server on a busy machine takes its time.
  await when(vscode.languages.onDidChangeDiagnostics, () => vscode.languages.getDiagnostics(uri).length > 0);
  const { items, source } = await ask.diagnostics('shop/wrong.ts', neverAborted);
  assert.equal(source, undefined);
  const [fault] = items;
  assert.ok(fault, 'one fault');
  assert.deepEqual(
    [fault.rule, fault.severity, fault.file, fault.line],
    ['editor/ts-2322', 'high', 'shop/wrong.ts', 1],
  );
  const inFolder = await ask.diagnostics('shop', neverAborted);
  assert.ok(inFolder.items.some(({ rule }) => rule === 'editor/ts-2322'));
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.workspace.fs.delete(uri);
});

test('the editor lists what a file declares, and leaves locals of functions out', async () => {
  const found = await (await code()).symbols({ path: 'shop/cart.ts' }, neverAborted);
  const rows = found.items.map(({ name, kind, container, isExported, ...at }) =>
    [place(at), kind, name, container ?? '-', isExported ? 'exported' : '-'].join(' '),
  );
  assert.deepEqual(rows.sort(), [
    'shop/cart.ts:11:14 variable nothing - exported',
    'shop/cart.ts:1:14 class Cart - exported',
    'shop/cart.ts:2:20 property prices Cart -',
    'shop/cart.ts:3:3 method addPrice Cart -',
    'shop/cart.ts:8:10 function sum - -',
  ]);
  assert.equal(found.source, undefined, 'who is asked as a rule answered');
});

test('the editor finds declarations by a part of their name in the whole folder', async () => {
  const found = await (await code()).symbols({ name: 'addpr' }, neverAborted);
  assert.deepEqual(
    found.items.map((one) => [place(one), one.kind, one.name]),
    [['shop/cart.ts:3:3', 'method', 'addPrice']],
  );
  const below = await (await code()).symbols({ name: 'sum', path: 'shop' }, neverAborted);
  assert.deepEqual(below.items.map(place).sort(), ['shop/cart.ts:8:10', 'shop/till.ts:5:17']);
  const all = await (await code()).symbols({ path: 'shop' }, neverAborted);
  assert.deepEqual([...new Set(all.items.map(({ path }) => path))].sort(), [
    'shop/cart.ts',
    'shop/stock.py',
    'shop/till.ts',
  ]);
});

test('the editor tells by the place which declaration is meant, across files', async () => {
  const ask = await code();
  const method = await ask.definitions({ name: 'addPrice', path: 'shop/till.ts', line: 4 }, neverAborted);
  assert.deepEqual(
    method.items.map((one) => [place(one), one.kind, one.container]),
    [['shop/cart.ts:3:3', 'method', 'Cart']],
  );
  const own = await ask.definitions({ name: 'sum', path: 'shop/till.ts', line: 6 }, neverAborted);
  assert.deepEqual(own.items.map(place), ['shop/till.ts:5:17']);
  const both = await ask.definitions({ name: 'sum' }, neverAborted);
  assert.deepEqual(both.items.map(place), ['shop/till.ts:5:17', 'shop/cart.ts:8:10']);
});

test('the editor finds uses by meaning: no comment, and no other thing of that name', async () => {
  const ask = await code();
  const uses = await ask.references({ name: 'sum', path: 'shop/cart.ts', line: 8 }, neverAborted);
  assert.deepEqual(uses.items, [
    { path: 'shop/cart.ts', line: 11, column: 24, text: 'export const nothing = sum();' },
  ]);
  const anywhere = await ask.references({ name: 'sum' }, neverAborted);
  assert.deepEqual(anywhere.items.map(place).sort(), ['shop/cart.ts:11:24', 'shop/till.ts:6:1']);
  const method = await ask.references({ name: 'addPrice' }, neverAborted);
  assert.deepEqual(method.items.map(place), ['shop/till.ts:4:6']);
});

test('where nobody in the editor knows a language the parser answers, and the answer says so', async () => {
  const ask = await code();
  const symbols = await ask.symbols({ path: 'shop/stock.py' }, neverAborted);
  assert.deepEqual(symbols.items.map(place), ['shop/stock.py:1:5']);
  assert.equal(symbols.source?.kind, 'parser');
  const uses = await ask.references({ name: 'count_boxes' }, neverAborted);
  assert.deepEqual(uses.items.map(place), ['shop/stock.py:4:1']);
  assert.equal(uses.source?.kind, 'parser');
  const definition = await ask.definitions(
    { name: 'count_boxes', path: 'shop/stock.py', line: 4 },
    neverAborted,
  );
  assert.deepEqual(definition.items.map(place), ['shop/stock.py:1:5']);
  assert.equal(definition.source?.kind, 'parser');
});

test('faults of a file that no tab shows are the parser’s, and the answer says why', async () => {
  const { source } = await (await code()).diagnostics('shop/till.ts', neverAborted);
  assert.equal(source?.kind, 'parser');
  assert.match(source.name, /only when it is open in a tab/);
});

test('what lies outside of the folder, behind a link or may hold keys is no part of an answer', async () => {
  const ask = await code();
  const outside = await mkdtemp(join(tmpdir(), 'baton-outside-'));
  try {
    await writeFile(join(outside, 'far.ts'), 'export const farAway = 1;\n');
    await symlink(outside, join(folder().uri.fsPath, 'shop', 'linked'));
    await write('shop/near.ts', "import { farAway } from './linked/far';\nconsole.log(farAway);\n");
    const definition = await ask.definitions(
      { name: 'farAway', path: 'shop/near.ts', line: 2 },
      neverAborted,
    );
    assert.deepEqual(
      definition.items.filter(({ path }) => path !== 'shop/near.ts'),
      [],
    );
    for (const query of [{ name: 'farAway' }, { path: 'shop' }])
      assert.deepEqual(
        (await ask.symbols(query, neverAborted)).items.filter(({ path }) => path.includes('linked')),
        [],
      );
    const library = await ask.definitions({ name: 'round', path: 'shop/cart.ts', line: 4 }, neverAborted);
    assert.deepEqual([library.items, library.isPartial], [[], true]);
    await write('shop/secrets.json', '{ "password": "x" }');
    const all = await ask.symbols({ name: 'password' }, neverAborted);
    assert.deepEqual(all.items, []);
  } finally {
    await rm(join(folder().uri.fsPath, 'shop', 'linked'), { force: true });
    await rm(outside, { recursive: true, force: true });
  }
});

test('a question about code ends as soon as it is cancelled', async () => {
  const ask = await code();
  const gone = new AbortController();
  const asked = ask.symbols({ path: 'shop' }, gone.signal);
  gone.abort();
  await assert.rejects(asked, ({ name }: Error) => name === 'CancelledError');
});
