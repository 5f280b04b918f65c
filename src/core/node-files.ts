/*
 * owns: bytes reach the disk whole, or the caller hears about it.
 * must stay true: a reader of a path given to `writeAtomic` sees the old bytes or the new bytes, never a part.
 */
import { randomBytes } from 'node:crypto';
import { constants, promises as fs, type Stats, type Dirent } from 'node:fs';
import path from 'node:path';
import type { AppendFile, FileStat, HostFiles } from './host';
import { systemCode, systemError } from './node-errors';
import { createSafeFiles } from './node-safe-files';
import { writeAll } from './node-write-all';

const RENAME_PATIENCE_MS = 2_000;

export function createNodeFiles(): HostFiles {
  return {
    async read(file, options) {
      return orMissing(undefined, `Cannot read ${file}`, () =>
        readPart(file, options?.start, options?.length),
      );
    },
    async writeAtomic(file, data, options) {
      await attempt(`Cannot write ${file}`, () =>
        writeAtomic(
          file,
          typeof data === 'string' ? Buffer.from(data, 'utf8') : data,
          options?.mode ?? 0o666,
        ),
      );
    },
    openAppend: (file) => attempt(`Cannot open ${file}`, () => openAppend(file)),
    stat: (file) =>
      orMissing(undefined, `Cannot look at ${file}`, async () => {
        const found = await fs.lstat(file);
        return { kind: kindOf(found), size: found.size, modifiedAt: found.mtimeMs };
      }),
    list: (folder) =>
      orMissing([], `Cannot list ${folder}`, async () => {
        const entries = await fs.readdir(folder, { withFileTypes: true });
        return entries
          .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
      }),
    realPath: (file) => orMissing(undefined, `Cannot follow ${file}`, () => fs.realpath(file)),
    async makeDirectory(folder) {
      await attempt(`Cannot make the folder ${folder}`, () => fs.mkdir(folder, { recursive: true }));
    },
    remove: (file) =>
      attempt(`Cannot remove ${file}`, () => fs.rm(file, { recursive: true, force: true, maxRetries: 3 })),
    rename: (from, to) =>
      attempt(`Cannot rename ${from}`, async () => {
        await renameWithPatience(from, to);
        await syncFolder(path.dirname(to));
      }),
    truncate: (file, size) =>
      attempt(`Cannot cut ${file}`, async () => {
        const handle = await fs.open(file, 'r+');
        try {
          await handle.truncate(size);
          await handle.sync();
        } finally {
          await handle.close();
        }
      }),
    join: (...parts) => path.join(...parts),
    dirname: (file) => path.dirname(file),
    relative: (from, to) => path.relative(from, to),
    within: (root) => createSafeFiles(root),
  };
}

async function readPart(file: string, start = 0, length?: number): Promise<Uint8Array> {
  if (start === 0 && length === undefined) return fs.readFile(file);
  const handle = await fs.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const wanted = Math.max(0, Math.min(length ?? Number.MAX_SAFE_INTEGER, size - start));
    const data = Buffer.alloc(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await handle.read(data, filled, wanted - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return data.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

async function writeAtomic(file: string, data: Uint8Array, mode: number): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await inFolder(folder, () => fs.open(temporary, 'wx', mode));
  try {
    try {
      await writeAll(handle, data, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameWithPatience(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function openAppend(file: string): Promise<AppendFile> {
  const folder = path.dirname(file);
  // Only the person's own account reads what a run recorded, hence the mode.
  const handle = await inFolder(folder, () =>
    fs.open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600),
  );
  let { size } = await handle.stat();
  // A new file is only there for good once its folder knows of it.
  if (size === 0) await syncFolder(folder);
  return {
    get size() {
      return size;
    },
    async write(data) {
      try {
        await writeAll(handle, data, size);
        size += data.byteLength;
      } catch (error) {
        size = (await handle.stat()).size;
        throw systemError(error, `Cannot write ${file}`);
      }
    },
    sync: () => attempt(`Cannot sync ${file}`, () => handle.datasync()),
    close: () => attempt(`Cannot close ${file}`, () => handle.close()),
  };
}

/** Opens a file; makes its folder first when that is what was missing. */
async function inFolder<T>(folder: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await fs.mkdir(folder, { recursive: true });
    return open();
  }
}

async function renameWithPatience(from: string, to: string): Promise<void> {
  const end = performance.now() + RENAME_PATIENCE_MS;
  for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
    try {
      return await fs.rename(from, to);
    } catch (error) {
      if (!isHeldForAMoment(systemCode(error)) || performance.now() + pause > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Virus scanners and sync tools hold a fresh file for a moment; Windows then refuses the rename. */
function isHeldForAMoment(code: string | undefined): boolean {
  return code === 'EBUSY' || code === 'EPERM' || (code === 'EACCES' && process.platform === 'win32');
}

/** Makes a rename or a new file in a folder durable. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder; nothing better is to be had there.
    if (!['EINVAL', 'ENOTSUP'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

function kindOf(found: Stats | Dirent): FileStat['kind'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'directory';
  return found.isSymbolicLink() ? 'symlink' : 'other';
}

async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw systemError(error, doing);
  }
}

async function orMissing<T>(missing: T, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return missing;
    throw systemError(error, doing);
  }
}
