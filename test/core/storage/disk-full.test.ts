import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../src/core/model/events';
import type { RunId } from '../../../src/core/model/ids';
import type { JournalRunStore } from '../../../src/core/storage/journal-run-store';
import { completed, runStarted, started } from '../../support/events';
import { MemoryFiles, type Fault, type Operation } from '../../support/memory-files';
import { FOLDER, memoryHost, openAsOwner } from './store-fixture';

const at = { at: 1, rehearsal: false };

interface Played {
  /** Highest seq that was acknowledged, by run. */
  readonly acknowledged: Map<RunId, number>;
  /** Codes of the appends that were refused. */
  readonly refused: string[];
}

/** Twelve appends to three runs, some at once, as engines do; an append that fails is tried again from what is durable. */
async function play(store: JournalRunStore): Promise<Played> {
  const acknowledged = new Map<RunId, number>();
  const refused: string[] = [];
  const next: Readonly<Record<number, () => RunEventBody[]>> = {
    0: () => [runStarted(['a', 'b'])],
    1: () => [started('a')],
    2: () => [completed('a'), started('b')],
    3: () => [completed('b', { text: 'x'.repeat(300) }), { type: 'run-completed', tolerated: [] }],
  };
  await Promise.all(
    ['one', 'two', 'three'].map(async (runId) => {
      for (let stage = 0; stage < 4;) {
        const { events, durable } = store.append(runId, next[stage]?.() ?? [], at);
        try {
          await durable;
          acknowledged.set(runId, events.at(-1)?.seq ?? 0);
          stage += 1;
        } catch (error) {
          refused.push((error as { code: string }).code);
          if (refused.length > 30) return;
        }
      }
    }),
  );
  return { acknowledged, refused };
}

/** What a later process finds: every run a gapless list that holds at least what was acknowledged. */
async function check(files: MemoryFiles, played: Played): Promise<number> {
  files.fault = () => undefined;
  const store = await openAsOwner(memoryHost(files));
  let events = 0;
  for (const [runId, seq] of played.acknowledged) {
    const list = await store.read(runId);
    expect(list.map((event) => event.seq)).toEqual(list.map((_, index) => index + 1));
    expect(list.length).toBeGreaterThanOrEqual(seq);
    events += seq;
  }
  const faults = store.findings.filter((finding) => /quarantined|damaged|missing/.test(finding));
  expect(faults).toEqual([]);
  await store.close();
  return events;
}

async function withReserve(): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  const host = memoryHost(files);
  const store = await openAsOwner(host);
  await store.append('zero', [runStarted(['a'])], at).durable;
  await store.close();
  expect(files.contents.get(`${FOLDER}/reserve`)?.byteLength).toBe(4 * 1024 * 1024);
  return files;
}

