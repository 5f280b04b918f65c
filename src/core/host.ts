import type { Clock } from './base/clock';
import type { Disposable } from './base/disposable';
import type { Redactor } from './base/redactor';

/** What a host (VS Code, a terminal, a test) lends the core. Every effect goes through here, so a run can be simulated. */
export interface Host {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly files: HostFiles;
  readonly processes: HostProcesses;
  readonly locks: HostLocks;
  readonly workers: HostWorkers;
  readonly log: Log;
  /** The system, as Node names it: "linux", "darwin", "win32". */
  readonly platform: string;
  /** Of this process, to say who owns a folder. */
  readonly pid: number;
  /** Lower-case hex SHA-256. */
  sha256(data: Uint8Array | string): string;
  /** As the platform's. In an editor it knows the person's proxy and certificates. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Gets what anybody on the public internet may see: for addresses that a model or a page named. Sends no cookie and no key and
   * uses no proxy. Every hop is judged at the socket: when any address of a name is not public, nothing is connected to. Throws
   * "address-refused", "page-unreachable", "page-timeout", "page-too-large", "page-redirects", "page-type" or "page-broken", with a
   * sentence for people; on abort the signal's reason.
   */
  publicFetch(request: PublicRequest): Promise<PublicResponse>;
  /** The process environment's value of one name: the core never sees the whole of it. */
  env(name: string): string | undefined;
  /** Present where the log and what commands print are already without the values that it knows. */
  readonly redactor?: Redactor;
}

export interface PublicRequest {
  readonly url: string;
  /** Which media types ("text/html", lower case, without parameters) are wanted; the others are not downloaded. */
  readonly accepts: (mediaType: string) => boolean;
  /** The value of the Accept header. */
  readonly accept: string;
  /** Of the body after decompression. */
  readonly maxBytes: number;
  /** For everything together, milliseconds. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  readonly signal: AbortSignal;
}

export interface PublicResponse {
  /** Where it was found after all redirects. */
  readonly url: string;
  readonly status: number;
  /** The Content-Type header as it came, or "". */
  readonly contentType: string;
  /** Decompressed; empty unless the status is 2xx. */
  readonly body: Uint8Array;
}

export interface Ids {
  /** Sortable by creation time, unique across processes. */
  next(): string;
  /** In [0, 1). For jitter only. */
  random(): number;
  /** 32 unguessable bytes in lower-case hex, for tokens. */
  secret(): string;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly size: number;
  readonly modifiedAt: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileStat['kind'];
}

/**
 * Files by absolute path. Missing files are `undefined` where the doc says so; every other failure throws a
 * `BatonError` with the system's code in lower case ("enospc", "eacces") and a `cause`.
 */
