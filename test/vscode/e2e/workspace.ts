import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../server/paths.mjs';

export interface Workspace {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/**
 * A folder to open, thrown away afterwards.
 *
 * @param files path to text, beside what is copied from examples/
 * @param examples false starts from an empty folder
 */
export async function makeWorkspace(files: Record<string, string> = {}, examples = true): Promise<Workspace> {
  const parent = await mkdtemp(join(tmpdir(), 'baton-e2e-'));
  const path = join(parent, 'examples');
  await mkdir(path);
  if (examples) await cp(join(root, 'examples'), path, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, remove: () => rm(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }) };
}
