import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../../src/core/model/events';
import { Database } from '../../src/core/storage/database';
import { DATABASE_FILE } from '../../src/core/storage/database-file';
import { openRunStore, type JournalRunStore } from '../../src/core/storage/journal-run-store';
import { createTestHost, temporaryFolder } from '../support/node-host';

const TABLES = [
  'workflows',
  'workflow_executions',
  'workflow_events',
  'workflow_checkpoints',
  'approvals',
  'audit_log',
  'workflow_runs',
  'model_calls',
];
const golden = path.join(import.meta.dirname, 'golden');

describe('the database', () => {
  let folder: { path: string; remove: () => Promise<void> };
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  async function withDatabase<T>(
    act: (store: JournalRunStore, database: Database) => Promise<T>,
  ): Promise<T> {
    const host = createTestHost();
    const store = await openRunStore(host, folder.path, { epoch: 1 });
    const database = new Database(host, store);
    try {
      return await act(store, database);
    } finally {
      await database.close();
      await store.close();
    }
  }

  async function rows(database: Database): Promise<Record<string, unknown[]>> {
    const found: Record<string, unknown[]> = {};
    for (const table of TABLES) {
      const all = await database.query(`SELECT * FROM ${table}`);
      found[table] = all.map((row) => JSON.stringify(row)).sort();
    }
    return found;
  }

  it('has the same rows for every golden log when it is deleted and made again', async () => {
    const stories = (await readdir(golden)).filter((name) => name.endsWith('.jsonl'));
    expect(stories.length).toBeGreaterThan(30);
    const grown = await withDatabase(async (store, database) => {
      for (const [index, story] of stories.entries()) {
        await tell(store, path.basename(story, '.jsonl'), await readFile(path.join(golden, story), 'utf8'));
        // Looked at now and then, as a person would: it catches up piece by piece.
        if (index % 7 === 0) await database.query('SELECT count(*) FROM workflow_events');
      }
      return rows(database);
    });
    for (const table of TABLES) expect(grown[table]?.length, table).toBeGreaterThan(0);
    await rm(path.join(folder.path, DATABASE_FILE));
    expect(await withDatabase((_store, database) => rows(database))).toEqual(grown);
  });
});

/** Records a story's events under a name of its own. */
async function tell(store: JournalRunStore, name: string, lines: string): Promise<void> {
  const events = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  for (const event of events) {
    const body: Record<string, unknown> = { ...event };
    // These the store gives itself.
    for (const key of ['runId', 'seq', 'at', 'rehearsal']) delete body[key];
    const options = { at: event.at, rehearsal: event.rehearsal === true };
    await store.append(`story-${name}`, [body as unknown as RunEventBody], options).durable;
  }
}
