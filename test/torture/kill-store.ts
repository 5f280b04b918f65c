import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createRuntime } from '../../src/core/runtime';
import type { RunEvent } from '../../src/core/model/events';
import type { Access, Runtime } from '../../src/core/runtime-port';
import type { Workplace } from '../support/built-cli';
import { createTestHost } from '../support/node-host';

export type Rows = Readonly<Record<string, readonly unknown[]>>;

/** Where the runs of a kill loop are kept. */
export function stateOf(place: Workplace): string {
  return path.join(place.folder, 'runs');
}

async function looking<T>(
  place: Workplace,
  access: Access,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = await createRuntime({
    host: createTestHost(),
    workspace: place.workspace,
    stateDirectory: stateOf(place),
    owner: { name: 'kill loop' },
    access,
  });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** What the store holds of a run, read as another process reads it. */
export function readEvents(place: Workplace, runId: string): Promise<readonly RunEvent[]> {
  return looking(place, 'see', (runtime) => runtime.events(runId));
}

/** Every row of every table and view of the database, as it has grown. */
export function rowsNow(place: Workplace): Promise<Rows> {
  // Only the owner keeps the database on the disk.
  return looking(place, 'decide', async (runtime) => {
    const tables = await runtime.query(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
    );
    const rows: Record<string, readonly unknown[]> = {};
    for (const { name } of tables) {
      // Sorted as text: the order in a table says nothing.
      const found = await runtime.query(`select * from "${String(name)}"`);
      rows[String(name)] = found.map((row) => JSON.stringify(row)).sort();
    }
    return rows;
  });
}

/** The same after the database was thrown away: only the journal knows. */
export async function rebuiltRows(place: Workplace): Promise<Rows> {
  let removed = 0;
  for (const entry of await readdir(stateOf(place), { recursive: true })) {
    if (!path.basename(entry).startsWith('workflows.db')) continue;
    await rm(path.join(stateOf(place), entry), { force: true, recursive: true });
    removed += 1;
  }
  if (removed === 0) throw new Error('There was no database to remove');
  return rowsNow(place);
}
