import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { Host, Log } from '../../src/core/host';
import { createNodeHost, silentLog } from '../../src/core/node-host';
import type { WorkerScript } from '../../src/core/node-workers';

const root = path.resolve(import.meta.dirname, '../..');
const built = path.join(root, '.cache/workers');
const entries: Readonly<Record<WorkerScript, string>> = {
  database: 'src/core/storage/database-worker.ts',
  parse: 'src/core/workflow/parse-worker.ts',
  analyses: 'src/core/analyses/analyses-worker.ts',
  page: 'src/core/tools/web/page-worker.ts',
  search: 'src/core/tools/files/search-worker.ts',
};
const building = new Map<string, Promise<string>>();

/** The host of the machine, with worker threads built from the sources as they are now. */
export function createTestHost(log: Log = silentLog): Host {
  return createNodeHost({ log, buildWorkersFrom: (script) => buildWorker(script, entries[script]) });
}

/** Bundles one worker, once in each test process; gives the path of its script. */
export function buildWorker(name: string, entry: string): Promise<string> {
  const known = building.get(entry);
  if (known !== undefined) return known;
  const made = bundle(name, path.resolve(root, entry));
  building.set(entry, made);
  return made;
}

async function bundle(name: string, entry: string): Promise<string> {
  const file = path.join(built, `${name}-worker.cjs`);
  await mkdir(built, { recursive: true });
  // Other test files may build the same worker at the same time, hence a name of its own and a rename.
  const own = path.join(built, `${name}-worker.${process.pid}.${building.size}.cjs`);
  await build({
    entryPoints: [entry],
    outfile: own,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    loader: { '.md': 'text', '.wasm': 'file' },
    logLevel: 'warning',
  });
  if (name === 'database') {
    const wasm = 'sql-wasm.wasm';
    await copyFile(path.join(root, 'node_modules/sql.js/dist', wasm), path.join(built, wasm));
  }
  await rename(own, file);
  return file;
}

/** A new empty folder, and how to remove it. */
export async function temporaryFolder(
  name = 'baton',
): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `${name}-`));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
