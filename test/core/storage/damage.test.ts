import { describe, expect, it } from 'vitest';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { MemoryFiles } from '../../support/memory-files';
import { started } from '../../support/events';
import { FOLDER, makeFixture, memoryHost, openAsOwner, survey, type Fixture } from './store-fixture';

const SEED = 8_1543;

/** Park and Miller's generator: the same flips on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function changed(fixture: Fixture, path: string, bytes: Uint8Array | undefined): Map<string, Uint8Array> {
  const contents = new Map(fixture.contents);
  if (bytes === undefined) contents.delete(path);
  else contents.set(path, bytes);
  return contents;
}

const bytesOf = (fixture: Fixture, path: string): Uint8Array =>
  fixture.contents.get(path) ?? new Uint8Array();
const journalOf = (fixture: Fixture): string[] =>
  [...fixture.contents.keys()].filter((path) => path.includes('/journal/')).sort();

describe('a store that was cut or rotted', { timeout: 120_000 }, () => {
  it('opens whole and silent when nothing happened to it', async () => {
    for (const closed of [true, false]) {
      const fixture = await makeFixture(closed);
      expect(await survey(fixture.contents, fixture)).toEqual({
        whole: 8,
        shortened: [],
        findings: [],
        goingOn: ['uncertain', 'paused'].sort(),
      });
    }
  });

  it('loses no whole record when it is cut at any byte of the last three', async () => {
    const fixture = await makeFixture(false);
    const { path, ends } = fixture.lastSegment;
    const [before = 0] = ends.slice(-4);
    const whole = bytesOf(fixture, path);
    let silent = 0;
    let reopened = 0;
    for (let size = before; size < whole.byteLength; size += 1) {
      const contents = changed(fixture, path, whole.slice(0, size));
      const lost = ends.filter((end) => end > size).length;
      const files = new MemoryFiles(contents);
      const store = await openAsOwner(memoryHost(files));
      let came = 0;
      for (const runId of fixture.events.keys()) came += (await store.read(runId)).length;
      const all = [...fixture.events.values()].flat().length;
      expect(came, `cut at ${size}`).toBe(all - lost);
      const atBoundary = ends.includes(size);
      expect(store.findings, `cut at ${size}`).toHaveLength(atBoundary ? 0 : 1);
      if (atBoundary) silent += 1;
      // And the store goes on from there.
      const [runId = ''] = store.unfinished();
      const { events, durable } = store.append(runId, [started('a', 9)], { at: 1, rehearsal: false });
      await durable;
      await store.close();
      const again = await openAsOwner(memoryHost(files));
      expect(again.findings).toEqual([]);
      expect((await again.read(runId)).at(-1)).toEqual(events[0]);
      reopened += 1;
      await again.close();
    }
    expect(silent).toBe(3);
    expect(reopened).toBe(whole.byteLength - before);
    expect(reopened).toBeGreaterThan(500);
  });

  it('notices every cut when its manifest was written, even one between two records', async () => {
    const fixture = await makeFixture(true);
    const { path, ends } = fixture.lastSegment;
    const whole = bytesOf(fixture, path);
    for (let size = ends.at(-4) ?? 0; size < whole.byteLength; size += 1) {
      const result = await survey(changed(fixture, path, whole.slice(0, size)), fixture);
      expect(result.findings.length, `cut at ${size}`).toBeGreaterThan(0);
      expect(result.whole).toBeGreaterThanOrEqual(4);
      // A run that lost what others may have seen does not go on as if nothing were.
      for (const runId of result.shortened) expect(result.goingOn).not.toContain(runId);
    }
  });

  for (const closed of [true, false])
    it(`detects each of 1,200 flipped bits and keeps the other runs (${closed ? 'closed' : 'killed'} before)`, async () => {
      const fixture = await makeFixture(closed);
      const random = randomFrom(SEED + Number(closed));
      const paths = [...fixture.contents.keys()].filter((path) => !path.endsWith('/reserve'));
      const sizes = paths.map((path) => bytesOf(fixture, path).byteLength);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const lastTail = fixture.lastSegment.ends.at(-2) ?? 0;
      let wholeRuns = 0;
      let unharmed = 0;
      let silent = 0;
      let quarantined = 0;
      for (let flip = 0; flip < 1_200; flip += 1) {
        let at = Math.floor(random() * total);
        const index = sizes.findIndex((size) => (at < size ? true : ((at -= size), false)));
        const path = paths[index] ?? '';
        const bytes = bytesOf(fixture, path).slice();
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        const damaged = changed(fixture, path, bytes);
        const result = await survey(damaged, fixture);
        const where = `seed ${SEED}, flip ${flip} at ${path}:${at}`;
        const inCutTail = path === fixture.lastSegment.path && at >= lastTail;
        if (result.shortened.length > 0) {
          expect(result.findings.length, where).toBeGreaterThan(0);
          if (!inCutTail)
            for (const runId of result.shortened) expect(result.goingOn, where).not.toContain(runId);
          quarantined += result.shortened.length;
        } else {
          unharmed += 1;
          // Where nothing was lost nothing need be said; a full check still sees it.
          if (path.includes('/journal/') && result.findings.length === 0) {
            silent += 1;
            const store = await openAsOwner(memoryHost(new MemoryFiles(damaged)));
            expect(await store.verify(), where).not.toEqual([]);
            await store.close();
          }
        }
        expect(result.whole, where).toBeGreaterThanOrEqual(4);
        wholeRuns += result.whole;
      }
      expect(wholeRuns).toBeGreaterThan(1_200 * 8 * 0.8);
      expect(quarantined).toBeGreaterThan(100);
      expect(unharmed).toBeGreaterThan(50);
      // Only the headers of sealed segments are not looked at when a store opens from its manifest.
      expect(silent).toBeLessThan(10);
    });

  it('says so when files are emptied, missing or swapped, and brings back what the others hold', async () => {
    for (const closed of [true, false]) {
      const fixture = await makeFixture(closed);
      const [first = '', second = ''] = journalOf(fixture);
      const empty = new Uint8Array();
      const cases: [string, Map<string, Uint8Array>, number, boolean][] = [
        ['first segment emptied', changed(fixture, first, empty), 0, true],
        ['first segment missing', changed(fixture, first, undefined), 0, true],
        ['second segment emptied', changed(fixture, second, empty), 0, true],
        [
          'segments swapped',
          new Map([
            ...fixture.contents,
            [first, bytesOf(fixture, second)],
            [second, bytesOf(fixture, first)],
          ]),
          0,
          true,
        ],
        ['store.json emptied', changed(fixture, `${FOLDER}/store.json`, empty), 8, true],
        ['store.json missing', changed(fixture, `${FOLDER}/store.json`, undefined), 8, true],
        ['manifest emptied', changed(fixture, `${FOLDER}/manifest.json`, empty), 8, false],
        ['manifest missing', changed(fixture, `${FOLDER}/manifest.json`, undefined), 8, false],
        ['runs.json emptied', changed(fixture, `${FOLDER}/runs.json`, empty), 8, false],
        ['runs.json missing', changed(fixture, `${FOLDER}/runs.json`, undefined), 8, false],
        ['epoch emptied', changed(fixture, `${FOLDER}/epoch`, empty), 8, false],
      ];
      for (const [name, contents, whole, isReported] of cases) {
        const result = await survey(contents, fixture);
        expect(result.whole, `${name}, closed ${closed}`).toBeGreaterThanOrEqual(whole);
        if (isReported) expect(result.findings.length, `${name}, closed ${closed}`).toBeGreaterThan(0);
        else expect(result.findings, `${name}, closed ${closed}`).toEqual([]);
        for (const runId of result.shortened) expect(result.goingOn, name).not.toContain(runId);
      }
      const bare = new Map([...fixture.contents].filter(([path]) => !path.includes('/journal/')));
      expect((await survey(bare, fixture)).findings.join()).toContain('missing');
      const onlyMark = new Map([...fixture.contents].filter(([path]) => path.endsWith('store.json')));
      expect((await survey(onlyMark, fixture)).findings.join()).toContain('The journal is missing');
    }
  });

  it('quarantines the run whose record rotted and lets the others go on', async () => {
    const fixture = await makeFixture(false);
    const path = fixture.lastSegment.path;
    const text = new TextDecoder().decode(bytesOf(fixture, path));
    // The owner's last records: one of `paused` follows one of `uncertain`.
    const lines = text.split('\n');
    const index = lines.findIndex((line) => line.includes('"run":"gated"'));
    lines[index] = (lines[index] ?? '').replace('"v":1', '"v":2');
    const files = new MemoryFiles(changed(fixture, path, new TextEncoder().encode(lines.join('\n'))));
    const store = await openAsOwner(memoryHost(files));
    expect(store.findings.join('\n')).toMatch(/Run gated is quarantined after event/);
    expect(store.unfinished()).toEqual(['paused', 'uncertain']);
    await expect(
      store.append('gated', [started('b')], { at: 1, rehearsal: false }).durable,
    ).rejects.toMatchObject({
      code: 'run-quarantined',
    });
    await store.append('paused', [started('b')], { at: 1, rehearsal: false }).durable;
    expect((await store.runs()).find((run) => run.runId === 'gated')?.status).toBe('damaged');
    await store.close();
    const again = await openAsOwner(memoryHost(files));
    expect(again.unfinished()).toEqual(['paused', 'uncertain']);
    expect(again.findings.join('\n')).toMatch(/gated is quarantined/);
  });

  it('opens read-only when a newer Baton wrote it', async () => {
    const fixture = await makeFixture(true);
    const files = new MemoryFiles(fixture.contents);
    const host = memoryHost(files);
    const path = `${FOLDER}/store.json`;
    const identity = JSON.parse(new TextDecoder().decode(bytesOf(fixture, path))) as object;
    files.contents.set(path, new TextEncoder().encode(JSON.stringify({ ...identity, format: 2 })));
    files.operations.length = 0;
    const store = await openRunStore(host, FOLDER, { epoch: 3 });
    expect(store.findings.join()).toMatch(/newer Baton \(format 2\).*read-only/);
    expect(await store.runs()).toHaveLength(8);
    await expect(
      store.append('paused', [started('b')], { at: 1, rehearsal: false }).durable,
    ).rejects.toMatchObject({
      code: 'store-newer',
    });
    await store.close();
    expect(files.operations).toEqual([]);
  });
});
