import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raiseEpoch } from '../../../src/core/storage/epoch';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { completed, runStarted, started } from '../../support/events';
import { createTestHost, temporaryFolder } from '../../support/node-host';

const host = createTestHost();
const at = { at: 1, rehearsal: false };
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

describe('two owners', { timeout: 60_000 }, () => {
  it('never both record: what a replaced one appends is refused and does not count', async () => {
    const rounds = 40;
    const accepted: { run: string; step: string }[] = [];
    let refused = 0;
    let before = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    for (let round = 0; round < rounds; round += 1) {
      const run = `run-${String(round).padStart(2, '0')}`;
      await before.append(run, [runStarted(['a', 'b', 'c'])], at).durable;
      // The old owner keeps appending while the new one takes over at an arbitrary moment.
      const appends = ['a', 'b', 'c'].map(async (step, index) => {
        for (let turn = 0; turn < ((round * 7 + index) % 5) * 3; turn += 1) await Promise.resolve();
        const { durable } = before.append(run, [started(step)], at);
        return durable.then(
          () => accepted.push({ run, step }),
          (error: { code: string }) => {
            expect(error.code).toBe('stale-owner');
            refused += 1;
          },
        );
      });
      const epoch = raiseEpoch(host, folder.path);
      if (round % 2 === 0) await Promise.all(appends);
      const after = await openRunStore(host, folder.path, { epoch: await epoch });
      await Promise.all(appends);
      await expect(before.append(run, [completed('a')], at).durable).rejects.toMatchObject({
        code: 'stale-owner',
      });
      refused += 1;
      // The new owner's record makes its own order final.
      const { events, durable } = after.append(
        run,
        [{ type: 'owner-changed', epoch: after.epoch, owner: 'test', recovery: true }],
        at,
      );
      await durable;
      const list = await after.read(run);
      expect(list.at(-1)).toEqual(events[0]);
      expect(list.map((event) => event.seq)).toEqual(list.map((_, index) => index + 1));
      await before.close();
      before = after;
    }
    await before.close();
    const last = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    for (const { run, step } of accepted) {
      const events = await last.read(run);
      expect(
        events.some((event) => event.type === 'step-started' && event.step === step),
        `${run} ${step}`,
      ).toBe(true);
    }
    for (const run of last.unfinished()) {
      const events = await last.read(run);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    }
    expect(last.unfinished()).toHaveLength(rounds);
    expect(accepted.length).toBeGreaterThan(10);
    expect(refused).toBeGreaterThanOrEqual(rounds);
    expect(last.findings.filter((finding) => finding.includes('quarantined'))).toEqual([]);
    await last.close();
  });

  it('lets a viewer see what the owner appends, and change nothing', async () => {
    const viewerFirst = await openRunStore(host, folder.path, { epoch: 0, readOnly: true });
    expect(await viewerFirst.runs()).toEqual([]);
    expect(await host.files.list(folder.path)).toEqual([]);
    const owner = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    await owner.append('run', [runStarted(['a'])], at).durable;
    expect((await viewerFirst.refresh()).map((event) => event.type)).toEqual(['run-started']);
    const viewer = await openRunStore(host, folder.path, { epoch: 0, readOnly: true });
    expect(await viewer.read('run')).toHaveLength(1);
    await owner.append('run', [started('a'), completed('a')], at).durable;
    await owner.append('run', [{ type: 'run-completed', tolerated: [] }], at).durable;
    for (const store of [viewer, viewerFirst]) {
      expect((await store.refresh()).map((event) => event.seq)).toEqual([2, 3, 4]);
      expect(await store.refresh()).toEqual([]);
      expect(await store.read('run')).toEqual(await owner.read('run'));
      expect(await store.runs()).toEqual(await owner.runs());
      expect(store.unfinished()).toEqual([]);
      await expect(store.append('run', [started('a')], at).durable).rejects.toMatchObject({
        code: 'not-owner',
      });
      await store.close();
    }
    await owner.close();
  });

  it('lets a viewer follow from one owner to the next', async () => {
    const first = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    await first.append('run', [runStarted(['a'])], at).durable;
    const viewer = await openRunStore(host, folder.path, { epoch: 0, readOnly: true });
    await first.close();
    const second = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
    await second.append('run', [started('a')], at).durable;
    await second.append('new', [runStarted(['a'])], at).durable;
    expect((await viewer.refresh()).map((event) => `${event.runId}@${event.seq}`)).toEqual([
      'run@2',
      'new@1',
    ]);
    expect(viewer.findings).toEqual([]);
    await viewer.close();
    await second.close();
  });
});
