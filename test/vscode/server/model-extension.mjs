import { execFile } from 'node:child_process';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cache, root } from './paths.mjs';

/** The folder of the small extension that offers models whose answers tests write. */
export const modelExtension = join(root, 'test', 'vscode', 'model-extension');

/** @type {Promise<string> | undefined} */
let packing;

/** Packs it once in this program; gives the path of its `.vsix`. */
export function packModelExtension() {
  return (packing ??= pack());
}

async function pack() {
  await mkdir(cache, { recursive: true });
  // Several programs may pack at the same time: what is there is always whole.
  const file = join(cache, `test-models-${process.pid}.vsix`);
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--skip-license', '--allow-missing-repository', '-o', file];
  await promisify(execFile)(process.execPath, [vsce, 'package', ...options], { cwd: modelExtension });
  const packed = join(cache, 'test-models.vsix');
  await rename(file, packed);
  return packed;
}
