import { describe, expect, it } from 'vitest';
import { answer, type Concluded } from '../../../src/core/analyses/answer';
import { importCircles } from '../../../src/core/analyses/architecture/import-circles';
import type { Edge } from '../../../src/core/analyses/architecture/resolve-modules';

/** Reviews a folder that exists only as text. */
async function review(files: Record<string, string>): Promise<Concluded['output']> {
  const paths = Object.keys(files).sort();
  const bytes = paths.map((path) => ({ path, bytes: new TextEncoder().encode(files[path]) }));
  const action = 'review-architecture';
  const results = [(await answer({ kind: 'examine', action, files: bytes })) as string];
  const context = { paths, unread: [], large: [], notes: [], more: [], partial: false };
  return ((await answer({ kind: 'conclude', action, results, context })) as Concluded).output;
}

const placesOf = (output: Concluded['output'], rule: string) =>
  output.findings
    .filter((finding) => finding.rule === `architecture/${rule}`)
    .map(({ file, line }) => `${file}:${line}`);

describe('circles of imports', () => {
  it('are found through every way of importing, and told once', async () => {
    const output = await review({
      'a.ts': "import { b } from './b.js';\nexport const a = () => b;",
      'b.ts': "export { c as b } from './c';",
      'c.js': "const a = require('./a');\nmodule.exports = { c: a };",
    });
    expect(placesOf(output, 'import-cycle')).toEqual(['a.ts:1']);
    expect(output.findings[0]?.message).toContain('a.ts → b.ts → c.js → a.ts');
    expect(output.metrics).toMatchObject({ modules: 3, imports: 3, circles: 1, largestCircle: 3 });
  });

  it('of types alone, or closed only when asked for later, are none', async () => {
    const output = await review({
      'a.ts': "import type { B } from './b';\nexport interface A { b: B }",
      'b.ts': "import { type A } from './a';\nexport interface B { a: A }",
      'c.js': "exports.c = () => require('./d');",
      'd.js': "const c = require('./c');\nexports.d = c;",
    });
    expect(placesOf(output, 'import-cycle')).toEqual([]);
  });

  it('are found in Python packages, relative or by name', async () => {
    const output = await review({
      'shop/__init__.py': '',
      'shop/cart.py': 'from shop import price\n',
      'shop/price.py': 'from .cart import total\n',
    });
    expect(placesOf(output, 'import-cycle')).toEqual(['shop/cart.py:1']);
  });

  it('are found in a long chain without running out of stack', () => {
    const length = 20_000;
    const edges = Array.from({ length }, (_, index): Edge => {
      const to = (index + 1) % length;
      return { from: `f${index}`, to: `f${to}`, line: 1, kind: 'value', target: `./f${to}` };
    });
    expect(importCircles(edges).map((way) => way.length)).toEqual([length]);
  });
});

describe('the graph of imports', () => {
  it('tells of a hub once enough files need it', async () => {
    const users = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `user${index}.ts`,
          "import { x } from './hub';\nexport const y = x;",
        ]),
      );
    const hub = { 'hub.ts': 'export const x = 1;' };
    expect(placesOf(await review({ ...hub, ...users(4) }), 'hub')).toEqual([]);
    expect(placesOf(await review({ ...hub, ...users(16) }), 'hub')).toEqual(['hub.ts:1']);
  });

  it('tells of an import that leads nowhere, not of one that a build will fill', async () => {
    const output = await review({
      'src/a.ts':
        "import { b } from './gone';\nimport style from './a.css';\nimport { c } from '../dist/c.js';\nimport d from './d.js';\nexport default [b, style, c, d];",
      'src/d.ts': 'export default 1;',
    });
    expect(placesOf(output, 'missing-module')).toEqual(['src/a.ts:1']);
  });

  it('tells of an inner layer that needs an outer one, not of the other way round', async () => {
    const output = await review({
      'src/domain/order.ts': "import { show } from '../ui/show';\nexport const order = () => show;",
      'src/ui/show.ts': "export const show = 'x';",
      'src/ui/list.ts': "import { order } from '../domain/order';\nexport const list = order;",
    });
    expect(placesOf(output, 'inward-needs-outward')).toEqual(['src/domain/order.ts:1']);
  });

  it('tells of sources that need the tests', async () => {
    const output = await review({
      'src/server.ts': "import { fake } from '../test/fake';\nexport const server = fake;",
      'test/fake.ts': 'export const fake = 1;',
    });
    expect(placesOf(output, 'needs-tests')).toEqual(['src/server.ts:1']);
  });

  it('says nothing of a plain tree of files', async () => {
    const output = await review({
      'src/main.ts': "import { a } from './a';\nimport { b } from './b';\nexport const main = [a, b];",
      'src/a.ts': "import { b } from './b';\nexport const a = b;",
      'src/b.ts': "import path from 'node:path';\nexport const b = path;",
    });
    expect(output.findings).toEqual([]);
    expect(output.metrics).toMatchObject({ modules: 3, imports: 3, circles: 0 });
  });
});
