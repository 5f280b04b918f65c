import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactRef } from '../../src/core/model/artifact';
import type { FileChange } from '../../src/core/model/tool-call';
import { restoreFiles, undoScope } from '../../src/core/runtime-undo';
import { createTestHost, temporaryFolder } from '../support/node-host';

const host = createTestHost();
const kept = new Map<string, Uint8Array>();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  folder = await temporaryFolder();
  kept.clear();
});
afterEach(() => folder.remove());

const at = (name: string) => path.join(folder.path, name);
const textOf = async (name: string) => (await readFile(at(name)).catch(() => undefined))?.toString();

function keep(name: string, text: string): ArtifactRef {
  const bytes = new TextEncoder().encode(text);
  const hash = host.sha256(bytes);
  kept.set(hash, bytes);
  return { hash, path: name, mediaType: 'text/plain', size: bytes.length };
}

/** A change that has been made: the file holds `after` (undefined: it is not there). */
async function made(
  name: string,
  before: string | undefined,
  after: string | undefined,
): Promise<FileChange> {
  if (after !== undefined) await writeFile(at(name), after);
  return {
    path: name,
    ...(before !== undefined && { before: keep(name, before) }),
    ...(after !== undefined && { after: keep(name, after) }),
  };
}

async function restore(changes: readonly FileChange[], options: Parameters<typeof restoreFiles>[1] = {}) {
  const getArtifact = ({ hash }: { readonly hash: string }) => {
    const bytes = kept.get(hash);
    return bytes === undefined ? Promise.reject(new Error('It is lost')) : Promise.resolve(bytes);
  };
  return restoreFiles(changes, options, await undoScope(host, folder.path, getArtifact));
}

describe('restoring files', () => {
  it('brings back what was edited and deleted, and takes away what was made', async () => {
    const changes = [
      await made('edited.ts', 'old', 'new'),
      await made('deleted.ts', 'old', undefined),
      await made('created.ts', undefined, 'new'),
    ];
    expect(await restore(changes)).toEqual({
      restored: ['created.ts', 'deleted.ts', 'edited.ts'],
      changedSince: [],
    });
    expect([await textOf('edited.ts'), await textOf('deleted.ts'), await textOf('created.ts')]).toEqual([
      'old',
      'old',
      undefined,
    ]);
  });

  it('restores only the files that are named', async () => {
    const changes = [await made('a.ts', 'old', 'new'), await made('b.ts', 'old', 'new')];
    expect(await restore(changes, { paths: ['b.ts'] })).toEqual({ restored: ['b.ts'], changedSince: [] });
    expect([await textOf('a.ts'), await textOf('b.ts')]).toEqual(['new', 'old']);
  });

  it('names a file that the step did not change, and touches nothing', async () => {
    const changes = [await made('a.ts', 'old', 'new')];
    await writeFile(at('other.ts'), 'mine');
    for (const options of [{ paths: ['a.ts', 'other.ts'] }, { anyway: ['other.ts'] }]) {
      const { restored, fault } = await restore(changes, options);
      expect({ restored, fault }).toEqual({ restored: [], fault: 'other.ts was not changed by this step.' });
    }
    expect(await textOf('a.ts')).toBe('new');
  });

  it('leaves a file that somebody changed since, until that one is named', async () => {
    const changes = [
      await made('a.ts', 'old', 'new'),
      await made('b.ts', undefined, 'new'),
      await made('c.ts', 'old', 'new'),
    ];
    await writeFile(at('a.ts'), 'mine');
    await writeFile(at('b.ts'), 'mine');
    expect(await restore(changes)).toEqual({ restored: ['c.ts'], changedSince: ['b.ts', 'a.ts'] });
    expect(await textOf('a.ts')).toBe('mine');
    expect(await restore(changes, { paths: ['a.ts', 'b.ts'], anyway: ['a.ts'] })).toEqual({
      restored: ['a.ts'],
      changedSince: ['b.ts'],
    });
    expect([await textOf('a.ts'), await textOf('b.ts')]).toEqual(['old', 'mine']);
    expect(await restore(changes, { paths: ['b.ts'], anyway: ['b.ts'] })).toMatchObject({
      restored: ['b.ts'],
    });
    expect(await textOf('b.ts')).toBeUndefined();
  });

  it('counts a file as restored that is as before already', async () => {
    const changes = [await made('a.ts', 'old', 'new'), await made('b.ts', undefined, 'new')];
    await writeFile(at('a.ts'), 'old');
    await rm(at('b.ts'));
    expect(await restore(changes)).toEqual({ restored: ['b.ts', 'a.ts'], changedSince: [] });
  });

  it('follows no link out of the workspace, named or not', async () => {
    const outside = await temporaryFolder();
    try {
      await writeFile(path.join(outside.path, 'a.ts'), 'new');
      await mkdir(at('src'));
      const changes = [await made('src/a.ts', 'old', 'new')];
      await rm(at('src'), { recursive: true });
      await symlink(outside.path, at('src'));
      const result = await restore(changes, { paths: ['src/a.ts'], anyway: ['src/a.ts'] });
      expect(result.restored).toEqual([]);
      expect((await readFile(path.join(outside.path, 'a.ts'))).toString()).toBe('new');
    } finally {
      await outside.remove();
    }
  });

  it('stops at a content that is lost, and says what it restored until then', async () => {
    const changes = [await made('a.ts', 'lost', 'new'), await made('b.ts', 'old', 'new')];
    kept.delete(changes[0]?.before?.hash ?? '');
    expect(await restore(changes)).toEqual({
      restored: ['b.ts'],
      changedSince: [],
      fault: 'a.ts: It is lost',
    });
    expect(await textOf('a.ts')).toBe('new');
  });

  it('keeps the rights of a file', async () => {
    const changes = [await made('run.sh', 'old', 'new')];
    await chmod(at('run.sh'), 0o755);
    await restore(changes);
    expect(await stat(at('run.sh'))).toMatchObject({
      mode: 0o100755,
    });
  });
});
