/*
 * owns: reaching a folder below a root without following a symbolic link on the way.
 * must stay true: what is opened by `at(name)` lies in the folder that was reached, whatever becomes of its path meanwhile.
 */
import { constants, promises as fs } from 'node:fs';
import path from 'node:path';
import { BatonError } from './model/errors';
import { systemCode } from './node-errors';

export interface HeldFolder {
  /** False: only looking again and again tells that its path still leads to it. */
  readonly isHeld: boolean;
  /** A path for the system's calls: of an entry, or of the folder itself. */
  at(name?: string): string;
  /** Throws "path-moved" where the folder cannot be held open and its path leads somewhere else now. */
  check(): Promise<void>;
  /** Makes what was created or renamed in it durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FolderOptions {
  /** Makes the folders that are missing. */
  readonly make?: boolean;
  /** False: as on systems that cannot open a file beside an open folder. Default: what this system can. */
  readonly held?: boolean;
}

/** Windows has neither; there the check after opening is all there is. */
export const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const FOLDER = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | NO_FOLLOW;

/** The folder at `parts` below `root` (a real path); undefined when it or one on the way is missing. */
export async function openFolder(
  root: string,
  parts: readonly string[],
  options: FolderOptions = {},
): Promise<HeldFolder | undefined> {
  const isHeld = options.held ?? process.platform === 'linux';
  return isHeld ? holdFolder(root, parts, options) : nameFolder(root, parts, options);
}

/** Linux names an open folder, so each step begins at the folder that was opened before, not at a path that may change. */
async function holdFolder(
  root: string,
  parts: readonly string[],
  { make = false }: FolderOptions,
): Promise<HeldFolder | undefined> {
  let handle = await openOne(root, root);
  if (handle === undefined) return undefined;
  try {
    if ((await fs.readlink(named(handle))) !== root) throw moved(root);
    for (const part of parts) {
      const next = `${named(handle)}/${part}`;
      if (make) await makeOne(next);
      const inner = await openOne(next, part);
      const outer = handle;
      handle = inner;
      await outer.close();
      if (handle === undefined) return undefined;
    }
  } catch (error) {
    await handle?.close();
    throw error;
  }
  const held = handle;
  return {
    isHeld: true,
    at: (name) => (name === undefined ? named(held) : `${named(held)}/${name}`),
    check: async () => {},
    sync: () => syncQuietly(held),
    close: () => held.close(),
  };
}

/** Elsewhere a folder is known by its real path and its number; both are looked at again around each use. */
async function nameFolder(
  root: string,
  parts: readonly string[],
  { make = false }: FolderOptions,
): Promise<HeldFolder | undefined> {
  let folder = root;
  for (const part of parts) {
    await checkFolder(folder);
    folder = path.join(folder, part);
    if (make) await makeOne(folder);
  }
  const identity = await checkFolder(folder);
  if (identity === undefined) return undefined;
  return {
    isHeld: false,
    at: (name) => (name === undefined ? folder : path.join(folder, name)),
    check: async () => {
      if ((await checkFolder(folder)) !== identity) throw moved(folder);
    },
    sync: async () => {
      if (process.platform === 'win32') return;
      const handle = await fs.open(folder, FOLDER);
      try {
        await syncQuietly(handle);
      } finally {
        await handle.close();
      }
    },
    close: async () => {},
  };
}

/** The number of a folder that stands where its path says; undefined when there is none. */
async function checkFolder(folder: string): Promise<string | undefined> {
  try {
    const real = await fs.realpath(folder);
    const found = await fs.lstat(folder, { bigint: true });
    if (real !== folder || !found.isDirectory()) throw moved(folder);
    return `${found.dev}:${found.ino}`;
  } catch (error) {
    return missingOrMoved(error, folder);
  }
}

async function openOne(file: string, told: string): Promise<fs.FileHandle | undefined> {
  try {
    return await fs.open(file, FOLDER);
  } catch (error) {
    return missingOrMoved(error, told);
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

function missingOrMoved(error: unknown, told: string): undefined {
  const code = systemCode(error);
  if (code === 'ENOENT') return undefined;
  if (code === 'ELOOP' || code === 'ENOTDIR') throw moved(told);
  throw error;
}

export function moved(told: string): BatonError {
  return new BatonError('path-moved', `${told} is a link or no folder any more, so nothing was touched.`);
}

async function syncQuietly(handle: fs.FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder; nothing better is to be had there.
    if (!['EINVAL', 'ENOTSUP'].includes(systemCode(error) ?? '')) throw error;
  }
}

const named = (handle: fs.FileHandle): string => `/proc/self/fd/${handle.fd}`;
