import type { HostFiles } from '../host';
import { messageOf } from '../model/errors';
import { LIMITS } from './source/limits';
import type { IncludedFile } from './source/read-yaml';

export interface IncludeBase {
  /** Path of the workflow file, relative to the workspace or absolute. */
  readonly path: string;
  readonly workspace?: string;
}

/** One workflow pulls in at most this many files. */
const MOST_FILES = 64;
const TOO_MANY = { refused: `a workflow pulls in at most ${MOST_FILES} files` };

/**
 * The texts of `!file` paths: beside the workflow file, else from the workspace folder. Each must really lie inside
 * the workspace, links followed; what may not be read is told as the reason.
 */
export async function readIncluded(
  files: HostFiles,
  base: IncludeBase,
  wanted: readonly string[],
): Promise<readonly (readonly [string, IncludedFile])[]> {
  const included: [string, IncludedFile][] = [];
  for (const [i, path] of wanted.entries()) {
    included.push([path, i < MOST_FILES ? await readSafely(files, base, path) : TOO_MANY]);
  }
  return included;
}

async function readSafely(files: HostFiles, base: IncludeBase, path: string): Promise<IncludedFile> {
  try {
    return await readOne(files, base, path);
  } catch (error) {
    // No permission, links in a circle: reasons like the others.
    return { refused: messageOf(error) };
  }
}

async function readOne(files: HostFiles, base: IncludeBase, path: string): Promise<IncludedFile> {
  if (base.workspace === undefined) return { refused: 'there is no workspace folder' };
  if (path.trim() === '' || /[\u0000-\u001f]/.test(path)) return { refused: 'this is no path' };
  if (isAbsolute(path)) return { refused: 'the path must be relative' };
  const root = await files.realPath(base.workspace);
  if (root === undefined) return { refused: 'there is no workspace folder' };
  const workflow = isAbsolute(base.path) ? base.path : files.join(base.workspace, base.path);
  const real =
    (await files.realPath(files.join(files.dirname(workflow), path))) ??
    (await files.realPath(files.join(base.workspace, path)));
  if (real === undefined) return { refused: 'there is no such file' };
  const inside = files.relative(root, real);
  if (inside === '' || inside.split(/[\\/]/)[0] === '..' || isAbsolute(inside)) {
    return { refused: 'it lies outside of the workspace folder' };
  }
  const stat = await files.stat(real);
  if (stat?.kind !== 'file') return { refused: 'this is no file' };
  const tooLarge = { refused: `it is larger than ${LIMITS.includedBytes / 1024} kB` };
  if (stat.size > LIMITS.includedBytes) return tooLarge;
  // The size is asked again of what was read: the file may have grown in between.
  const bytes = await files.read(real, { start: 0, length: LIMITS.includedBytes + 1 });
  if (bytes === undefined) return { refused: 'there is no such file' };
  if (bytes.byteLength > LIMITS.includedBytes) return tooLarge;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { refused: 'it is no UTF-8 text' };
  }
}

function isAbsolute(path: string): boolean {
  return /^([\\/]|[A-Za-z]:)/.test(path);
}
