// Makes baton.vsix: the production bundles and nothing else, under 2 MB.
import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { root, vsix } from './vscode/server/paths.mjs';

const limit = 2_000_000;

run([join(root, 'esbuild.mjs'), '--production']);
run([
  join(root, 'node_modules', '@vscode', 'vsce', 'vsce'),
  'package',
  '--no-dependencies',
  '--skip-license',
  '--allow-missing-repository',
  // Without a repository there is nothing that they could be rewritten to.
  '--no-rewrite-relative-links',
  '-o',
  vsix,
]);

const { size } = await stat(vsix);
console.log(`baton.vsix ${(size / 1000).toFixed(0)} kB`);
if (size >= limit) throw new Error(`baton.vsix has ${size} bytes; it must stay under ${limit}.`);

/** @param {string[]} args */
function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
