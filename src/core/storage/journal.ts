/*
 * owns: bytes get into the journal in order, whole, and are on the disk before anyone is told so.
 * does not own: what the records mean, and which of them count when read back (replay).
 * must stay true: after a failed batch the file ends where the last acknowledged record ends, or the segment is left for good
 * and the next one says how much of it counts. Nothing is ever written behind a gap.
 */
import { Emitter } from '../base/emitter';
import type { AppendFile, Host } from '../host';
import { BatonError, messageOf } from '../model/errors';
import { EpochFence } from './epoch';
import type { JournalFiles } from './journal-files';
import { encodeLine, FORMAT_VERSION, type SegmentHeader } from './record';
import { isFullDisk, type Reserve } from './reserve';
import { SEGMENT_BYTES, segmentName, type Position, type Span } from './segment';

export interface JournalOptions {
  readonly storeId: string;
  readonly epoch: number;
  /** Segments of this epoch that exist already. */
  readonly segmentsOfEpoch: number;
  /** Where the journal ends now; absent when it is empty. */
  readonly end: Position | undefined;
  /** Called at the moment a batch failed, before anything else can be appended: numbers given for it are free again. */
  readonly onFailure: () => void;
}

interface Waiting {
  readonly lines: Uint8Array;
  readonly resolve: (span: Span) => void;
  readonly reject: (error: BatonError) => void;
}

// An owner that slept (a stopped process, a closed lid) looks before it writes; a busy one looks while it writes.
const LOOK_FIRST_AFTER_MS = 50;
const BATCH_BYTES = 4 * 1024 * 1024;

export class Journal {
  private readonly full = new Emitter<string>();
  readonly onFull = this.full.event;
  isFull = false;
  /** Everything before it is on the disk. */
  end: Position | undefined;

  private queue: Waiting[] = [];
  private draining: Promise<void> | undefined;
  private file: AppendFile | undefined;
  private segmentNumber: number;
  private readonly fence: EpochFence;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private ended: BatonError | undefined;

  constructor(
    private readonly host: Host,
    private readonly files: JournalFiles,
    private readonly reserve: Reserve,
    stateFolder: string,
    private readonly options: JournalOptions,
  ) {
    this.end = options.end;
    this.segmentNumber = options.segmentsOfEpoch;
    this.fence = new EpochFence(host, stateFolder, options.epoch);
  }

  /** Makes the first segment, so that the first append need not. */
  async begin(): Promise<Position | undefined> {
    await this.openFile();
    return this.end;
  }

