import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/base/json';
import { createCodeTools } from '../../../../src/core/tools/code/code-tools';
import { createParserIntelligence } from '../../../../src/core/tools/code/parser-intelligence';
import { projectWith, type Project } from '../build/scope';

const tools = createCodeTools((scope) => createParserIntelligence(scope.host.files.within(scope.workspace)));

const files = {
  'src/cart.ts': `export interface Item { price: number }
export class Cart {
  #items: Item[] = [];
  add(item: Item): void { this.#items.push(item); }
  total(): number { return sum(this.#items.map((one) => one.price)); }
}
const limit = 10;
export const sum = (all: number[]): number => all.reduce((a, b) => a + b, 0);
export function full(items: Item[]) { const limit = 5; return items.length > limit; }
// sum sum sum
export const words = 'sum';
`,
  'src/page.tsx': `import { Cart, sum as total } from './cart';
export const Page = () => <b>{total([1])}{new Cart().total()}</b>;
`,
  'tools/prices.py': `LIMIT = 3

class Price:
    """A class sum."""

    def total(self):
        return sum([1, LIMIT])  # LIMIT

async def load(_path):
    def inner():
        pass
    return inner
`,
  'src/broken.js': 'if (a == ) {\n',
  'readme.md': 'sum',
  'node_modules/x/index.js': 'export function sum() {}',
};

let project: Project;
beforeEach(async () => {
  project = await projectWith(files);
});
afterEach(() => project.remove());

async function ask(name: string, args: JsonObject) {
  const tool = tools.find((one) => one.declaration.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}`);
  const call = await tool.prepare(args, project.scope);
  expect(call.idempotent).toBe(true);
  expect(call.effects.every((effect) => effect.type === 'read')).toBe(true);
  const outcome = await call.run({ signal: new AbortController().signal, onText: () => {} });
  expect(outcome.isForeign).toBe(true);
  return outcome.text.split('\n').slice(0, -1);
}

describe('find_symbols', () => {
  it('lists the declarations of a file', async () => {
    expect(await ask('find_symbols', { path: 'src/cart.ts' })).toEqual([
      'src/cart.ts:1:18 interface Item (exported)',
      'src/cart.ts:2:14 class Cart (exported)',
      'src/cart.ts:3:3 property #items in Cart (exported)',
      'src/cart.ts:4:3 method add in Cart (exported)',
      'src/cart.ts:5:3 method total in Cart (exported)',
      'src/cart.ts:7:7 constant limit',
      'src/cart.ts:8:14 function sum (exported)',
      'src/cart.ts:9:17 function full (exported)',
      'src/cart.ts:11:14 constant words (exported)',
    ]);
  });

  it('lists those of Python by how they are nested', async () => {
    expect(await ask('find_symbols', { path: 'tools' })).toEqual([
      'tools/prices.py:1:1 constant LIMIT (exported)',
      'tools/prices.py:3:7 class Price (exported)',
      'tools/prices.py:6:9 method total in Price',
      'tools/prices.py:9:11 function load (exported)',
      'tools/prices.py:10:9 function inner in load',
    ]);
  });

  it('finds a name in all languages, other people’s code left out', async () => {
    expect(await ask('find_symbols', { name: 'TOTAL' })).toEqual([
      'src/cart.ts:5:3 method total in Cart (exported)',
      'tools/prices.py:6:9 method total in Price',
    ]);
  });

  it('wants to know what to look for', async () => {
    await expect(ask('find_symbols', {})).rejects.toMatchObject({ code: 'tool-arguments' });
  });
});

describe('find_definition', () => {
  it('tells two things of one name apart by the line', async () => {
    expect(await ask('find_definition', { name: 'limit', path: 'src/cart.ts', line: 9 })).toEqual([
      'src/cart.ts:9:45 constant limit',
    ]);
    expect(await ask('find_definition', { name: 'limit', path: 'src/cart.ts' })).toEqual([
      'src/cart.ts:7:7 constant limit',
    ]);
  });

  it('follows an import by its name', async () => {
    expect(await ask('find_definition', { name: 'Cart', path: 'src/page.tsx', line: 2 })).toEqual([
      'src/cart.ts:2:14 class Cart',
    ]);
  });

  it('finds nothing for names that objects have by themselves', async () => {
    expect(await ask('find_definition', { name: 'constructor' })).toEqual([]);
    expect(await ask('find_definition', { name: '__proto__' })).toEqual([]);
  });
});

describe('find_references', () => {
  it('leaves out texts, comments and the declaration', async () => {
    expect(await ask('find_references', { name: 'sum' })).toEqual([
      'src/cart.ts:5:28 total(): number { return sum(this.#items.map((one) => one.price)); }',
      "src/page.tsx:1:16 import { Cart, sum as total } from './cart';",
      'tools/prices.py:7:16 return sum([1, LIMIT])  # LIMIT',
    ]);
  });

  it('stays with the very thing that is meant at a line', async () => {
    expect(await ask('find_references', { name: 'limit', path: 'src/cart.ts', line: 9 })).toEqual([
      'src/cart.ts:9:78 export function full(items: Item[]) { const limit = 5; return items.length > limit; }',
    ]);
  });
});

describe('get_diagnostics', () => {
  it('tells faults with their places', async () => {
    const lines = await ask('get_diagnostics', { path: 'src/broken.js' });
    expect(lines[0]).toMatch(/^src\/broken\.js:1 high lint\/parse-error: /);
  });
});

describe('every tool about code', () => {
  it('says who was asked and for which languages', async () => {
    const call = await tools[0]?.prepare({ name: 'nothing-like-it' }, project.scope);
    const outcome = await call?.run({ signal: new AbortController().signal, onText: () => {} });
    expect(outcome?.text).toMatch(
      /^\(Nothing was found\. Asked: parser fallback \(JavaScript and TypeScript.*Python/,
    );
    expect(outcome?.data).toEqual({ source: 'parser', items: [], isPartial: false });
  });

  it('refuses to look outside of the workspace', async () => {
    for (const name of ['find_symbols', 'get_diagnostics'])
      await expect(ask(name, { path: '../..' })).rejects.toMatchObject({ code: 'tool-refused' });
  });

  it('stops when it is cancelled', async () => {
    const call = await tools[0]?.prepare({ name: 'sum' }, project.scope);
    const cancelled = AbortSignal.abort(new Error('stopped by the test'));
    await expect(call?.run({ signal: cancelled, onText: () => {} })).rejects.toThrow('stopped by the test');
  });
});
