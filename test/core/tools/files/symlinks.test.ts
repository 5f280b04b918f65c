import { link, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isProtected } from '../../../../src/core/tools/policy/protected-files';
import { readFileTool } from '../../../../src/core/tools/files/read-file';
import { searchFilesTool } from '../../../../src/core/tools/files/search-files';
import { listFilesTool } from '../../../../src/core/tools/files/list-files';
import { writeFileTool } from '../../../../src/core/tools/files/write-file';
import { makeToolFolder, quietly, use, type ToolFolder } from './tool-scope';

const setUps = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../../fixtures/paths/symlink-setups.json'), 'utf8'),
) as readonly { readonly name: string }[];

let folder: ToolFolder;
let inside: (name: string) => string;
beforeEach(async () => {
  folder = await makeToolFolder();
  inside = (name) => path.join(folder.workspace, name);
});
afterEach(() => folder.remove());

const refusal = { code: 'tool-refused' };
const read = (name: string) => readFileTool.prepare({ path: name }, folder.scope);
const write = (name: string) => writeFileTool.prepare({ path: name, content: 'NEW' }, folder.scope);

/** By the name of the set-up in the corpus. */
const checks: Readonly<Record<string, () => Promise<void>>> = {
  'file-symlink-out': async () => {
    await symlink(path.join(folder.outside, 'target.txt'), inside('link'));
    await expect(read('link')).rejects.toMatchObject(refusal);
  },
  'dir-symlink-out': async () => {
    await symlink('/', inside('root'));
    await expect(write(`root${folder.outside}/x`)).rejects.toMatchObject(refusal);
    await expect(read('root/etc/hostname')).rejects.toMatchObject(refusal);
  },
  'innocent-name': async () => {
    await symlink(path.join(folder.outside, 'target.txt'), inside('project_settings.json'));
    await expect(write('project_settings.json')).rejects.toThrow(path.join(folder.outside, 'target.txt'));
    await expect(write('project_settings.json')).rejects.toMatchObject(refusal);
  },
  'parent-becomes-link': async () => {
    await mkdir(inside('d'));
    const prepared = await write('d/x');
    await rename(inside('d'), inside('gone'));
    await symlink(folder.outside, inside('d'));
    await expect(prepared.run(quietly)).rejects.toMatchObject({ code: 'tool-changed' });
    await expect(readFile(path.join(folder.outside, 'x'))).rejects.toMatchObject({ code: 'ENOENT' });
  },
  dangling: async () => {
    await symlink(path.join(folder.outside, 'newfile'), inside('link'));
    await expect(write('link')).rejects.toMatchObject(refusal);
  },
  loop: async () => {
    await symlink('a', inside('b'));
    await symlink('b', inside('a'));
    await expect(read('a')).rejects.toThrow(/circle/);
    await expect(read('a')).rejects.toMatchObject(refusal);
  },
  hardlink: async () => {
    await link(path.join(folder.outside, 'target.txt'), inside('h'));
    const prepared = await write('h');
    expect(prepared.effects).toMatchObject([{ type: 'write', relative: 'h', hardLinked: true }]);
    await prepared.run(quietly);
    expect(await readFile(inside('h'), 'utf8')).toBe('NEW');
    expect(await readFile(path.join(folder.outside, 'target.txt'), 'utf8')).toBe('OUTSIDE');
  },
  'artifact-dir-link': async () => {
    await mkdir(inside('.baton'));
    await symlink(folder.outside, inside('.baton/artifacts'));
    await expect(write('.baton/artifacts/x')).rejects.toMatchObject(refusal);
  },
  'git-worktree-commondir': async () => {
    await writeFile(inside('.git'), `gitdir: ${folder.outside}\n`);
    // The file leads no tool anywhere, and changing it is a person's business.
    const listed = await use(listFilesTool, { include_ignored: true }, folder.scope);
    expect(listed.text).not.toContain('target.txt');
    const { effects } = await write('.git');
    expect(effects).toMatchObject([{ relative: '.git' }]);
    expect(isProtected('.git', 'linux')).toBe(true);
  },
};

describe('links', () => {
  it.each(setUps.map(({ name }) => name))('lead nowhere in the set-up %s', async (name) => {
    const check = checks[name];
    expect(check).toBeDefined();
    await check?.();
    expect(await readFile(path.join(folder.outside, 'target.txt'), 'utf8')).toBe('OUTSIDE');
  });

  it('within the workspace are followed, and both names are judged', async () => {
    await folder.put('conf/tasks.json', '{}');
    await symlink('conf', inside('.vscode'));
    const { effects, shown } = await write('.vscode/tasks.json');
    expect(effects).toMatchObject([
      { type: 'write', relative: 'conf/tasks.json', path: inside('conf/tasks.json') },
      { type: 'write', relative: '.vscode/tasks.json' },
    ]);
    expect(JSON.stringify(shown)).toContain(inside('conf/tasks.json'));
  });

  it('to a protected file show the protected file', async () => {
    await folder.put('.vscode/settings.json', '{}');
    await symlink('.vscode/settings.json', inside('notes.txt'));
    expect((await write('notes.txt')).effects).toMatchObject([
      { relative: '.vscode/settings.json' },
      { relative: 'notes.txt' },
    ]);
  });

  it('are listed as links and never entered by a search', async () => {
    await symlink(folder.outside, inside('out'));
    expect((await use(listFilesTool, {}, folder.scope)).text).toContain('out (link)');
    const found = await use(searchFilesTool, { pattern: 'OUTSIDE' }, folder.scope);
    expect(found.text).toMatch(/^0 lines/);
  });

  it('that replace the file itself after the check are refused', async () => {
    await folder.put('x', 'old');
    const [reading, writing] = [await read('x'), await write('x')];
    await rm(inside('x'));
    await symlink(path.join(folder.outside, 'target.txt'), inside('x'));
    await expect(reading.run(quietly)).rejects.toMatchObject({ code: 'tool-changed' });
    await expect(writing.run(quietly)).rejects.toMatchObject({ code: 'tool-changed' });
  });

  it('to a second name elsewhere are not searched, unless the file is named', async () => {
    await link(path.join(folder.outside, 'target.txt'), inside('h.txt'));
    const all = await use(searchFilesTool, { pattern: 'OUTSIDE' }, folder.scope);
    expect(all.text).toContain('second name');
    expect(all.text).not.toContain('h.txt:');
    const one = await searchFilesTool.prepare({ pattern: 'OUTSIDE', path: 'h.txt' }, folder.scope);
    expect(one.effects).toMatchObject([{ type: 'read', hardLinked: true }]);
  });
});