  /**
   * Queues whole lines; resolves with where they lie once they are on the disk. Rejects with "store-full", "store-failed",
   * "stale-owner" or "store-closed"; everything queued behind a failed batch fails with it.
   */
  append(lines: Uint8Array): Promise<Span> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.queue.push({ lines, resolve, reject });
      // Started a moment later, so that what is appended in one go goes to the disk in one go.
      this.draining ??= Promise.resolve().then(() => this.drain());
    });
  }

  /** Sets the reserve aside again; appending is as before when that worked. */
  async reclaim(): Promise<boolean> {
    if (!(await this.reserve.fill())) return false;
    this.isFull = false;
    return true;
  }

  /** Waits for what is queued, then closes the file. Later appends reject with "store-closed". */
  async close(): Promise<void> {
    await this.draining;
    this.ended ??= new BatonError('store-closed', 'The store is closed.');
    const { file } = this;
    this.file = undefined;
    await file?.close().catch(() => {});
    this.full.dispose();
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.nextBatch();
      try {
        const span = await this.commit(joined(batch));
        for (const waiting of batch) waiting.resolve(span);
      } catch (error) {
        const failure = asStoreError(error);
        if (failure.code === 'stale-owner') this.ended = failure;
        // What waits was numbered behind the records that failed: written now it would leave a gap.
        const behind = this.queue;
        this.queue = [];
        this.options.onFailure();
        for (const waiting of [...batch, ...behind]) waiting.reject(failure);
      }
    }
    this.draining = undefined;
  }

  private nextBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { lines } of this.queue) {
      if (count > 0 && bytes + lines.byteLength > BATCH_BYTES) break;
      bytes += lines.byteLength;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private async commit(bytes: Uint8Array): Promise<Span> {
    try {
      return await this.write(bytes);
    } catch (error) {
      if (!isFullDisk(error)) throw error;
      const released = await this.reserve.release();
      this.declareFull();
      if (!released) throw error;
      return this.write(bytes);
    }
  }

  private async write(bytes: Uint8Array): Promise<Span> {
    if (this.host.clock.monotonic() - this.lookedAt > LOOK_FIRST_AFTER_MS) await this.look();
    const file = await this.openFile();
    const { segment, offset: from } = this.end as Position;
    try {
      await file.write(bytes);
      // Looked again after the write: whoever raises the epoch reads the journal only then, so either he reads
      // these records or we see his epoch and acknowledge none of them.
      await Promise.all([file.sync(), this.look()]);
    } catch (error) {
      await this.cutBack(segment, from);
      throw error;
    }
    this.end = { segment, offset: from + bytes.byteLength };
    return { segment, from, to: this.end.offset };
  }

  private async look(): Promise<void> {
    await this.fence.check();
    this.lookedAt = this.host.clock.monotonic();
  }

  private async openFile(): Promise<AppendFile> {
    if (this.file !== undefined && (this.end?.offset ?? 0) < SEGMENT_BYTES) return this.file;
    await this.file?.close().catch(() => {});
    this.file = undefined;
    const name = segmentName(this.options.epoch, this.segmentNumber + 1);
    const header: SegmentHeader = {
      v: FORMAT_VERSION,
      store: this.options.storeId,
      segment: name,
      epoch: this.options.epoch,
      ...(this.end && { previous: { name: this.end.segment, size: this.end.offset } }),
    };
    const { line } = encodeLine((data) => this.host.sha256(data), header);
    const path = this.files.pathOf(name);
    // Atomic, so that a segment is never seen without its header: an empty one has lost something.
    await this.host.files.writeAtomic(path, line, { mode: 0o600 });
    this.file = await this.host.files.openAppend(path);
    this.segmentNumber += 1;
    this.end = { segment: name, offset: this.file.size };
    return this.file;
  }

  /** After a failed batch: back to the last acknowledged byte. Where even that fails, the next segment says what counts. */
  private async cutBack(segment: string, size: number): Promise<void> {
    await this.file?.close().catch(() => {});
    this.file = undefined;
    try {
      await this.fence.check();
      await this.host.files.truncate(this.files.pathOf(segment), size);
      const file = await this.host.files.openAppend(this.files.pathOf(segment));
      if (file.size === size) this.file = file;
      else await file.close();
    } catch (error) {
      this.host.log.warn(`A failed write could not be cut from the journal: ${messageOf(error)}`);
    }
  }

  private declareFull(): void {
    if (this.isFull) return;
    this.isFull = true;
    this.full.fire(
      'The disk is full. What is running is still recorded; no new step starts until there is room.',
    );
  }
}

function asStoreError(error: unknown): BatonError {
  if (error instanceof BatonError && error.code === 'stale-owner') return error;
  if (isFullDisk(error))
    return new BatonError('store-full', 'The disk is full; the last events could not be recorded.', {
      cause: error,
      retryable: true,
    });
  return new BatonError('store-failed', `The journal could not be written: ${messageOf(error)}`, {
    cause: error,
  });
}

function joined(batch: readonly Waiting[]): Uint8Array {
  const [first, ...more] = batch;
  if (first !== undefined && more.length === 0) return first.lines;
  const bytes = new Uint8Array(batch.reduce((sum, { lines }) => sum + lines.byteLength, 0));
  let at = 0;
  for (const { lines } of batch) {
    bytes.set(lines, at);
    at += lines.byteLength;
  }
  return bytes;
}
