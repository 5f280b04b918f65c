import { afterEach, describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../src/core/model/events';
import { foldAll, runStatus } from '../../src/core/model/run-state';
import type { RunStore } from '../../src/core/storage/run-store';
import { completed, runStarted, started } from '../support/events';

export interface StoreUnderTest {
  /** Opens the store of the test as a new owner: what was durable before is there again. */
  open(): Promise<RunStore>;
  cleanUp(): Promise<void>;
}

const at = { at: 1_000, rehearsal: false };

/** What every store promises, whatever it is made of. */
export function describeRunStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest | undefined;
    const opened: RunStore[] = [];
    const open = async (): Promise<RunStore> => {
      under ??= await create();
      const store = await under.open();
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await under?.cleanUp();
      under = undefined;
    });

    it('is empty when it is new', async () => {
      const store = await open();
      expect(await store.runs()).toEqual([]);
      expect(store.unfinished()).toEqual([]);
      expect(await store.read('nobody')).toEqual([]);
      expect(store.findings).toEqual([]);
    });

    it('numbers the events of each run from 1 without gaps, at once', async () => {
      const store = await open();
      const first = store.append('a', [runStarted(['one']), started('one')], at);
      const other = store.append('b', [runStarted(['one'])], at);
      const second = store.append('a', [completed('one')], at);
      expect(first.events.map((event) => event.seq)).toEqual([1, 2]);
      expect(other.events.map((event) => event.seq)).toEqual([1]);
      expect(second.events.map((event) => event.seq)).toEqual([3]);
      await Promise.all([first.durable, other.durable, second.durable]);
      expect(await store.read('a')).toEqual([...first.events, ...second.events]);
    });

    it('shows an event to readers only once it is durable', async () => {
      const store = await open();
      const { durable } = store.append('a', [runStarted(['one'])], at);
      expect(await store.read('a')).toEqual([]);
      await durable;
      expect(await store.read('a')).toHaveLength(1);
    });

    it('reads back after reopening exactly what was appended', async () => {
      const store = await open();
      const bodies: RunEventBody[] = [
        runStarted(['one', 'two']),
        started('one'),
        completed('one', { text: 'ü\n"\u2028' }),
      ];
      const { events, durable } = store.append('a', bodies, { at: 5, rehearsal: true });
      await durable;
      await store.close();
      const again = await open();
      expect(await again.read('a')).toEqual(events);
      expect(events.every((event) => event.rehearsal === true && event.at === 5)).toBe(true);
      expect(again.unfinished()).toEqual(['a']);
      expect(again.id).toBe(store.id);
      expect(again.epoch).toBeGreaterThan(store.epoch);
    });

    it('goes on numbering where the run stood after reopening', async () => {
      const store = await open();
      await store.append('a', [runStarted(['one'])], at).durable;
      await store.close();
      const again = await open();
      const { events, durable } = again.append('a', [started('one')], at);
      await durable;
      expect(events[0]?.seq).toBe(2);
      expect((await again.read('a')).map((event) => event.type)).toEqual(['run-started', 'step-started']);
    });

    it('lists every run, newest first, with the status its events give', async () => {
      const store = await open();
      await store.append('a', [runStarted(['one', 'two'])], { at: 1, rehearsal: false }).durable;
      await store.append('a', [started('one'), completed('one')], { at: 2, rehearsal: false }).durable;
      await store.append('b', [runStarted(['one'])], { at: 3, rehearsal: true }).durable;
      await store.append('b', [started('one'), completed('one')], { at: 4, rehearsal: true }).durable;
      await store.append('b', [{ type: 'run-completed', tolerated: [] }], { at: 5, rehearsal: true }).durable;
      const check = async (reader: RunStore): Promise<void> => {
        const runs = await reader.runs();
        expect(runs).toEqual([
          {
            runId: 'b',
            workflow: 'flow',
            path: 'flow.yaml',
            rehearsal: true,
            status: 'completed',
            startedAt: 3,
            endedAt: 5,
            settledSteps: 1,
            steps: 1,
            openApprovals: 0,
          },
          {
            runId: 'a',
            workflow: 'flow',
            path: 'flow.yaml',
            rehearsal: false,
            status: 'running',
            startedAt: 1,
            settledSteps: 1,
            steps: 2,
            openApprovals: 0,
          },
        ]);
        for (const run of runs) {
          const state = foldAll(await reader.read(run.runId));
          expect(state && runStatus(state)).toBe(run.status);
        }
        expect(reader.unfinished()).toEqual(['a']);
      };
      await check(store);
      await store.close();
      await check(await open());
    });

    it('keeps the events of finished runs readable after reopening', async () => {
      const store = await open();
      for (let index = 0; index < 50; index += 1) {
        const run = `run-${String(index).padStart(3, '0')}`;
        await store.append(run, [runStarted(['one']), started('one'), completed('one', index)], at).durable;
        await store.append(run, [{ type: 'run-completed', tolerated: [] }], at).durable;
      }
      await store.close();
      const again = await open();
      expect(again.unfinished()).toEqual([]);
      expect(await again.runs()).toHaveLength(50);
      for (const run of await again.runs()) expect(await again.read(run.runId)).toHaveLength(4);
    });

    it('takes no event of a run that never began, nor of one that ended', async () => {
      const store = await open();
      await expect(store.append('a', [started('one')], at).durable).rejects.toMatchObject({
        code: 'unknown-run',
      });
      await store.append('b', [runStarted(['one']), { type: 'run-failed', failed: [], message: 'no' }], at)
        .durable;
      await expect(store.append('b', [started('one')], at).durable).rejects.toThrow();
      expect(await store.read('a')).toEqual([]);
      expect(await store.read('b')).toHaveLength(2);
    });

    it('takes what people did about a run after it had ended, and only that', async () => {
      const store = await open();
      await store.append('a', [runStarted(['one']), started('one'), completed('one')], at).durable;
      await store.append('a', [{ type: 'run-completed', tolerated: [] }], at).durable;
      const undone = (path: string) =>
        ({ type: 'changes-undone', step: 'one', attempt: 1, paths: [path], by: 'ada' }) as const;
      const both = [store.amend('a', [undone('a.ts')], at), store.amend('a', [undone('b.ts')], at)];
      expect((await Promise.all(both)).flat().map(({ seq }) => seq)).toEqual([5, 6]);
      expect(store.unfinished()).toEqual([]);
      await expect(store.append('a', [started('one')], at).durable).rejects.toMatchObject({});
      await store.close();
      const again = await open();
      expect((await again.read('a')).map(({ type }) => type).slice(-3)).toEqual([
        'run-completed',
        'changes-undone',
        'changes-undone',
      ]);
      expect(await again.amend('a', [undone('c.ts')], at)).toMatchObject([{ seq: 7 }]);
      expect(await again.runs()).toMatchObject([{ runId: 'a', status: 'completed' }]);
      expect(again.unfinished()).toEqual([]);
      expect(again.findings).toEqual([]);
      await again.close();
      const last = await open();
      expect(await last.read('a')).toHaveLength(7);
      expect(last.findings).toEqual([]);
    });

    it('refuses an owner that was replaced', async () => {
      const first = await open();
      await first.append('a', [runStarted(['one'])], at).durable;
      const second = await open();
      const late = first.append('a', [started('one')], at);
      await expect(late.durable).rejects.toMatchObject({ code: 'stale-owner' });
      await second.append('a', [started('one')], at).durable;
      expect((await second.read('a')).map((event) => event.seq)).toEqual([1, 2]);
    });

    it('refuses appends after it was closed', async () => {
      const store = await open();
      await store.close();
      await expect(store.append('a', [runStarted(['one'])], at).durable).rejects.toMatchObject({
        code: 'store-closed',
      });
    });

    it('keeps artifacts by their content', async () => {
      const store = await open();
      const first = await store.artifacts.put('reports/a.md', 'text/markdown', '# Hello');
      const second = await store.artifacts.put('b.md', 'text/markdown', new TextEncoder().encode('# Hello'));
      expect(first).toMatchObject({ path: 'reports/a.md', mediaType: 'text/markdown', size: 7 });
      expect(second.hash).toBe(first.hash);
      await store.close();
      const again = await open();
      expect(new TextDecoder().decode(await again.artifacts.get(first))).toBe('# Hello');
    });

    it('says when an artifact is not there', async () => {
      const store = await open();
      await expect(store.artifacts.get({ hash: 'f'.repeat(64) })).rejects.toMatchObject({
        code: 'artifact-missing',
      });
    });

    it('keeps live output in the order it came', async () => {
      const store = await open();
      store.logs.append('a', 'one', 1, 'first ');
      store.logs.append('a', 'one', 1, 'second');
      store.logs.append('a', 'one', 2, 'other attempt');
      expect(await store.logs.read('a', 'one', 1)).toBe('first second');
      expect(await store.logs.read('a', 'one', 2)).toBe('other attempt');
      expect(await store.logs.read('a', 'one', 1, 6)).toBe('second');
      expect(await store.logs.read('a', 'two', 1)).toBe('');
    });

    it('remembers the process of a running command', async () => {
      const store = await open();
      await store.logs.noteProcess('a', 'one', 1, { pid: 7, startTime: 'x', mark: 'a/one/1' });
      await store.close();
      const again = await open();
      expect(await again.logs.readProcess('a', 'one', 1)).toEqual({
        pid: 7,
        startTime: 'x',
        mark: 'a/one/1',
      });
      expect(await again.logs.readProcess('a', 'one', 2)).toBeUndefined();
    });
  });
}
