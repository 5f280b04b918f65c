import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, readdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSafeFiles } from '../../src/core/node-safe-files';
import { sha256 } from '../../src/core/node-sha256';
import { temporaryFolder } from '../support/node-host';

let folder: { path: string; remove: () => Promise<void> };
let root: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  root = await realpath(folder.path);
});
afterEach(() => folder.remove());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each([
  ['held open', true],
  ['known by their path', false],
])('files below a root whose folders are %s', (_, held) => {
  const files = () => createSafeFiles(root, { held });

  it('are created with their folders and read again', async () => {
    await files().write('a/b/c.txt', bytes('hello'), undefined);
    expect(await readFile(path.join(root, 'a/b/c.txt'), 'utf8')).toBe('hello');
    expect(await files().read('a/b/c.txt', 3)).toMatchObject({
      size: 5,
      links: 1,
      bytes: Buffer.from('hel'),
    });
    expect(await readdir(path.join(root, 'a/b'))).toEqual(['c.txt']);
  });

  it('are undefined when they or their folder are missing', async () => {
    expect(await files().read('a/b', 1)).toBeUndefined();
    expect(await files().stat('x')).toBeUndefined();
    expect(await files().list('x/y')).toBeUndefined();
  });

  it('are replaced only from the content that was expected', async () => {
    await writeFile(path.join(root, 'x'), 'one');
    await files().write('x', bytes('two'), sha256('one'));
    await expect(files().write('x', bytes('three'), sha256('one'))).rejects.toMatchObject({
      code: 'file-changed',
    });
    await expect(files().write('x', bytes('three'), undefined)).rejects.toMatchObject({
      code: 'file-changed',
    });
    await expect(files().write('y', bytes('three'), sha256('one'))).rejects.toMatchObject({
      code: 'file-changed',
    });
    expect(await readFile(path.join(root, 'x'), 'utf8')).toBe('two');
    expect(await readdir(root)).toEqual(['x']);
  });

  it('are removed only with the content that was expected', async () => {
    await writeFile(path.join(root, 'x'), 'one');
    await expect(files().remove('x', sha256('two'))).rejects.toMatchObject({ code: 'file-changed' });
    await files().remove('x', sha256('one'));
    await expect(files().remove('x', sha256('one'))).rejects.toMatchObject({ code: 'file-changed' });
    expect(await readdir(root)).toEqual([]);
  });

  it('keep their mode, without the bits that lend rights', async () => {
    await writeFile(path.join(root, 'run.sh'), 'one');
    await chmod(path.join(root, 'run.sh'), 0o4755);
    await files().write('run.sh', bytes('two'), sha256('one'));
    expect((await stat(path.join(root, 'run.sh'))).mode & 0o7777).toBe(0o755);
  });

  it('leave the other name of a hard link as it is', async () => {
    await writeFile(path.join(root, 'x'), 'one');
    await link(path.join(root, 'x'), path.join(root, 'y'));
    expect((await files().stat('y'))?.links).toBe(2);
    await files().write('y', bytes('two'), sha256('one'));
    expect(await readFile(path.join(root, 'x'), 'utf8')).toBe('one');
  });

  it('are never reached through a link', async () => {
    await mkdir(path.join(root, 'real'));
    await writeFile(path.join(root, 'real/x'), 'one');
    await symlink('real', path.join(root, 'd'));
    await symlink('real/x', path.join(root, 'l'));
    const moved = { code: 'path-moved' };
    await expect(files().read('d/x', 9)).rejects.toMatchObject(moved);
    await expect(files().read('l', 9)).rejects.toMatchObject(moved);
    await expect(files().write('l', bytes('two'), sha256('one'))).rejects.toMatchObject(moved);
    await expect(files().write('d/y', bytes('two'), undefined)).rejects.toMatchObject(moved);
    await expect(files().list('d')).rejects.toMatchObject(moved);
    expect(await files().stat('l')).toMatchObject({ kind: 'symlink' });
    expect(await readdir(path.join(root, 'real'))).toEqual(['x']);
  });

  it('do not wait for a pipe, and are no folders', async () => {
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    await mkdir(path.join(root, 'd'));
    await expect(files().read('pipe', 9)).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(files().read('d', 9)).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(files().write('pipe', bytes('x'), undefined)).rejects.toMatchObject({ code: 'not-a-file' });
  });

  it('have no names that lead elsewhere', async () => {
    for (const name of ['../x', 'a/../../x', '', 'a//b', '/etc/passwd', '.'])
      await expect(files().read(name, 9)).rejects.toMatchObject({ code: 'path-moved' });
  });

  it('leave no open file behind', async () => {
    await writeFile(path.join(root, 'x'), 'one');
    const before = (await readdir('/proc/self/fd')).length;
    for (let round = 0; round < 50; round++) {
      await files().read('x', 9);
      await files().list('');
      await files()
        .read('x/y', 9)
        .catch(() => {});
      await files()
        .write('x', bytes('two'), 'wrong')
        .catch(() => {});
      await files().read('no/such/file', 9);
    }
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 10);
  });
});
