import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeFiles } from '../../src/core/node-files';
import { writeAll, type WritableHandle } from '../../src/core/node-write-all';
import { temporaryFolder } from '../support/node-host';

const files = createNodeFiles();
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) =>
  data === undefined ? undefined : new TextDecoder().decode(data);
let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => ({ path: folder, remove } = await temporaryFolder()));
afterEach(() => remove());

describe('files of the machine', () => {
  it('says undefined or nothing for what is missing', async () => {
    const missing = path.join(folder, 'no', 'such');
    expect(await files.read(missing)).toBeUndefined();
    expect(await files.stat(missing)).toBeUndefined();
    expect(await files.realPath(missing)).toBeUndefined();
    expect(await files.list(missing)).toEqual([]);
    await files.remove(missing);
  });

  it('replaces a file whole, makes its folders, and leaves no temporary file', async () => {
    const file = path.join(folder, 'a', 'b', 'c.txt');
    await files.writeAtomic(file, 'one');
    await files.writeAtomic(file, 'two', { mode: 0o600 });
    expect(await readFile(file, 'utf8')).toBe('two');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(file))).toEqual(['c.txt']);
  });

  it('keeps the old bytes when the new ones cannot take their place', async () => {
    const file = path.join(folder, 'taken');
    await mkdir(path.join(file, 'inside'), { recursive: true });
    await expect(files.writeAtomic(file, 'new')).rejects.toMatchObject({
      name: 'BatonError',
      code: 'eisdir',
    });
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('appends, and knows its size from what stood there before', async () => {
    const file = path.join(folder, 'log', 'journal');
    const first = await files.openAppend(file);
    await first.write(bytes('one\n'));
    await first.sync();
    await first.close();
    const second = await files.openAppend(file);
    expect(second.size).toBe(4);
    await second.write(bytes('two\n'));
    expect(second.size).toBe(8);
    await second.close();
    expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('reads a part, and what there is when the part reaches beyond the end', async () => {
    const file = path.join(folder, 'part');
    await writeFile(file, '0123456789');
    expect(text(await files.read(file, { start: 3, length: 4 }))).toBe('3456');
    expect(text(await files.read(file, { start: 8, length: 40 }))).toBe('89');
    expect(text(await files.read(file, { start: 40 }))).toBe('');
  });

  it('cuts, renames, lists by name and tells what each entry is', async () => {
    await files.writeAtomic(path.join(folder, 'b'), '123456');
    await files.truncate(path.join(folder, 'b'), 2);
    await files.rename(path.join(folder, 'b'), path.join(folder, 'c'));
    await files.makeDirectory(path.join(folder, 'a'));
    await symlink('c', path.join(folder, 'd'));
    expect(await files.list(folder)).toEqual([
      { name: 'a', kind: 'directory' },
      { name: 'c', kind: 'file' },
      { name: 'd', kind: 'symlink' },
    ]);
    expect(await files.stat(path.join(folder, 'c'))).toMatchObject({ kind: 'file', size: 2 });
    expect(await files.realPath(path.join(folder, 'd'))).toBe(await files.realPath(path.join(folder, 'c')));
  });

  it('passes the code of the system on, in lower case', async () => {
    await writeFile(path.join(folder, 'file'), '');
    await expect(files.read(folder)).rejects.toMatchObject({ name: 'BatonError', code: 'eisdir' });
    await expect(files.writeAtomic(path.join(folder, 'file', 'below'), '')).rejects.toMatchObject({
      code: 'enotdir',
    });
  });

  it.runIf(process.platform === 'linux')(
    'says that the disk is full, and how long the file really is',
    async () => {
      const full = await files.openAppend('/dev/full');
      await expect(full.write(bytes('more'))).rejects.toMatchObject({ code: 'enospc' });
      expect(full.size).toBe(0);
      await full.close();
    },
  );
});

describe('writeAll', () => {
  it('goes on after short writes until every byte is there', async () => {
    const disk = new ShortDisk(3);
    await writeAll(disk, bytes('a rather long text'), 0);
    expect(disk.content).toBe('a rather long text');
    expect(disk.writes).toBe(6);
  });

  it('throws when the disk takes nothing', async () => {
    await expect(writeAll(new ShortDisk(0), bytes('x'), 0)).rejects.toMatchObject({ code: 'short-write' });
  });

  it('throws when the file is shorter than what was written to it', async () => {
    const disk = new ShortDisk(100);
    disk.lost = 2;
    await expect(writeAll(disk, bytes('hello'), 0)).rejects.toMatchObject({ code: 'short-write' });
  });
});

/** Takes at most `most` bytes at a time, as a nearly full disk does. */
class ShortDisk implements WritableHandle {
  content = '';
  writes = 0;
  lost = 0;
  constructor(private readonly most: number) {}

  async write(data: Uint8Array, offset: number, length: number) {
    const bytesWritten = Math.min(this.most, length);
    this.content += new TextDecoder().decode(data.subarray(offset, offset + bytesWritten));
    this.writes += 1;
    return { bytesWritten };
  }

  async stat() {
    return { size: this.content.length - this.lost };
  }
}
