import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Disposable } from '../../src/core/base/disposable';
import { silentLog } from '../../src/core/node-host';
import { abstractAddress, createNodeLocks } from '../../src/core/node-locks';
import { temporaryFolder } from '../support/node-host';

const answer = async (message: unknown) => ({ heard: message });
let folder: string;
let remove: () => Promise<void>;
const held: Disposable[] = [];

beforeEach(async () => ({ path: folder, remove } = await temporaryFolder()));
afterEach(async () => {
  for (const lock of held.splice(0)) lock.dispose();
  await remove();
});

describe.each(process.platform === 'linux' ? (['linux', 'darwin'] as const) : [process.platform])(
  'a lock on %s',
  (platform) => {
    const locks = () =>
      createNodeLocks({ log: silentLog, platform, socketFolder: path.join(folder, 'sockets') });
    const take = async (of: string) => {
      const result = await locks().acquire(of, answer);
      if ('lock' in result) held.push(result.lock);
      return result;
    };

    it('has one holder, and another after it was given back', async () => {
      const first = await take(folder);
      expect(await take(folder)).toEqual({ held: true });
      if ('lock' in first) first.lock.dispose();
      expect(await take(folder)).toHaveProperty('lock');
    });

    it('goes by the real folder, and keeps folders apart', async () => {
      const link = path.join(folder, 'link');
      await symlink(folder, link);
      await take(folder);
      expect(await take(link)).toEqual({ held: true });
      expect(await take(path.join(folder, 'other'))).toHaveProperty('lock');
    });

    it('answers one JSON line to each', async () => {
      await take(folder);
      const questions = Array.from({ length: 5 }, (_, index) => ({ index, text: 'ä\n' }));
      const answers = await Promise.all(questions.map((question) => locks().ask(folder, question, 2_000)));
      expect(answers).toEqual(questions.map((question) => ({ heard: question })));
    });

    it('gives undefined when nobody holds it, or the holder is silent', async () => {
      expect(await locks().ask(folder, {}, 2_000)).toBeUndefined();
      const silent = await locks().acquire(folder, () => new Promise(() => {}));
      if ('lock' in silent) held.push(silent.lock);
      expect(await locks().ask(folder, {}, 30)).toBeUndefined();
    });

    it('survives a message that its holder cannot answer', async () => {
      const failing = await locks().acquire(folder, async () => {
        throw new Error('no');
      });
      if ('lock' in failing) held.push(failing.lock);
      expect(await locks().ask(folder, {}, 2_000)).toEqual({ error: 'not understood' });
      expect(await locks().ask(folder, {}, 2_000)).toEqual({ error: 'not understood' });
    });
  },
);

describe('a lock whose holder is killed', () => {
  let script: { path: string; remove: () => Promise<void> };

  beforeAll(async () => {
    script = await temporaryFolder();
    await build({
      stdin: {
        resolveDir: path.resolve(import.meta.dirname, '../..'),
        contents: `
          import { createNodeHost, silentLog } from './src/core/node-host';
          const { locks } = createNodeHost({ log: silentLog });
          locks.acquire(process.argv[2], async () => process.pid).then((result) => {
            console.log('lock' in result ? 'holding' : 'held by another');
            setInterval(() => {}, 1000);
          });`,
      },
      outfile: path.join(script.path, 'holder.cjs'),
      bundle: true,
      platform: 'node',
    });
  });
  afterAll(() => script.remove());

  const startHolder = async (): Promise<{ child: ChildProcess; said: string }> => {
    const child = spawn(process.execPath, [path.join(script.path, 'holder.cjs'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, said: said.toString().trim() };
  };

  it('is free at once, time after time', async () => {
    const locks = createNodeLocks({ log: silentLog });
    for (let round = 0; round < 5; round += 1) {
      const { child, said } = await startHolder();
      expect(said).toBe('holding');
      expect(await locks.acquire(folder, answer)).toEqual({ held: true });
      expect(await locks.ask(folder, 'who?', 2_000)).toBe(child.pid);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const mine = await locks.acquire(folder, answer);
      expect(mine).toHaveProperty('lock');
      if ('lock' in mine) mine.lock.dispose();
    }
  });

  it('has one holder among processes that start together', async () => {
    const holders = await Promise.all(Array.from({ length: 4 }, startHolder));
    try {
      expect(holders.filter(({ said }) => said === 'holding')).toHaveLength(1);
    } finally {
      await Promise.all(
        holders.map(({ child }) => {
          child.kill('SIGKILL');
          return once(child, 'exit');
        }),
      );
    }
  });
});

it('has the same name in every version of Node: one that leaves nothing to be filled up', () => {
  const address = abstractAddress('baton-folder');
  expect(Buffer.byteLength(address)).toBe(108);
  expect(address).toMatch(/^\0baton-folder\0+$/);
});
