/*
 * owns: reading and replacing files below a root while others may rename things under it.
 * does not own: which paths are allowed, and who asked.
 * must stay true: no byte outside the root is read or written, and a file changes only from the content that was expected.
 */
import { randomBytes } from 'node:crypto';
import { constants, promises as fs, type Dirent, type Stats } from 'node:fs';
import type { FileStat, SafeFile, SafeFiles, SafeStat } from './host';
import { BatonError } from './model/errors';
import { systemCode, systemError } from './node-errors';
import { moved, NO_FOLLOW, openFolder, type HeldFolder } from './node-safe-folder';
import { sha256 } from './node-sha256';
import { writeAll } from './node-write-all';

/** `held`: see `FolderOptions`; for tests of what other systems do. */
export function createSafeFiles(root: string, options: { readonly held?: boolean } = {}): SafeFiles {
  const inFolder = async <T>(
    path: string,
    make: boolean,
    use: (folder: HeldFolder, name: string) => Promise<T>,
  ): Promise<T | undefined> => {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    checkName(name);
    parts.forEach(checkName);
    return usingFolder(
      () => openFolder(root, parts, { ...options, make }),
      path,
      (folder) => use(folder, name),
    );
  };
  return {
    read: (path, maxBytes) => inFolder(path, false, async (folder, name) => readIn(folder, name, maxBytes)),
    stat: async (path) => {
      if (path !== '') return inFolder(path, false, statIn);
      return usingFolder(
        () => openFolder(root, [], options),
        path,
        async (folder) => statOf(await fs.stat(folder.at())),
      );
    },
    list: (path) => {
      const parts = path === '' ? [] : path.split('/');
      parts.forEach(checkName);
      return usingFolder(
        () => openFolder(root, parts, options),
        path,
        async (folder) => {
          const entries = await fs.readdir(folder.at(), { withFileTypes: true });
          await folder.check();
          return entries
            .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
            .sort((a, b) => (a.name < b.name ? -1 : 1));
        },
      );
    },
    write: async (path, data, expected) => {
      await inFolder(path, true, (folder, name) => replace(folder, name, data, expected, path));
    },
    remove: async (path, expected) => {
      const done = await inFolder(path, false, async (folder, name) => {
        await expectContent(folder, name, expected, path);
        await folder.check();
        await fs.unlink(folder.at(name));
        await folder.sync();
        return true;
      });
      if (done !== true) throw changed(path);
    },
  };
}

/** Parts come from paths that were resolved before; one that could lead elsewhere is a fault of the caller. */
function checkName(name: string): void {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name))
    throw new BatonError('path-moved', `"${name}" is no name of a file.`);
}

async function usingFolder<T>(
  open: () => Promise<HeldFolder | undefined>,
  path: string,
  use: (folder: HeldFolder) => Promise<T>,
): Promise<T | undefined> {
  let folder: HeldFolder | undefined;
  try {
    folder = await open();
    return folder === undefined ? undefined : await use(folder);
  } catch (error) {
    throw systemError(error, `Cannot use ${path === '' ? 'the folder' : path}`);
  } finally {
    await folder?.close();
  }
}

async function readIn(folder: HeldFolder, name: string, maxBytes: number): Promise<SafeFile | undefined> {
  const handle = await openIn(folder, name);
  if (handle === undefined) return undefined;
  try {
    const stat = statOf(await handle.stat());
    if (stat.kind !== 'file') throw new BatonError('not-a-file', `${name} is not an ordinary file.`);
    const bytes = Buffer.alloc(Math.min(stat.size, maxBytes));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return { ...stat, bytes: bytes.subarray(0, filled) };
  } finally {
    await handle.close();
  }
}

async function openIn(folder: HeldFolder, name: string): Promise<fs.FileHandle | undefined> {
  let handle: fs.FileHandle;
  try {
    // A pipe is opened at once instead of when somebody writes into it.
    handle = await fs.open(folder.at(name), constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw moved(name);
    // A socket or a device without a driver.
    if (code === 'ENXIO') throw new BatonError('not-a-file', `${name} is not an ordinary file.`);
    throw error;
  }
  try {
    await checkSame(folder, name, handle);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Where a folder cannot be held: the file that was opened must be the one that stands at its real path. */
async function checkSame(folder: HeldFolder, name: string, handle: fs.FileHandle): Promise<void> {
  const opened = await handle.stat({ bigint: true });
  for (let look = 0; look < (folder.isHeld ? 1 : LOOKS); look++) {
    await folder.check();
    const standing = await fs.lstat(folder.at(name), { bigint: true }).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') throw moved(name);
      throw error;
    });
    if (opened.dev !== standing.dev || opened.ino !== standing.ino) throw moved(name);
  }
  await folder.check();
}

/**
 * A folder that is swapped to and fro may stand right when it is looked at, and lead away when its file is. It would have to hit
 * each of these moments, and the last look at the folder as well.
 */
const LOOKS = 4;

async function statIn(folder: HeldFolder, name: string): Promise<SafeStat | undefined> {
  try {
    const found = statOf(await fs.lstat(folder.at(name)));
    await folder.check();
    return found;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(
  folder: HeldFolder,
  name: string,
  data: Uint8Array,
  expected: string | undefined,
  path: string,
): Promise<void> {
  const before = await expectContent(folder, name, expected, path);
  const temporary = `.baton-${randomBytes(8).toString('hex')}.tmp`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
  const handle = await fs.open(folder.at(temporary), flags, 0o666);
  try {
    try {
      await checkSame(folder, temporary, handle);
      // Never the bits that lend the owner's rights.
      if (before !== undefined) await handle.chmod(before.mode & 0o777);
      await writeAll(handle, data, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await expectContent(folder, name, expected, path);
    await folder.check();
    if (expected === undefined) await putNew(folder, temporary, name, path);
    else await fs.rename(folder.at(temporary), folder.at(name));
  } catch (error) {
    await fs.rm(folder.at(temporary), { force: true });
    throw error;
  }
  await folder.sync();
}

/** A rename would replace what another process put there meanwhile; a second name for the file refuses to. */
async function putNew(folder: HeldFolder, temporary: string, name: string, path: string): Promise<void> {
  try {
    await fs.link(folder.at(temporary), folder.at(name));
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'EEXIST') throw changed(path);
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK'].includes(code)) throw error;
    await fs.rename(folder.at(temporary), folder.at(name));
    return;
  }
  await fs.unlink(folder.at(temporary));
}

async function expectContent(
  folder: HeldFolder,
  name: string,
  expected: string | undefined,
  path: string,
): Promise<{ readonly mode: number } | undefined> {
  const handle = await openIn(folder, name);
  if (handle === undefined) {
    if (expected !== undefined) throw changed(path);
    return undefined;
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new BatonError('not-a-file', `${path} is not an ordinary file.`);
    if (expected === undefined || sha256(await handle.readFile()) !== expected) throw changed(path);
    return stat;
  } finally {
    await handle.close();
  }
}

function changed(path: string): BatonError {
  return new BatonError('file-changed', `${path} is not what it was, so it was left as it is.`);
}

function statOf(found: Stats): SafeStat {
  return {
    kind: kindOf(found),
    size: found.size,
    modifiedAt: found.mtimeMs,
    links: found.nlink,
    ...((found.mode & 0o222) === 0 && { isReadOnly: true }),
  };
}

function kindOf(found: Stats | Dirent): FileStat['kind'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'directory';
  return found.isSymbolicLink() ? 'symlink' : 'other';
}