describe('a disk that fails', { timeout: 60_000 }, () => {
  for (const code of ['enospc', 'short-write', 'eio'])
    it(`loses nothing acknowledged when any one call fails with ${code}, and goes on`, async () => {
      let points = 0;
      let acknowledged = 0;
      const run = async (
        fails: (operation: Operation, index: number) => Fault | undefined,
      ): Promise<number> => {
        const files = new MemoryFiles();
        let index = -1;
        files.fault = (operation) => fails(operation, ++index);
        let store: JournalRunStore;
        try {
          store = await openAsOwner(memoryHost(files));
        } catch (error) {
          // Opening a new store needs the disk: it says so, and the next opening is as if it had not been.
          expect((error as { code: string }).code).toBe(code);
          files.fault = () => undefined;
          store = await openAsOwner(memoryHost(files));
        }
        const played = await play(store);
        await store.close();
        for (const refusal of played.refused) expect(refusal).toMatch(/^store-(full|failed)$/);
        expect(played.acknowledged.size).toBe(3);
        acknowledged += await check(files, played);
        return index + 1;
      };
      const operations = await run(() => undefined);
      for (let fail = 0; fail < operations; fail += 1)
        for (const written of [0, 1, 70, 200]) {
          await run((operation, index) =>
            index === fail ? { code, ...(operation.kind === 'append' && { written }) } : undefined,
          );
          points += 1;
        }
      expect(points).toBeGreaterThan(50);
      // One failing call costs no event: what it refused was tried again.
      expect(acknowledged).toBe((points + 1) * 3 * 6);
    });

  it('acknowledges nothing it did not keep while every later call fails, from any moment on', async () => {
    let points = 0;
    let acknowledged = 0;
    for (const code of ['enospc', 'eio'])
      for (let from = 4; from < 40; from += 1) {
        const files = new MemoryFiles();
        const store = await openAsOwner(memoryHost(files));
        let index = 0;
        files.fault = (operation) =>
          ++index > from && operation.kind !== 'remove' ? { code, written: from % 90 } : undefined;
        const played = await play(store);
        await store.close();
        acknowledged += await check(files, played);
        points += 1;
      }
    expect(points).toBe(72);
    expect(acknowledged).toBeGreaterThan(400);
  });

  it('gives up the reserve to record what is in flight, says so once, and is as before when there is room again', async () => {
    const files = await withReserve();
    const store = await openAsOwner(memoryHost(files));
    const notices: string[] = [];
    store.onFull((notice) => notices.push(notice));
    // Full while the reserve stands: its bytes are what there is.
    const noRoom = (operation: Operation): Fault | undefined =>
      (operation.kind === 'append' || operation.kind === 'atomic') && files.contents.has(`${FOLDER}/reserve`)
        ? { code: 'enospc', written: 10 }
        : undefined;
    files.fault = noRoom;
    const first = store.append('one', [runStarted(['a']), started('a')], at);
    const second = store.append('two', [runStarted(['a'])], at);
    await Promise.all([first.durable, second.durable]);
    expect(store.isFull).toBe(true);
    expect(notices).toHaveLength(1);
    await store.append('one', [completed('a')], at).durable;
    expect(notices).toHaveLength(1);
    expect(files.contents.has(`${FOLDER}/reserve`)).toBe(false);
    files.fault = () => ({ code: 'enospc' });
    expect(await store.reclaim()).toBe(false);
    expect(store.isFull).toBe(true);
    files.fault = () => undefined;
    expect(await store.reclaim()).toBe(true);
    expect(store.isFull).toBe(false);
    await store.close();
    const again = await openAsOwner(memoryHost(files));
    expect(await again.read('one')).toEqual([
      ...first.events,
      expect.objectContaining({ type: 'step-completed' }),
    ]);
    expect(again.findings).toEqual([]);
  });

  it('refuses with store-full when the reserve is used up, and numbers what follows without a gap', async () => {
    const files = new MemoryFiles();
    const store = await openAsOwner(memoryHost(files));
    await store.append('one', [runStarted(['a', 'b'])], at).durable;
    files.fault = (operation) => (operation.kind === 'append' ? { code: 'enospc', written: 33 } : undefined);
    const lost = store.append('one', [started('a')], at);
    const behind = store.append('one', [completed('a')], at);
    await expect(lost.durable).rejects.toMatchObject({ code: 'store-full', retryable: true });
    await expect(behind.durable).rejects.toMatchObject({ code: 'store-full' });
    files.fault = () => undefined;
    const next = store.append('one', [started('b')], at);
    expect(next.events[0]?.seq).toBe(2);
    await next.durable;
    await expect(store.artifacts.put('a', 'text/plain', 'x')).resolves.toBeDefined();
    files.fault = () => ({ code: 'enospc' });
    await expect(store.artifacts.put('b', 'text/plain', 'y')).rejects.toMatchObject({ code: 'store-full' });
    await store.close();
    files.fault = () => undefined;
    const again = await openAsOwner(memoryHost(files));
    expect((await again.read('one')).map((event) => event.type)).toEqual(['run-started', 'step-started']);
    expect(again.findings).toEqual([]);
  });

  it('leaves a segment that cannot be cut back, and says in the next how much of it counts', async () => {
    const files = new MemoryFiles();
    const store = await openAsOwner(memoryHost(files));
    await store.append('one', [runStarted(['a', 'b'])], at).durable;
    files.fault = (operation) =>
      operation.kind === 'append'
        ? { code: 'eio', written: 120 }
        : operation.kind === 'truncate'
          ? { code: 'eio' }
          : undefined;
    await expect(store.append('one', [started('a')], at).durable).rejects.toMatchObject({
      code: 'store-failed',
    });
    files.fault = () => undefined;
    await store.append('one', [started('b')], at).durable;
    await store.close();
    expect([...files.contents.keys()].filter((path) => path.includes('/journal/'))).toHaveLength(2);
    for (const file of ['manifest.json', 'runs.json']) files.contents.delete(`${FOLDER}/${file}`);
    const again = await openAsOwner(memoryHost(files));
    expect((await again.read('one')).map((event) => 'step' in event && event.step)).toEqual([false, 'b']);
    expect(again.findings).toEqual([]);
  });
});
