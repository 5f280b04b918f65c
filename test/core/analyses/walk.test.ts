import { afterEach, describe, expect, it } from 'vitest';
import { walk, walkLimits, type WalkLimits } from '../../../src/core/analyses/walk';
import { readSelection } from '../../../src/core/analyses/selection';
import { createTestHost } from '../../support/node-host';
import { folderWith } from './on-disk';

const host = createTestHost();
const folders: { remove: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((one) => one.remove()));
});

async function pathsIn(names: readonly string[], limits: Partial<WalkLimits> = {}) {
  const folder = await folderWith(Object.fromEntries(names.map((name) => [name, ''])));
  folders.push(folder);
  const { signal } = new AbortController();
  const all = { ...walkLimits, ...limits };
  const { files, ...rest } = await walk(host.files, folder.path, readSelection({}), signal, all);
  return { ...rest, paths: files.map(({ path }) => path) };
}

const numbered = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index));

describe('a walk of a folder that is too large', () => {
  it('meets what lies near the top before what lies deep below another name', async () => {
    const data = numbered(30, (index) => `assets/deep/file-${index}.json`);
    const { paths, isCut } = await pathsIn([...data, 'src/main.js', 'package.json'], { files: 10 });
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'src/main.js']));
    expect(isCut).toBe(true);
  });

  it('counts only files that rules can read against its limit', async () => {
    const pictures = numbered(30, (index) => `assets/${index}.png`);
    const { paths, isCut } = await pathsIn([...pictures, 'src/main.js'], { files: 10 });
    expect(paths).toContain('src/main.js');
    expect(isCut).toBe(false);
  });

  it('says how much of it was looked at, and what to do', async () => {
    const { notes } = await pathsIn(
      numbered(5, (index) => `${index}.js`),
      { files: 3 },
    );
    expect(notes).toEqual([
      'Only 3 files of the folder were looked at: it is too large. Name its parts with "paths"',
    ]);
  });

  it('keeps to the rules of each folder while it goes level by level', async () => {
    const folder = await folderWith({
      '.gitignore': '*.log\n',
      'a/.gitignore': '!keep.log\nown.js\n',
      'a/keep.log': '',
      'a/own.js': '',
      'a/b/own.js': '',
      'a/b/c.js': '',
      'b/own.js': '',
      'b/d.log': '',
    });
    folders.push(folder);
    const { signal } = new AbortController();
    const { files } = await walk(host.files, folder.path, readSelection({}), signal);
    expect(files.map(({ path }) => path).filter((path) => !path.endsWith('.gitignore'))).toEqual([
      'a/b/c.js',
      'a/keep.log',
      'b/own.js',
    ]);
  });
});
