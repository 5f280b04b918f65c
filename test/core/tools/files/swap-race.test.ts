import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteFileTool } from '../../../../src/core/tools/files/delete-file';
import { readFileTool } from '../../../../src/core/tools/files/read-file';
import { writeFileTool } from '../../../../src/core/tools/files/write-file';
import { createSafeFiles } from '../../../../src/core/node-safe-files';
import type { Tool, ToolScope } from '../../../../src/core/tools/tool';
import { makeToolFolder, use, type ToolFolder } from './tool-scope';

const ROUNDS = 1_000;

/** Swaps a folder for a link to the outside and back, as fast as a thread can, until it is told to stop. */
const SWAPPER = `
const { renameSync, rmSync } = require('node:fs');
const { workerData, parentPort } = require('node:worker_threads');
const { folder, aside, link } = workerData;
const stop = new Int32Array(workerData.stop);
// A write may make the folder anew while none stands there.
const put = (from) => {
  for (;;) {
    try { return renameSync(from, folder); } catch {}
    try { rmSync(folder, { recursive: true, force: true }); } catch {}
  }
};
let swaps = 0;
while (Atomics.load(stop, 0) === 0) {
  renameSync(folder, aside);
  put(link);
  renameSync(folder, link);
  put(aside);
  swaps++;
}
parentPort.postMessage(swaps);
`;

let folder: ToolFolder;
let swaps: () => Promise<number>;
beforeEach(async () => {
  folder = await makeToolFolder();
  await mkdir(path.join(folder.workspace, 'd'));
  await writeFile(path.join(folder.workspace, 'd/target.txt'), 'INSIDE');
  await symlink(folder.outside, path.join(folder.workspace, 'link'));
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(SWAPPER, {
    eval: true,
    workerData: {
      stop,
      folder: path.join(folder.workspace, 'd'),
      link: path.join(folder.workspace, 'link'),
      aside: path.join(folder.workspace, 'aside'),
    },
  });
  await new Promise((resolve) => worker.once('online', resolve));
  swaps = async () => {
    const told = new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    Atomics.store(new Int32Array(stop), 0, 1);
    const count = await told;
    await worker.terminate();
    return count;
  };
});
afterEach(() => folder.remove());

async function expectOutsideUntouched(): Promise<void> {
  expect(await readdir(folder.outside)).toEqual(['target.txt']);
  expect(await readFile(path.join(folder.outside, 'target.txt'), 'utf8')).toBe('OUTSIDE');
}

async function attempt(tool: Tool, args: Parameters<Tool['prepare']>[0], scope: ToolScope): Promise<string> {
  try {
    const { text, isError } = await use(tool, args, scope);
    return isError ? 'missing' : text;
  } catch (error) {
    const code = (error as { code?: string }).code ?? String(error);
    expect(['tool-refused', 'tool-changed', 'tool-arguments']).toContain(code);
    return code;
  }
}

describe('a folder that is swapped for a link all the time', () => {
  it(`lets no read, write or delete out in ${ROUNDS} rounds`, { timeout: 60_000 }, async () => {
    const outcomes = { read: 0, written: 0, refused: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const name = `d/new-${round % 10}.txt`;
      const args = { path: name, content: `${round}` };
      const kind = (['read', 'write', 'delete'] as const)[round % 3];
      if (kind === 'read') {
        const text = await attempt(readFileTool, { path: 'd/target.txt' }, folder.scope);
        expect(text).not.toContain('OUTSIDE');
        if (text.includes('INSIDE')) outcomes.read++;
      } else {
        const tool = kind === 'write' ? writeFileTool : deleteFileTool;
        const text = await attempt(tool, kind === 'write' ? args : { path: name }, folder.scope);
        if (/^(?:Created|Changed)/.test(text)) outcomes.written++;
        if (/^tool-(?:refused|changed)/.test(text)) outcomes.refused++;
      }
    }
    expect(await swaps()).toBeGreaterThan(100);
    await expectOutsideUntouched();
    // Both must have been tried for the race to say anything.
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.written).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });

  it('reads nothing from outside where a folder cannot be held open', { timeout: 60_000 }, async () => {
    const files = createSafeFiles(folder.workspace, { held: false });
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const found = await files
        .read('d/target.txt', 100)
        .catch((error: unknown) => (error as { code: string }).code);
      seen.add(typeof found === 'object' ? Buffer.from(found.bytes).toString() : String(found));
    }
    await swaps();
    expect(seen).not.toContain('OUTSIDE');
    expect(seen.size).toBeGreaterThan(1);
    await expectOutsideUntouched();
  });
});

it('puts nothing outside when the folder was swapped before the write', async () => {
  await swaps();
  const held = createSafeFiles(folder.workspace);
  const named = createSafeFiles(folder.workspace, { held: false });
  await rename(path.join(folder.workspace, 'd'), path.join(folder.workspace, 'aside'));
  await rename(path.join(folder.workspace, 'link'), path.join(folder.workspace, 'd'));
  for (const files of [held, named]) {
    await expect(files.write('d/x', Buffer.from('x'), undefined)).rejects.toMatchObject({
      code: 'path-moved',
    });
    await expect(files.read('d/target.txt', 10)).rejects.toMatchObject({ code: 'path-moved' });
    await expect(files.list('d')).rejects.toMatchObject({ code: 'path-moved' });
    await expect(files.remove('d/target.txt', '0')).rejects.toMatchObject({ code: 'path-moved' });
  }
  await rm(path.join(folder.workspace, 'aside'), { recursive: true });
  await expectOutsideUntouched();
});
