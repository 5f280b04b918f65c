import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchServer } from './fetch.mjs';
import { cache } from './paths.mjs';

const home = join(cache, 'installed');
const oldMs = 24 * 3_600_000;

/**
 * A folder of extensions as VS Code leaves it when it has installed these packages. Each set is installed once and
 * kept: a server takes a copy, which is there at once, where an installation takes a second or two.
 *
 * @param {readonly string[]} packages paths of `.vsix` files @param {NodeJS.ProcessEnv} env of the program that installs
 * @returns {Promise<string>} the folder; nobody may write to it
 */
export async function installedExtensions(packages, env) {
  const contents = await Promise.all(packages.map((file) => readFile(file)));
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  const kept = join(home, hash.digest('hex').slice(0, 16));
  if (existsSync(kept)) return kept;
  const { node, serverMain } = await fetchServer();
  await mkdir(home, { recursive: true });
  await removeOld();
  const making = await mkdtemp(join(home, 'making-'));
  try {
    await mkdir(join(making, 'extensions'));
    for (const file of packages) {
      const install = ['--server-data-dir', making, '--install-extension', file, '--force'];
      await promisify(execFile)(node, [serverMain, ...install, '--accept-server-license-terms'], { env });
    }
    // Another program may have been faster: what is there is whole, and the same.
    await rename(join(making, 'extensions'), kept).catch((error) => {
      if (!existsSync(kept)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return kept;
}

/** Each package that is made anew is another one: those of other days, and what was left half made, go. */
async function removeOld() {
  for (const name of await readdir(home)) {
    const found = await stat(join(home, name)).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > oldMs)
      await rm(join(home, name), { recursive: true, force: true });
  }
}
