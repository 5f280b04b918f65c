import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/core/host';
import type { JournalRunStore } from '../../../src/core/storage/journal-run-store';
import { raiseEpoch } from '../../../src/core/storage/epoch';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { SEGMENT_BYTES } from '../../../src/core/storage/segment';
import { completed, runStarted, started } from '../../support/events';
import { MemoryFiles } from '../../support/memory-files';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { FOLDER, memoryHost, openAsOwner } from './store-fixture';

const at = { at: 1, rehearsal: false };
const steps = Array.from({ length: 200 }, (_, index) => `s${index}`);

describe('group commit', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: JournalRunStore;
  let writes = 0;
  let syncs = 0;

  beforeEach(async () => {
    folder = await temporaryFolder();
    const host = counting(createTestHost());
    store = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    await store.append('run', [runStarted(steps)], at).durable;
    writes = syncs = 0;
  });
  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  function counting(host: Host): Host {
    return {
      ...host,
      files: {
        ...host.files,
        async openAppend(path) {
          const file = await host.files.openAppend(path);
          return {
            get size() {
              return file.size;
            },
            write: (data) => ((writes += 1), file.write(data)),
            sync: () => ((syncs += 1), file.sync()),
            close: () => file.close(),
          };
        },
      },
    };
  }

  it('syncs at most once for each step of a chain of 200', async () => {
    for (const step of steps) await store.append('run', [started(step), completed(step)], at).durable;
    expect(syncs).toBe(200);
    expect(writes).toBe(200);
    expect(await store.read('run')).toHaveLength(401);
  });

  it('syncs 200 events that come at once a few times', async () => {
    await Promise.all(steps.map((step) => store.append('run', [started(step)], at).durable));
    expect(syncs).toBe(1);
    expect(await store.read('run')).toHaveLength(201);
  });

  it('gathers what comes while a sync is under way into the next one', async () => {
    const waves = Array.from({ length: 10 }, (_, wave) => steps.slice(wave * 20, wave * 20 + 20));
    const all: Promise<void>[] = [];
    for (const wave of waves) {
      all.push(...wave.map((step) => store.append('run', [started(step)], at).durable));
      await Promise.resolve();
    }
    await Promise.all(all);
    expect(syncs).toBeLessThanOrEqual(3);
    expect(await store.read('run')).toHaveLength(201);
  });
});

describe('segments', () => {
  it('are sealed when they are full and hold many runs', async () => {
    const files = new MemoryFiles();
    const host = memoryHost(files);
    const store = await openAsOwner(host);
    const runs = ['one', 'two', 'three'];
    for (const run of runs) await store.append(run, [runStarted(steps.slice(0, 24))], at).durable;
    for (const step of steps.slice(0, 24))
      for (const run of runs) await store.append(run, [completed(step, 'x'.repeat(300_000))], at).durable;
    const segments = [...files.contents].filter(([path]) => path.includes('/journal/'));
    expect(segments).toHaveLength(3);
    for (const [, bytes] of segments.slice(0, -1)) {
      expect(bytes.byteLength).toBeGreaterThanOrEqual(SEGMENT_BYTES);
      expect(bytes.byteLength).toBeLessThan(SEGMENT_BYTES + 400_000);
    }
    await store.close();
    for (const manifest of [true, false]) {
      if (!manifest)
        for (const file of ['manifest.json', 'runs.json']) files.contents.delete(`${FOLDER}/${file}`);
      const again = await openAsOwner(host);
      expect(again.findings).toEqual([]);
      expect(again.unfinished()).toEqual(['one', 'three', 'two']);
      for (const run of runs) expect(await again.read(run)).toHaveLength(25);
      await again.close();
    }
  });

  it('are read only where a run has its records, however long it waited', async () => {
    const files = new MemoryFiles();
    const host = memoryHost(files);
    const store = await openAsOwner(host);
    await store.append('waiting', [runStarted(['a']), started('a')], at).durable;
    await store.append('other', [runStarted(steps)], at).durable;
    for (const step of steps) await store.append('other', [completed(step, 'x'.repeat(10_000))], at).durable;
    await store.append('waiting', [completed('a')], at).durable;
    await store.append('other', [{ type: 'run-completed', tolerated: [] }], at).durable;
    await store.close();
    files.bytesRead = 0;
    const again = await openAsOwner(host);
    expect(await again.read('waiting')).toHaveLength(3);
    expect(files.bytesRead).toBeLessThan(100_000);
    expect(await again.read('other')).toHaveLength(202);
    expect(files.bytesRead).toBeGreaterThan(2_000_000);
    expect(again.findings).toEqual([]);
    await again.close();
  });
});
