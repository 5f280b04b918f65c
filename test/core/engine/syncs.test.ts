import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/core/engine/engine';
import type { Host } from '../../../src/core/host';
import type { Step } from '../../../src/core/model/workflow';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { step, workflow } from './definitions';
import { simpleAgents } from './simulation';

/* How often the disk is asked to sync decides how fast a run can be; a beginning and its result share one where they may. */

describe('syncs of the disk', () => {
  let folder: { path: string; remove: () => Promise<void> };
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  async function count(steps: readonly Step[], parallelism = 100): Promise<number> {
    let syncs = 0;
    const machine = createTestHost();
    const host: Host = {
      ...machine,
      files: {
        ...machine.files,
        openAppend: async (path) => {
          const file = await machine.files.openAppend(path);
          const sync = () => {
            syncs += 1;
            return file.sync();
          };
          return {
            get size() {
              return file.size;
            },
            write: (data) => file.write(data),
            sync,
            close: () => file.close(),
          };
        },
      },
    };
    const store = await openRunStore(host, folder.path, { epoch: 1 });
    const engine = new Engine({
      host,
      store,
      agents: simpleAgents(),
      workspace: '/',
      moves: 'all',
      owner: 'test',
    });
    const runId = await engine.start({
      definition: workflow(steps, { parallelism }),
      definitionHash: 'h',
      source: { lines: {} },
      inputs: {},
      mode: 'interactive',
      by: 'ada',
      notes: [],
      rehearsal: false,
    });
    expect((await engine.whenIdle(runId)).phase).toBe('completed');
    await engine.close();
    await store.close();
    return syncs;
  }

  const chain = (length: number, idempotent: boolean) =>
    Array.from({ length }, (_, at) =>
      step(`s${at}`, { dependsOn: at === 0 ? [] : [`s${at - 1}`], idempotent }),
    );

  it('are one for each step of a chain that may be repeated', async () => {
    expect(await count(chain(30, true))).toBeLessThanOrEqual(30 + 2);
  });

  it('are two for each step of a chain that must not be repeated', async () => {
    expect(await count(chain(30, false))).toBeLessThanOrEqual(2 * 30 + 2);
  });

  it('are hardly more than levels where steps end together', async () => {
    const layers = Array.from({ length: 60 }, (_, at) => {
      const level = Math.floor(at / 10);
      const dependsOn =
        level === 0 ? [] : Array.from({ length: 10 }, (_unused, one) => `s${(level - 1) * 10 + one}`);
      return step(`s${at}`, { dependsOn, idempotent: true });
    });
    expect(await count(layers)).toBeLessThanOrEqual(6 + 2);
  });
});
