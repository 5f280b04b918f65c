import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/core/host';
import { BatonError } from '../../../src/core/model/errors';
import { createTestHost } from '../../support/node-host';
import { folderActions, folderWith, look } from './on-disk';

const host = createTestHost();
const folders: { remove: () => Promise<void> }[] = [];
const folder = async (files: Readonly<Record<string, string | Uint8Array>>) => {
  const made = await folderWith(files);
  folders.push(made);
  return made.path;
};
afterEach(async () => {
  await Promise.all(folders.splice(0).map((one) => one.remove()));
});

const slip = 'export const f = (a) => {\n  debugger;\n  return a;\n};\n';
const places = async (workspace: string, options = {}) =>
  (await look(host, 'lint-codebase', workspace, { options })).output.findings.map(
    ({ file, line }) => `${file}:${line}`,
  );

describe('an analysis of a folder', () => {
  it.each(folderActions)('%s gives a result for an empty folder', async (action) => {
    const { output, markdown } = await look(host, action, await folder({}));
    expect(output).toMatchObject({
      engine: 'local engine: rules, no AI model',
      action,
      findings: [],
      counts: { high: 0, medium: 0, low: 0, info: 0 },
      scanned: { files: 0, lines: 0, skipped: 0 },
    });
    expect(markdown).toContain('No findings in 0 files');
    expect(markdown).toContain('Local engine: rules, no AI model');
  });

  it.each(folderActions)('%s survives what no one should commit', async (action) => {
    const workspace = await folder({
      'image.js': new Uint8Array([0, 1, 2, 3, 255]),
      'line.js': `const a = "${'x'.repeat(1_000_000)}";\n`,
      'deep.js': `${'('.repeat(20_000)}1${')'.repeat(20_000)};\n`,
      'deep.json': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      'sum.js': `export const s = ${Array.from({ length: 5_000 }, () => 'a').join(' + ')};\n`,
      'hashes.yaml': '#'.repeat(1_000_000),
      'quotes.py': `x = ${'"'.repeat(100_001)}\n`,
      'broken.ts': 'export function {{{ ] <T',
      'broken.py': 'def f(:\n  (((\n',
      'package.json': '{ "dependencies": ',
      'requirements.txt': '====\n\u0000',
      Dockerfile: 'FROM\n',
      'go.mod': 'module\nrequire (',
      'pom.xml': '<project><dependency>',
      'odd name (1) [x].js': slip,
      'empty.js': '',
    });
    await symlink(workspace, path.join(workspace, 'loop'));
    await symlink('/etc', path.join(workspace, 'outside'));
    await symlink('nowhere', path.join(workspace, 'dangling'));
    const { output, markdown } = await look(host, action, workspace);
    expect(output.notes.join('\n')).toContain('symbolic links not followed');
    for (const { file } of output.findings) expect(file ?? '').not.toMatch(/^(?:loop|outside|\/|\.\.)/);
    expect(markdown.length).toBeGreaterThan(50);
  });

  it('leaves out what git ignores, other people wrote, or a tool made', async () => {
    const workspace = await folder({
      '.gitignore': 'secret/\n*.gen.js\n!keep.gen.js\n',
      'a.js': slip,
      'secret/b.js': slip,
      'c.gen.js': slip,
      'keep.gen.js': slip,
      'sub/.gitignore': 'd.js\n',
      'sub/d.js': slip,
      'sub/e.js': slip,
      'node_modules/x/index.js': slip,
      '.git/hook.js': slip,
      'src/f.js': slip,
      'dist/f.js': slip,
      'g.min.js': slip,
      'h.js': `// @generated\n${slip}`,
    });
    expect(await places(workspace)).toEqual(['a.js:2', 'keep.gen.js:2', 'src/f.js:2', 'sub/e.js:2']);
  });

  it('looks at build output where there is nothing else to look at', async () => {
    expect(await places(await folder({ 'package.json': '{}', 'dist/f.js': slip }))).toEqual(['dist/f.js:2']);
  });

  it('looks only where it is told to', async () => {
    const workspace = await folder({ 'a/x.js': slip, 'a/x.test.js': slip, 'b/y.js': slip, 'z.js': slip });
    expect(await places(workspace, { paths: 'a' })).toEqual(['a/x.js:2', 'a/x.test.js:2']);
    expect(await places(workspace, { paths: ['b', './z.js'] })).toEqual(['b/y.js:2', 'z.js:2']);
    expect(await places(workspace, { include: ['*.js'], exclude: ['a/**', 'y.js'] })).toEqual(['z.js:2']);
    expect(await places(workspace, { paths: 'nowhere' })).toEqual([]);
  });

  it('refuses to look outside of the folder', async () => {
    const workspace = await folder({ 'a.js': slip });
    await symlink('/etc', path.join(workspace, 'way-out'));
    for (const paths of ['../', '/etc', 'a/../../b', 'C:\\']) {
      await expect(places(workspace, { paths })).rejects.toMatchObject({ code: 'invalid-with' });
    }
    await expect(places(workspace, { paths: 7 })).rejects.toMatchObject({ code: 'invalid-with' });
    const { output } = await look(host, 'lint-codebase', workspace, { options: { paths: 'way-out' } });
    expect(output.scanned.files).toBe(0);
    expect(output.notes).toContain('way-out leads out of the folder');
  });

  it.each(folderActions)('%s gives the same bytes for the same folder', async (action) => {
    const files = {
      'src/a.js': "import { b } from './b';\neval(b);\nfor (;;) { await x; }\n",
      'src/b.js': "import { a } from './a';\nexport const b = a;\n",
      'package.json': '{"name":"x","version":"1.0.0","dependencies":{"left-pad":"*"}}',
      'app.py': 'import os\n',
    };
    const [one, two] = [
      await folder(files),
      await folder(Object.fromEntries(Object.entries(files).reverse())),
    ];
    const first = await look(host, action, one);
    expect(await look(host, action, one)).toEqual(first);
    expect(await look(host, action, two)).toEqual(first);
  });

  it.each(folderActions)('%s gives different reports for different folders', async (action) => {
    const one = await folder({
      'a.js': "import { b } from './b';\nexport const run = (x) => eval(x);\ndebugger;\n",
      'b.js': "import { run } from './a';\nexport const b = /^(a+)+$/;\nrun(b);\n",
      'package.json': '{"name":"x","version":"1.0.0","license":"MIT","dependencies":{"left-pad":"*"}}',
    });
    const two = await folder({ 'c.js': 'export const sum = (a, b) => a + b;\n' });
    const [first, second] = [await look(host, action, one), await look(host, action, two)];
    expect(first.output.findings.length).toBeGreaterThan(0);
    expect(second.output.findings).toEqual([]);
    expect(first.markdown).not.toEqual(second.markdown);
  });

  it('says which line, and each link leads to one that is there', async () => {
    const workspace = await folder({ 'odd name (1) [x].js': slip });
    const { markdown } = await look(host, 'lint-codebase', workspace);
    expect(markdown).toContain('(/odd%20name%20%281%29%20%5Bx%5D.js#L2)');
  });

  it('tells its progress up to the end', async () => {
    const seen: number[] = [];
    const files = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`f${index}.js`, slip]));
    await look(host, 'lint-codebase', await folder(files), { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.length).toBeGreaterThan(2);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(seen.at(-1)).toBe(1);
  });

  it('counts what it does not list', async () => {
    const workspace = await folder({
      'a.js': `export const f = () => {\n${'  debugger;\n'.repeat(150)}};\n`,
    });
    const { output } = await look(host, 'lint-codebase', workspace);
    expect(output.counts.medium).toBe(150);
    expect(output.findings).toHaveLength(100);
    expect(output.notes).toContain('50 more of lint/debugger counted but not listed');
  });
});

