import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/core/host';
import { raiseEpoch } from '../../../src/core/storage/epoch';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { runLists } from './run-lists';

const host = createTestHost();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

/** A host whose list of finished runs is slow to be written: it waits for `release`. */
function slowToSave() {
  const due: (() => void)[] = [];
  const writing: string[] = [];
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let end = (): void => {};
  const saved = new Promise<void>((resolve) => (end = resolve));
  const slow: Host = {
    ...host,
    clock: {
      ...host.clock,
      after: (_ms, callback) => {
        due.push(callback);
        return { dispose: () => {} };
      },
    },
    files: {
      ...host.files,
      writeAtomic: async (file, data, options) => {
        if (file.endsWith('runs.json')) {
          writing.push(file);
          begin();
          if (writing.length === 1) await released;
        }
        await host.files.writeAtomic(file, data, options);
        if (file.endsWith('manifest.json')) end();
      },
    },
  };
  return {
    slow,
    save: () => due.splice(0).forEach((callback) => callback()),
    begun,
    release,
    saved,
    writing,
  };
}

describe('what is recorded of a run after it had ended', () => {
  it('is kept when the list of finished runs is being written at that moment', async () => {
    const { slow, save, begun, release, saved } = slowToSave();
    const epoch = () => raiseEpoch(host, folder.path);
    const store = await openRunStore(slow, folder.path, { epoch: await epoch() });
    const bodies = runLists['tools'] ?? [];
    for (const [at, body] of bodies.entries())
      await store.append('tools', [body], { at, rehearsal: false }).durable;
    save();
    await begun;
    const undone = { type: 'changes-undone', step: 'a', attempt: 3, paths: ['1.ts'], by: 'ada' } as const;
    await store.amend('tools', [undone], { at: 2_000, rehearsal: false });
    release();
    await saved;
    await store.close();
    expect(await store.read('tools')).toHaveLength(bodies.length + 1);

    const again = await openRunStore(host, folder.path, { epoch: await epoch() });
    expect(await again.read('tools')).toHaveLength(bodies.length + 1);
    expect(await again.amend('tools', [undone], { at: 2_001, rehearsal: false })).toMatchObject([
      { seq: bodies.length + 2 },
    ]);
    expect(again.findings).toEqual([]);
    await again.close();
  });

  it('is kept when the store is closed while the list is being written', async () => {
    const { slow, save, begun, release, writing } = slowToSave();
    const store = await openRunStore(slow, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    const bodies = runLists['tools'] ?? [];
    for (const [at, body] of bodies.entries())
      await store.append('tools', [body], { at, rehearsal: false }).durable;
    save();
    await begun;
    const undone = { type: 'changes-undone', step: 'a', attempt: 3, paths: ['1.ts'], by: 'ada' } as const;
    await store.amend('tools', [undone], { at: 2_000, rehearsal: false });
    const closing = store.close();
    // Time enough for a second list to be written beside the first, if it does not wait for it.
    for (let turn = 0; turn < 500; turn += 1) await new Promise(setImmediate);
    expect(writing).toHaveLength(1);
    release();
    await closing;
    const again = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    expect(await again.read('tools')).toHaveLength(bodies.length + 1);
    await again.close();
  });
});
