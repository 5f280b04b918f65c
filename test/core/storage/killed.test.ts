import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../../src/core/storage/database';
import { raiseEpoch } from '../../../src/core/storage/epoch';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { openOwner } from '../../../src/core/storage/owner';
import { createTestHost, temporaryFolder } from '../../support/node-host';

const root = path.resolve(import.meta.dirname, '../../..');
const script = path.join(root, '.cache/append-loop.cjs');
const host = createTestHost();
const LIVES = 8;
const ROUNDS = 2;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'append-loop.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
});
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

/** Lets a process append until it has acknowledged so many events, kills it, and gives all it acknowledged. */
function appendUntilKilled(life: number, acknowledgements: number): Promise<Map<string, number>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, folder.path, String(life)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged = new Map<string, number>();
    let rest = '';
    let count = 0;
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [word, run = '', seq] = line.split(' ');
        if (word !== 'ack') continue;
        acknowledged.set(run, Number(seq));
        count += 1;
        if (count === acknowledgements) child.kill('SIGKILL');
      }
    });
    child.once('error', reject);
    child.once('close', (_code, signal) =>
      signal === 'SIGKILL' ? resolve(acknowledged) : reject(new Error('the child ended by itself')),
    );
  });
}

/** The database after all these lives, and one made from the journal alone. */
async function expectSameRowsWhenMadeAgain(): Promise<void> {
  const read = async (): Promise<unknown> => {
    const store = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    const database = new Database(host, store);
    const rows: Record<string, readonly unknown[]> = {};
    for (const table of [
      'workflows',
      'workflow_executions',
      'workflow_events',
      'workflow_checkpoints',
      'audit_log',
    ])
      rows[table] = await database.query(`SELECT * FROM ${table} ORDER BY id`);
    await database.close();
    await store.close();
    expect(rows['workflow_events']?.length).toBeGreaterThan(LIVES * 40);
    return rows;
  };
  const before = await read();
  await host.files.remove(path.join(folder.path, 'workflows.db'));
  expect(await read()).toEqual(before);
}

describe('a process that is killed while it appends', () => {
  it('loses no acknowledged event, life after life', async () => {
    const acknowledged = new Map<string, number>();
    let torn = 0;
    for (let life = 0; life < LIVES; life += 1) {
      for (const [run, seq] of await appendUntilKilled(life, 40 + life * 53)) acknowledged.set(run, seq);
      // The lock is free the moment the kernel has buried the process.
      const owner = await openOwner(host, folder.path, { name: 'test', pid: process.pid, kind: 'terminal' });
      expect(owner.isOwner).toBe(true);
      const store = await openRunStore(host, folder.path, { epoch: owner.epoch });
      torn += store.findings.length;
      for (const finding of store.findings) expect(finding).toMatch(/were not whole and were cut/);
      for (const [run, seq] of acknowledged) {
        const events = await store.read(run);
        expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
        expect(events.length, run).toBeGreaterThanOrEqual(seq);
      }
      const finished = [...acknowledged.values()].filter((seq) => seq === 6).length;
      expect((await store.runs()).filter((run) => run.status === 'completed').length).toBeGreaterThanOrEqual(
        finished,
      );
      // Every other life ends cleanly afterwards, so that both ways of opening are met.
      if (life % 2 === 0) await store.close();
      owner.dispose();
    }
    await expectSameRowsWhenMadeAgain();
    expect(acknowledged.size).toBeGreaterThan((LIVES * 40) / 4);
    expect(torn).toBeLessThanOrEqual(LIVES);
  }, 60_000);

  it('keeps the folder while it only sleeps', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [script, folder.path, 'sleeper'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    let acknowledged = 0;
    let onMore = (): void => {};
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      acknowledged += text.split('ack ').length - 1;
      onMore();
    });
    const more = (): Promise<void> => {
      const wanted = acknowledged + 20;
      return new Promise((resolve) => (onMore = () => acknowledged >= wanted && resolve()));
    };
    await more();
    for (let round = 0; round < ROUNDS; round += 1) {
      child.kill('SIGSTOP');
      // Silent for 2 s, so its notes say who it is; and it stays the owner.
      const other = await openOwner(host, folder.path, { name: 'test', pid: 1, kind: 'terminal' });
      expect(other.isOwner).toBe(false);
      expect(other.other).toMatchObject({ name: 'life sleeper', pid: child.pid });
      other.dispose();
      child.kill('SIGCONT');
      await more();
    }
    child.kill('SIGKILL');
    await ended;
    const store = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    expect((await store.runs()).flatMap((run) => run.settledSteps).length).toBeGreaterThan(10);
    expect(store.findings.filter((finding) => !finding.includes('were cut'))).toEqual([]);
    await store.close();
  });
});