describe('an analysis that is cancelled', () => {
  it('stops in the middle and ends its thread', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`f${index}.js`, slip.repeat(200)]),
    );
    const stop = new AbortController();
    const workspace = await folder(files);
    const started = performance.now();
    const result = look(host, 'lint-codebase', workspace, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(result).rejects.toThrow('enough');
    const untilStopped = performance.now() - started;
    const whole = performance.now();
    await look(host, 'lint-codebase', workspace);
    expect(untilStopped).toBeLessThan(performance.now() - whole);
  });
});

describe('a file that takes too long', () => {
  it('is left out and named, and all others are looked at', async () => {
    const workspace = await folder({ 'fast.js': slip, 'slow.js': slip });
    // Stands for a thread that hangs: it answers only requests without the slow file.
    const workers: Host['workers'] = {
      start: (script) => {
        const port = host.workers.start(script);
        return {
          dispose: () => port.dispose(),
          ask: async (message, options) => {
            const { files } = message as { files?: readonly { path: string }[] };
            if (files?.some((file) => file.path === 'slow.js') === true) {
              throw new BatonError('worker-timeout', 'The analyses worker took too long');
            }
            return port.ask(message, options);
          },
        };
      },
    };
    const { output } = await look({ ...host, workers }, 'lint-codebase', workspace);
    expect(output.findings.map(({ file }) => file)).toEqual(['fast.js']);
    expect(output.notes).toContain('1 file not looked at (took too long): slow.js');
    expect(output.scanned).toMatchObject({ files: 1, skipped: 1 });
  });
});

describe('a file that changes while it is looked at', () => {
  it('costs the analysis nothing', async () => {
    const workspace = await folder({ 'a.js': slip, 'b.js': slip });
    const files: Host['files'] = {
      ...host.files,
      read: (file, options) =>
        file.endsWith('b.js') ? Promise.resolve(undefined) : host.files.read(file, options),
    };
    const { output } = await look({ ...host, files }, 'lint-codebase', workspace);
    expect(output.findings.map(({ file }) => file)).toEqual(['a.js']);
  });
});