export interface HostFiles {
  read(
    path: string,
    options?: { readonly start?: number; readonly length?: number },
  ): Promise<Uint8Array | undefined>;
  /** Replaces a file for good: temp file, write all bytes, fsync, rename, fsync of the folder. Creates folders. */
  writeAtomic(path: string, data: Uint8Array | string, options?: { readonly mode?: number }): Promise<void>;
  /** Opens for appending, creating the file and its folders. */
  openAppend(path: string): Promise<AppendFile>;
  stat(path: string): Promise<FileStat | undefined>;
  /** Entries of a folder, by name; empty when it does not exist. */
  list(path: string): Promise<DirectoryEntry[]>;
  /** Follows symbolic links; undefined when there is nothing. */
  realPath(path: string): Promise<string | undefined>;
  makeDirectory(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  truncate(path: string, size: number): Promise<void>;
  join(...parts: string[]): string;
  dirname(path: string): string;
  /** From one path to another, with the system's separators. */
  relative(from: string, to: string): string;
  /** The files below one folder, reached without ever following a symbolic link. `root`: its real path, absolute. */
  within(root: string): SafeFiles;
}

/**
 * What an agent's tool touches. Paths are relative to the root, with forward slashes and without links or dots; "" is the root.
 * Every folder on the way is opened as a folder and held, so that one that becomes a link meanwhile leads nowhere. Throws
 * "path-moved" when something on the way is a link or is not what it was, "not-a-file" where no ordinary file stands, and the
 * system's codes like `HostFiles`.
 */
export interface SafeFiles {
  /** The first `maxBytes` of an ordinary file; undefined when there is none. Never waits for a pipe. */
  read(path: string, maxBytes: number): Promise<SafeFile | undefined>;
  /** Does not follow a link that stands at the path itself. */
  stat(path: string): Promise<SafeStat | undefined>;
  /** Entries of a folder, by name; undefined when there is none. */
  list(path: string): Promise<DirectoryEntry[] | undefined>;
  /**
   * Puts `data` in place of the file whose content has the SHA-256 `expected` (undefined: nothing may stand there): whole or not
   * at all, for good, mode kept, folders made. A hard link's other name keeps the old content. Throws "file-changed" otherwise.
   */
  write(path: string, data: Uint8Array, expected: string | undefined): Promise<void>;
  /** Removes the file whose content has the SHA-256 `expected`. Throws "file-changed" otherwise. */
  remove(path: string, expected: string): Promise<void>;
}

export interface SafeStat extends FileStat {
  /** How many names the file has: more than one means that it is also another file, maybe elsewhere. */
  readonly links: number;
  /** Somebody has taken the right to write away, also from its owner. */
  readonly isReadOnly?: true;
}

export interface SafeFile extends SafeStat {
  /** Shorter than `size` when it was cut. */
  readonly bytes: Uint8Array;
}

export interface AppendFile {
  /** Bytes in the file, what was written so far included. */
  readonly size: number;
  /** Writes all bytes or throws; after a throw `size` is what really stands in the file. */
  write(data: Uint8Array): Promise<void>;
  /** Resolves once everything written before is on the disk (fdatasync). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface CommandRequest {
  /** Shell text (run by the system's shell), or a program and its arguments (no shell). */
  readonly command: string | readonly string[];
  readonly cwd: string;
  /** Added to a cleaned copy of the environment: PATH, HOME, locale and temp folder, never keys. */
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly signal: AbortSignal;
  /** From TERM to KILL of the whole process group after the signal fires, milliseconds. Read when it fires. */
  readonly graceMs: () => number;
  /** Called right after the process began, before any of its output. */
  readonly onStarted?: (group: ProcessGroup) => void;
}

export interface CommandResult {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last 1 MB of standard output. */
  readonly stdout: string;
  readonly stderr: string;
  /** More was cut before one of the two. */
  readonly truncated: boolean;
  /** More was cut before standard output: noise on standard error takes nothing from a result. */
  readonly stdoutTruncated: boolean;
  /** Names of the programs that it left running and that were ended after it; absent when there were none. */
  readonly leftRunning?: readonly string[];
}

/** How a process group is found again after its parent died. */
export interface ProcessGroup {
  readonly pid: number;
  /** The kernel's start time of the leader, opaque; with `pid` it names one process for good. */
  readonly startTime: string;
  /** The value of BATON_STEP in its environment. */
  readonly mark: string;
}

export interface HostProcesses {
  /**
   * Runs a command in its own process group. It has ended when its own process has: what that leaves running gets a moment to end by
   * itself and is ended then, by its group and by its mark. Throws only if it cannot start.
   */
  run(request: CommandRequest): Promise<CommandResult>;
  /** Ends what is left of a group of an earlier process: by pid and start time, and by mark where the system shows it. */
  endGroup(group: Partial<ProcessGroup> & { readonly mark: string }): Promise<void>;
  /**
   * Starts a program that stays and is spoken with, in its own process group. Throws only if it cannot start. What is still there
   * when the host's process ends is ended with it.
   */
  talk(request: TalkRequest): Promise<TalkingProcess>;
}

export interface TalkRequest {
  /** A program and its arguments (no shell). */
  readonly command: readonly string[];
  readonly cwd: string;
  /** Added to the same cleaned environment that commands get; BATON_STEP is the mark by which its children are found. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard output comes as the program wrote it; standard error is without the values that a redactor knows. */
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => void;
  /** Once, after its last output, however it ended. What it had started is ended too. */
  readonly onEnd: (end: { readonly exitCode: number | null; readonly signal: string | null }) => void;
}

export interface TalkingProcess {
  /** Resolves when the program took the text. Rejects with "process-ended", or "process-deaf" when 8 MB wait to be read already. */
  write(text: string): Promise<void>;
  /** TERM, and KILL after `graceMs`, to all that the program started. Resolves when nothing of it is left. */
  end(graceMs: number): Promise<void>;
}

/** A lock that the kernel frees when its holder dies. */
export interface HostLocks {
  /**
   * Takes the lock named after a folder, or tells who holds it: `undefined` from `held` means the holder did not answer in 2 s.
   * The holder answers one JSON line to each JSON line a peer sends (`answer`); `hungUp` fires when that peer is gone.
   */
  acquire(
    folder: string,
    answer: (message: unknown, hungUp: AbortSignal) => Promise<unknown>,
  ): Promise<{ readonly lock: Disposable } | { readonly held: true }>;
  /**
   * Sends one JSON message (at most `LONGEST_MESSAGE` characters) to the holder; undefined when there is none, when it hangs up, when it
   * is silent for `timeoutMs` and when the signal fires.
   */
  ask(folder: string, message: unknown, timeoutMs: number, signal?: AbortSignal): Promise<unknown>;
}

/** What two processes of one folder may say to each other in one piece: a workflow file of the largest size, written as JSON. Characters. */
export const LONGEST_MESSAGE = 10 * 1024 * 1024;

/** A script of Baton's own bundle run in a worker thread. */
export interface HostWorkers {
  start(script: 'database' | 'parse' | 'analyses' | 'search' | 'page'): WorkerPort;
}

export interface WorkerPort extends Disposable {
  /** One request, one answer; rejects when the worker throws or dies, or after `timeoutMs` (the worker is then ended). */
  ask(
    message: unknown,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<unknown>;
}
