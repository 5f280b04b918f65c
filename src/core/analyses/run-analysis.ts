/*
 * owns: the way of a folder through the worker, in batches, with a time cap.
 * does not own: the rules (they run in the worker) and what becomes of the result.
 * must stay true: nothing here computes for long, for it runs beside the editor; equal folders give equal results.
 */
import { throwIfAborted } from '../base/abort';
import type { JsonObject } from '../base/json';
import type { Host, WorkerPort } from '../host';
import { BatonError } from '../model/errors';
import type { FolderAction, FolderContext } from './analysis';
import type { Concluded, WorkerRequest } from './answer';
import type { MoreFindings } from './editor-diagnostics';
import { isCode, isLockfile, languageOf } from './language';
import { readSelection } from './selection';
import { counted, walk, type FoundFile } from './walk';

export type AnalysisHost = Pick<Host, 'files' | 'workers'>;

export interface FolderAnalysisRequest {
  readonly action: FolderAction;
  readonly workspace: string;
  /** `paths`, `include`, `exclude`. */
  readonly options: JsonObject;
  /** Findings from outside the rules, told with them. */
  readonly more?: readonly MoreFindings[];
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
  /** 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

const sizeLimits = {
  file: 1_500_000,
  lockfile: 25_000_000,
  total: 100_000_000,
  batch: 500_000,
  batchFiles: 50,
};
const BATCH_TIMEOUT = 30_000;
const FILE_TIMEOUT = 10_000;
const CONCLUDE_TIMEOUT = 120_000;

/** Looks at a folder. Throws `CancelledError` when the signal fires, "invalid-with" for options that make no sense. */
export async function runAnalysis(host: AnalysisHost, request: FolderAnalysisRequest): Promise<Concluded> {
  const selection = readSelection(request.options);
  throwIfAborted(request.signal);
  const { files, notes, isCut } = await walk(host.files, request.workspace, selection, request.signal);
  const { read, unread } = choose(files, request.action);
  request.onText(`Looking at ${counted(read.length, 'file')}\n`);
  const thread = new AnalysisThread(host, request.signal);
  try {
    const results: string[] = [];
    const slow: FoundFile[] = [];
    let done = 0;
    for (const batch of batches(read)) {
      const loaded = await load(host, request.workspace, batch);
      results.push(...(await thread.examine(request.action, loaded, slow)));
      done += batch.length;
      request.onProgress((0.95 * done) / read.length);
    }
    const context: FolderContext = {
      paths: files.map((file) => file.path),
      unread: [
        ...unread,
        ...slow.map((file) => ({ path: file.path, bytes: file.size, reason: 'took too long' })),
      ].sort((a, b) => (a.path < b.path ? -1 : 1)),
      large: files.filter((file) => file.size >= 500_000).map(({ path, size }) => ({ path, bytes: size })),
      notes,
      more: request.more ?? [],
      partial: selection.partial || isCut,
      isCut,
    };
    const asked: WorkerRequest = { kind: 'conclude', action: request.action, results, context };
    const concluded = (await thread.ask(asked, CONCLUDE_TIMEOUT)) as Concluded;
    request.onProgress(1);
    return concluded;
  } finally {
    thread.dispose();
  }
}

interface LoadedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The worker, started anew when a file was too much for it. */
export class AnalysisThread {
  private port: WorkerPort | undefined;

  constructor(
    private readonly host: Pick<Host, 'workers'>,
    private readonly signal: AbortSignal,
  ) {}

  async ask(request: WorkerRequest, timeoutMs: number): Promise<unknown> {
    this.port ??= this.host.workers.start('analyses');
    return this.port.ask(request, { timeoutMs, signal: this.signal });
  }

  /** Results as JSON text. Files that take too long go to `slow`: together they are tried again one by one. */
  async examine(action: FolderAction, files: readonly LoadedFile[], slow: FoundFile[]): Promise<string[]> {
    try {
      return [(await this.ask({ kind: 'examine', action, files }, BATCH_TIMEOUT)) as string];
    } catch (error) {
      if (this.signal.aborted || !isTimeout(error)) throw error;
      this.dispose();
    }
    const results: string[] = [];
    for (const file of files) {
      try {
        results.push((await this.ask({ kind: 'examine', action, files: [file] }, FILE_TIMEOUT)) as string);
      } catch (error) {
        if (this.signal.aborted || !isTimeout(error)) throw error;
        this.dispose();
        slow.push({ path: file.path, size: file.bytes.length });
      }
    }
    return results;
  }

  dispose(): void {
    this.port?.dispose();
    this.port = undefined;
  }
}

const isTimeout = (error: unknown): boolean => error instanceof BatonError && error.code === 'worker-timeout';

function choose(
  files: readonly FoundFile[],
  action: FolderAction,
): { read: FoundFile[]; unread: { path: string; bytes: number; reason: string }[] } {
  const read: FoundFile[] = [];
  const unread: { path: string; bytes: number; reason: string }[] = [];
  let total = 0;
  for (const file of files) {
    if (!isWanted(file.path, action)) continue;
    const tooLarge = file.size > (isLockfile(file.path) ? sizeLimits.lockfile : sizeLimits.file);
    total += tooLarge ? 0 : file.size;
    if (tooLarge) unread.push({ path: file.path, bytes: file.size, reason: 'too large' });
    else if (total > sizeLimits.total) {
      unread.push({ path: file.path, bytes: file.size, reason: 'the folder is too large' });
    } else read.push(file);
  }
  return { read, unread };
}

/** Whether an analysis can say anything about a file of this name. */
function isWanted(path: string, action: FolderAction): boolean {
  const language = languageOf(path);
  if (isLockfile(path)) return action === 'analyze-dependencies';
  if (language === 'binary') return false;
  switch (action) {
    case 'scan-vulnerabilities':
      return language !== 'css';
    case 'analyze-dependencies':
      return language !== 'css' && language !== 'markdown' && language !== 'sql';
    case 'lint-codebase':
      return isCode(language) || language === 'json' || language === 'yaml' || language === 'html';
    case 'review-architecture':
      return isCode(language) || language === 'html' || language === 'json' || /\.(?:toml|mod)$/.test(path);
    case 'analyze-performance':
      return isCode(language) || language === 'html' || language === 'sql';
  }
}

function* batches(files: readonly FoundFile[]): Generator<readonly FoundFile[]> {
  let batch: FoundFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const full = bytes + file.size > sizeLimits.batch || batch.length >= sizeLimits.batchFiles;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) yield batch;
}

async function load(
  host: AnalysisHost,
  workspace: string,
  batch: readonly FoundFile[],
): Promise<LoadedFile[]> {
  const loaded = await Promise.all(
    batch.map(async ({ path }) => ({
      path,
      // A file that vanished or may not be read counts as empty: the folder is being worked on.
      bytes: await host.files.read(host.files.join(workspace, path)).catch(() => undefined),
    })),
  );
  return loaded.filter((file): file is LoadedFile => file.bytes !== undefined);
}
