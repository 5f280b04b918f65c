/*
 * owns: at most one holder per folder, known to the kernel: it frees the lock however the holder dies.
 * does not own: who may ask what (the messages are the caller's).
 */
import { createHash } from 'node:crypto';
import { constants, promises as fs } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { toDisposable, type Disposable } from './base/disposable';
import type { HostLocks, Log } from './host';
import { systemCode, systemError } from './node-errors';
import { askPeer, serveLines } from './node-lines';

export interface NodeLockOptions {
  readonly log: Log;
  /** For tests. Default: the running system. */
  readonly platform?: NodeJS.Platform;
  /** Where socket files lie on systems that need them. */
  readonly socketFolder?: string;
}

type Held = { readonly held: true };

export function createNodeLocks(options: NodeLockOptions): HostLocks {
  const platform = options.platform ?? process.platform;
  const needsFile = platform !== 'linux' && platform !== 'win32';
  const addressOf = async (folder: string): Promise<string> => {
    const real = await fs.realpath(folder).catch(() => path.resolve(folder));
    const hash = createHash('sha256').update(real).digest('hex');
    if (platform === 'linux') return abstractAddress(`baton-${hash}`);
    if (platform === 'win32') return `\\\\.\\pipe\\baton-${hash}`;
    // The path of a socket may have 104 bytes at most.
    return path.join(
      options.socketFolder ?? path.join(os.homedir(), '.cache', 'baton'),
      `${hash.slice(0, 24)}.sock`,
    );
  };

  return {
    async acquire(folder, answer) {
      const address = await addressOf(folder);
      const server = serveLines(answer, options.log);
      try {
        if (needsFile) return await listenOnFile(server, address);
        return (await listen(server.listener, address)) ? { lock: server } : { held: true };
      } catch (error) {
        server.dispose();
        throw systemError(error, `Cannot lock ${folder}`);
      }
    },
    async ask(folder, message, timeoutMs, signal) {
      return askPeer(await addressOf(folder), message, timeoutMs, signal);
    },
  };
}

/** Bytes of `sun_path` in Linux's `sockaddr_un`. */
const ABSTRACT_LENGTH = 108;

/**
 * Address of a socket that has no file. Some versions of Node bind such a name as it is, others fill it up with zeros, and to the kernel
 * these are two names: a terminal and an editor would each have a lock of its own. Filled up here it is the same one in all of them.
 */
export function abstractAddress(name: string): string {
  return `\0${name}`.padEnd(ABSTRACT_LENGTH, '\0');
}

/** False when somebody else listens there. */
function listen(server: net.Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      if (systemCode(error) === 'EADDRINUSE') resolve(false);
      // Windows says so when the pipe belongs to another account.
      else if (systemCode(error) === 'EACCES' && process.platform === 'win32') resolve(false);
      else reject(error);
    };
    server.once('error', onError);
    server.listen({ path: address, exclusive: true }, () => {
      server.removeListener('error', onError);
      // The lock alone keeps no process alive.
      server.unref();
      resolve(true);
    });
  });
}

/** A socket file outlives its process, so a second lock, on a plain file, says whether it may be replaced. */
async function listenOnFile(
  server: { readonly listener: net.Server } & Disposable,
  address: string,
): Promise<{ lock: Disposable } | Held> {
  await fs.mkdir(path.dirname(address), { recursive: true, mode: 0o700 });
  const guard = await lockFile(`${address}.lock`);
  if (guard === undefined || (await answers(address))) {
    await guard?.close();
    server.dispose();
    return { held: true };
  }
  await fs.rm(address, { force: true });
  if (!(await listen(server.listener, address))) {
    await guard.close();
    server.dispose();
    return { held: true };
  }
  return {
    lock: toDisposable(() => {
      server.dispose();
      void guard.close();
    }),
  };
}

// From the system's fcntl.h: take an exclusive lock while opening, and do not wait for it.
const O_EXLOCK = 0x20;
const O_NONBLOCK = 0x04;

async function lockFile(file: string): Promise<fs.FileHandle | undefined> {
  const { O_RDWR, O_CREAT } = constants;
  const exclusive = process.platform === 'darwin' ? O_EXLOCK | O_NONBLOCK : 0;
  try {
    return await fs.open(file, O_RDWR | O_CREAT | exclusive, 0o600);
  } catch (error) {
    if (systemCode(error) === 'EAGAIN' || systemCode(error) === 'EWOULDBLOCK') return undefined;
    throw error;
  }
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
