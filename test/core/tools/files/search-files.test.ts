import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchFilesTool } from '../../../../src/core/tools/files/search-files';
import { globMatcher } from '../../../../src/core/tools/files/glob-match';
import { makeToolFolder, quietly, use, type ToolFolder } from './tool-scope';

let folder: ToolFolder;
beforeAll(async () => {
  folder = await makeToolFolder();
  await folder.put('src/a.ts', 'const one = 1;\nconst Two = one + 1; // two\n');
  await folder.put('src/deep/b.ts', 'export const two = 2;\r\n');
  await folder.put('docs/c.md', 'two\n');
  await folder.put('.gitignore', 'built/\n*.log\n!keep.log\n');
  await folder.put('built/a.js', 'two');
  await folder.put('x.log', 'two');
  await folder.put('keep.log', 'two');
  await folder.put('node_modules/p/index.js', 'two');
  await folder.put('.env', 'NAME=two');
  await folder.put('image.png', Buffer.from([137, 80, 0, 116, 119, 111]));
  await folder.put('evil/long.txt', `${'a'.repeat(60)}!\n${'1'.repeat(60)}x\n${' '.repeat(5_000)}x\n`);
  await folder.put('wide.txt', `${'.'.repeat(5_000)}needle${'.'.repeat(5_000)}`);
});
afterAll(() => folder.remove());

const search = (args: Parameters<typeof searchFilesTool.prepare>[0]) =>
  use(searchFilesTool, args, folder.scope);

describe('search_files', () => {
  it('finds lines in all files that are the own ones of the project', async () => {
    const { text, isForeign } = await search({ pattern: 'two' });
    expect(text.split('\n').slice(1)).toEqual([
      'docs/c.md:1: two',
      'keep.log:1: two',
      'src/a.ts:2: const Two = one + 1; // two',
      'src/deep/b.ts:1: export const two = 2;',
    ]);
    expect(text).toContain('1 that may hold keys');
    expect(isForeign).toBe(true);
  });

  it('looks into what is ignored only when asked, never into files that hold keys', async () => {
    const { text } = await search({ pattern: 'two', include_ignored: true });
    expect(text).toContain('built/a.js:1');
    expect(text).toContain('node_modules/p/index.js:1');
    expect(text).not.toContain('.env:');
  });

  it('takes a pattern as plain text unless it is said to be an expression', async () => {
    expect((await search({ pattern: 'one + 1' })).text).toContain('src/a.ts:2');
    expect((await search({ pattern: '^const \\w+ = \\d', regex: true })).text).toContain('src/a.ts:1');
    expect((await search({ pattern: '^const', regex: false })).text).toMatch(/^0 lines/);
    expect((await search({ pattern: 'TWO', case_sensitive: true })).text).toMatch(/^0 lines/);
  });

  it('keeps to a folder, a file and a glob', async () => {
    expect((await search({ pattern: 'two', path: 'src' })).text).toMatch(/^2 lines/);
    expect((await search({ pattern: 'two', path: 'docs/c.md' })).text).toMatch(/^1 line in 1 files/);
    expect((await search({ pattern: 'two', glob: 'src/*.ts' })).text).toMatch(/^1 line /);
    expect((await search({ pattern: 'two', path: 'nowhere' })).isError).toBe(true);
  });

  it('gives no more lines than asked, and says so', async () => {
    const { text } = await search({ pattern: 'two', max_results: 1 });
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain('There may be more');
  });

  it('cuts a long line around what it found', async () => {
    const { text } = await search({ pattern: 'needle', path: 'wide.txt' });
    expect(text).toContain('needle');
    expect(text.length).toBeLessThan(500);
  });

  it('tells a pattern that is none before anything runs', async () => {
    await expect(searchFilesTool.prepare({ pattern: '(a', regex: true }, folder.scope)).rejects.toMatchObject(
      {
        code: 'tool-arguments',
      },
    );
  });

  it('says that it was cancelled', async () => {
    const prepared = await searchFilesTool.prepare({ pattern: '(a+)+$', regex: true }, folder.scope);
    const stop = new AbortController();
    const running = prepared.run({ ...quietly, signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toThrow();
  });

  const evil = [
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^([a-z]+)*$',
    '^(a*)*$',
    '^(.*a){20}$',
    '^(\\w+\\s?)*$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^(\\d+)+$',
    '^(?:(?:a?){30}a{30})+$|^(a+)+b',
  ];

  it.each(evil)('comes to an end soon for %s', async (pattern) => {
    // Once before, so that building the thread's script is not counted.
    await search({ pattern: 'x', regex: true, path: 'docs' });
    const prepared = await searchFilesTool.prepare({ pattern, regex: true, path: 'evil' }, folder.scope);
    const started = performance.now();
    const { isError, text } = await prepared.run(quietly);
    const took = performance.now() - started;
    expect(isError).toBe(true);
    expect(text).toContain('takes too long');
    // The thread is ended after 300 ms; a busy machine takes its time to start it and to end it.
    expect(took).toBeLessThan(5_000);
  });
});

describe('globMatcher', () => {
  it.each([
    ['*.ts', 'src/a.ts', true],
    ['*.ts', 'a.tsx', false],
    ['src/**/*.ts', 'src/a.ts', true],
    ['src/**/*.ts', 'src/x/y/a.ts', true],
    ['src/**/*.ts', 'srcx/a.ts', false],
    ['src/', 'src/x/y', true],
    ['**', 'a/b', true],
    ['**/b', 'b', true],
    ['**/b', 'xb', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['*.{ts,js}', 'x/y.js', true],
    ['{a,b}/{c,d}', 'b/c', true],
    ['./src/*', 'src/a', true],
    ['a/**', 'a/b/c', true],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(globMatcher(glob)(path)).toBe(expected);
  });

  it('takes no longer for a glob that would keep an expression busy for ever', () => {
    const started = performance.now();
    expect(globMatcher(`${'*a'.repeat(100)}b`)('a'.repeat(4_000))).toBe(false);
    expect(globMatcher(`${'**/'.repeat(100)}b`)('a/'.repeat(1_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(() => globMatcher('{a,b}'.repeat(10))).toThrow(/choices/);
  });
});
