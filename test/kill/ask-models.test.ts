import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import { foldAll } from '../../src/core/model/run-state';
import { openDayLedger } from '../../src/core/storage/day-ledger';
import { openRunStore } from '../../src/core/storage/journal-run-store';
import { openOwner } from '../../src/core/storage/owner';
import { violations } from '../core/engine/invariants';
import { createTestHost, temporaryFolder } from '../support/node-host';

/* Processes that ask models are killed at any moment, one after the other, until one brings the run to its end. */

const root = path.resolve(import.meta.dirname, '../..');
const script = path.join(root, '.cache/ask-models.cjs');
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'ask-models.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
});
beforeEach(async () => {
  folder = await temporaryFolder('ask-models');
});
afterEach(() => folder.remove());

interface Life {
  readonly runId: string;
  readonly idle: string | undefined;
}

/** One process, killed so long after it has its run at hand. */
function live(wire: string, killAfterMs: number | undefined): Promise<Life> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, path.join(folder.path, 'store'), wire, '3'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, XDG_STATE_HOME: folder.path },
    });
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (more: string) => {
      const hadRun = text.includes('run ');
      text += more;
      if (!hadRun && text.includes('run ') && killAfterMs !== undefined)
        setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    child.once('error', reject);
    child.once('close', () =>
      resolve({ runId: /run (\S+)/.exec(text)?.[1] ?? '', idle: /idle (\S+)/.exec(text)?.[1] }),
    );
  });
}

describe('a process that asks models', () => {
  it(`is killed again and again, and nothing that was answered is asked twice (seed ${SEED})`, async () => {
    const wire = path.join(folder.path, 'wire');
    let seed = SEED;
    const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    let kills = 0;
    let runId = '';
    for (let life = 0; life < 40; life += 1) {
      const ended = await live(wire, life < 12 ? random() * 90 : undefined);
      runId = ended.runId === '' ? runId : ended.runId;
      if (ended.idle === 'completed') break;
      kills += 1;
    }
    const events = await eventsOf(runId);
    const state = foldAll(events);
    expect(state?.phase).toBe('completed');
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(violations(events)).toEqual([]);

    const answered = events.filter((event) => event.type === 'call-answered');
    const hashes = answered.map(({ requestHash }) => requestHash);
    // Four steps of four calls: each answer recorded once, however often its process died.
    expect(new Set(hashes).size).toBe(16);
    expect(hashes).toHaveLength(16);
    const lost = Object.values(state?.calls ?? {})
      .flat()
      .filter(({ status }) => status === 'lost');
    const asked = (await readFile(wire, 'utf8')).trim().split('\n');
    // What was on the wire when a process died is asked again, and nothing else is.
    expect(asked.length).toBeLessThanOrEqual(16 + lost.length);
    // Booked: every answer at its price, every lost request at its worst case.
    expect(state?.spent.usd).toBeCloseTo(16 * 0.04 + lost.length * 0.1);
    const today = await openDayLedger({
      ...createTestHost(),
      env: (name) => (name === 'XDG_STATE_HOME' ? folder.path : undefined),
    }).today();
    // The day knows of whatever left, also of what was lost before its decision was on the disk.
    expect(today.total.calls).toBeGreaterThanOrEqual(asked.length);
    expect(today.total.usd).toBeGreaterThanOrEqual(16 * 0.04 - 1e-9);
  }, 120_000);
});

async function eventsOf(runId: string): Promise<readonly RunEvent[]> {
  const host = createTestHost();
  const home = path.join(folder.path, 'store');
  const owner = await openOwner(host, home, { name: 'reader', pid: process.pid, kind: 'terminal' });
  if (!owner.isOwner) throw new Error('somebody still owns the folder');
  const store = await openRunStore(host, home, { epoch: owner.epoch });
  const events = await store.read(runId);
  await store.close();
  owner.dispose();
  return events;
}
