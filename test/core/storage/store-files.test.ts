import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileArtifacts } from '../../../src/core/storage/artifacts';
import { raiseEpoch } from '../../../src/core/storage/epoch';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { FileStepLogs } from '../../../src/core/storage/step-logs';
import { sweepTemporaries } from '../../../src/core/storage/sweep';
import { runStarted } from '../../support/events';
import { createTestHost, temporaryFolder } from '../../support/node-host';

const host = createTestHost();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

describe('artifacts', () => {
  it('lie under their hash, written once however often they are put at the same time', async () => {
    const artifacts = new FileArtifacts(host, folder.path);
    const refs = await Promise.all(
      Array.from({ length: 20 }, () => artifacts.put('a/b.txt', 'text/plain', 'hello')),
    );
    const hash = host.sha256('hello');
    expect(new Set(refs.map((ref) => ref.hash))).toEqual(new Set([hash]));
    expect(await readdir(path.join(folder.path, 'artifacts', hash.slice(0, 2)))).toEqual([hash]);
  });

  it('are refused when they were changed on the disk, and put right when they are put again', async () => {
    const artifacts = new FileArtifacts(host, folder.path);
    const ref = await artifacts.put('b.txt', 'text/plain', 'hello');
    const file = path.join(folder.path, 'artifacts', ref.hash.slice(0, 2), ref.hash);
    await writeFile(file, 'hellO');
    await expect(artifacts.get(ref)).rejects.toMatchObject({ code: 'artifact-corrupt' });
    await artifacts.put('b.txt', 'text/plain', 'hello');
    expect(new TextDecoder().decode(await artifacts.get(ref))).toBe('hello');
  });

  it('are found by hash only, never by a path', async () => {
    const artifacts = new FileArtifacts(host, folder.path);
    await writeFile(path.join(folder.path, 'token'), 'x');
    for (const hash of ['../../token', '..', '', 'A'.repeat(64), `${'a'.repeat(63)}/`])
      await expect(artifacts.get({ hash })).rejects.toMatchObject({ code: 'artifact-missing' });
  });
});

describe('logs of steps', () => {
  it('stay inside their folder whatever a step is called', async () => {
    const logs = new FileStepLogs(host, folder.path);
    const names = ['../../escape', '..', '.', 'a/b', 'CON', 'x'.repeat(5_000), 'ü ✓', 'a*b?c'];
    for (const name of names) logs.append('run', name, 1, `of ${name}`);
    for (const name of names) expect(await logs.read('run', name, 1)).toBe(`of ${name}`);
    await logs.close();
    expect(await readdir(folder.path)).toEqual(['logs']);
    expect(await readdir(path.join(folder.path, 'logs'))).toEqual(['run']);
    expect(await readdir(path.join(folder.path, 'logs', 'run'))).toHaveLength(names.length);
  });

  it('stop growing at a limit and say so', async () => {
    const logs = new FileStepLogs(host, folder.path);
    for (let count = 0; count < 12; count += 1) logs.append('run', 'yes', 1, 'y\n'.repeat(500_000));
    expect(await logs.read('run', 'yes', 1, 100)).toMatch(/The rest of the output was not kept/);
    await logs.close();
    const [file = ''] = await readdir(path.join(folder.path, 'logs', 'run'));
    expect((await stat(path.join(folder.path, 'logs', 'run', file))).size).toBeLessThan(8.1 * 1024 * 1024);
  });

  it('begin with a whole character when only their end is read', async () => {
    const logs = new FileStepLogs(host, folder.path);
    logs.append('run', 'a', 1, 'üüüü');
    expect(await logs.read('run', 'a', 1, 5)).toBe('üü');
    await logs.close();
  });

  it('keep many at once in order', async () => {
    const logs = new FileStepLogs(host, folder.path);
    for (let line = 0; line < 50; line += 1)
      for (let step = 0; step < 40; step += 1) logs.append('run', `s${step}`, 1, `${line} `);
    const wanted = Array.from({ length: 50 }, (_, line) => `${line} `).join('');
    for (let step = 0; step < 40; step += 1) expect(await logs.read('run', `s${step}`, 1)).toBe(wanted);
    await logs.close();
  });
});

describe('a state folder', () => {
  it('is readable for its owner only', async () => {
    const store = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    await store.append('run', [runStarted(['a'])], { at: 1, rehearsal: false }).durable;
    store.logs.append('run', 'a', 1, 'text');
    await store.artifacts.put('a', 'text/plain', 'x');
    await store.close();
    const files = (await readdir(folder.path, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) {
      const { mode } = await stat(path.join(file.parentPath, file.name));
      expect(mode & 0o077, file.name).toBe(0);
    }
  });

  it('is swept of what killed writes left behind, not of what is being written', async () => {
    await mkdir(path.join(folder.path, 'artifacts', 'ab'), { recursive: true });
    const old = ['.manifest.json.0123456789ab.tmp', 'artifacts/ab/.x.0123456789ab.tmp'];
    const kept = ['.runs.json.0123456789ab.tmp', 'store.json', 'notes.tmp'];
    for (const name of [...old, ...kept]) await writeFile(path.join(folder.path, name), 'x');
    for (const name of [...old, 'notes.tmp']) await utimes(path.join(folder.path, name), 1, 1);
    expect(await sweepTemporaries(host, folder.path)).toBe(2);
    for (const name of kept) expect(await host.files.stat(path.join(folder.path, name))).toBeDefined();
  });
});
