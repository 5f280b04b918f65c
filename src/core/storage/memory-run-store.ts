import { Emitter } from '../base/emitter';
import type { ArtifactRef } from '../model/artifact';
import { BatonError } from '../model/errors';
import type { RunEvent, RunEventBody } from '../model/events';
import type { RunId, Sha256 } from '../model/ids';
import type { HashText } from './record';
import { RunTracker } from './run-tracker';
import type {
  Amendment,
  AppendOptions,
  Appended,
  ArtifactStore,
  RunStore,
  RunSummary,
  StepLogs,
} from './run-store';

/** What outlives a `MemoryRunStore`: open another one over it to act as the process after a crash. */
export class MemoryDisk {
  readonly runs = new Map<RunId, RunEvent[]>();
  readonly artifacts = new Map<Sha256, Uint8Array>();
  readonly logs = new Map<string, string>();
  readonly processes = new Map<string, unknown>();
  epoch = 0;

  constructor(readonly id: string) {}
}

export interface MemoryStoreOptions {
  readonly sha256: HashText;
  /** Awaited before a batch becomes durable; a throw makes the batch fail with that error. */
  readonly beforeDurable?: (events: readonly RunEvent[]) => Promise<void>;
}

/** The store for tests and simulation: the same promises as the journal's, kept in memory. Opening one raises the epoch. */
export class MemoryRunStore implements RunStore {
  readonly id: string;
  readonly epoch: number;
  readonly findings: readonly string[] = [];
  readonly artifacts: ArtifactStore;
  readonly logs: StepLogs;
  isFull = false;
  private readonly full = new Emitter<string>();
  readonly onFull = this.full.event;
  private readonly heads = new Map<RunId, number>();
  private queue: { events: readonly RunEvent[]; resolve: () => void; reject: (error: unknown) => void }[] =
    [];
  private draining: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly disk: MemoryDisk,
    private readonly options: MemoryStoreOptions,
  ) {
    disk.epoch += 1;
    this.id = disk.id;
    this.epoch = disk.epoch;
    this.artifacts = new MemoryArtifacts(disk, options.sha256);
    this.logs = new MemoryLogs(disk);
  }

  append(runId: RunId, bodies: readonly RunEventBody[], options: AppendOptions): Appended {
    return this.add(runId, bodies, options, (seq, events) => this.refusal(runId, seq, events));
  }

  async amend(
    runId: RunId,
    bodies: readonly Amendment[],
    options: AppendOptions,
  ): Promise<readonly RunEvent[]> {
    const { events, durable } = this.add(runId, bodies, options, () => this.notMine());
    await durable;
    return events;
  }

  private add(
    runId: RunId,
    bodies: readonly RunEventBody[],
    options: AppendOptions,
    refuses: (seq: number, events: readonly RunEvent[]) => BatonError | undefined,
  ): Appended {
    const seq = this.heads.get(runId) ?? this.disk.runs.get(runId)?.length ?? 0;
    const events = bodies.map((body, index): RunEvent => ({
      runId,
      seq: seq + 1 + index,
      at: options.at,
      ...(options.rehearsal && { rehearsal: true as const }),
      ...body,
    }));
    const refusal = refuses(seq, events);
    if (refusal !== undefined) {
      const durable = Promise.reject<void>(refusal);
      durable.catch(() => {});
      return { events, durable };
    }
    this.heads.set(runId, seq + events.length);
    const durable = new Promise<void>((resolve, reject) => {
      this.queue.push({ events, resolve, reject });
      this.draining ??= Promise.resolve().then(() => this.drain());
    });
    durable.catch(() => {});
    return { events, durable };
  }

  async read(runId: RunId): Promise<readonly RunEvent[]> {
    return [...(this.disk.runs.get(runId) ?? [])];
  }

  unfinished(): readonly RunId[] {
    return this.trackers()
      .filter((tracker) => !tracker.isFinished)
      .map((tracker) => tracker.summary())
      .sort((a, b) => a.startedAt - b.startedAt || (a.runId < b.runId ? -1 : 1))
      .map((summary) => summary.runId);
  }

  async runs(): Promise<readonly RunSummary[]> {
    return this.trackers()
      .map((tracker) => tracker.summary())
      .sort((a, b) => b.startedAt - a.startedAt || (a.runId < b.runId ? 1 : -1));
  }

  /** For tests: the disk was found full. */
  fill(): void {
    this.isFull = true;
    this.full.fire(
      'The disk is full. What is running is still recorded; no new step starts until there is room.',
    );
  }

  async reclaim(): Promise<boolean> {
    this.isFull = false;
    return true;
  }

  async close(): Promise<void> {
    await this.draining;
    this.closed = true;
    this.full.dispose();
  }

  private notMine(): BatonError | undefined {
    if (this.closed) return new BatonError('store-closed', 'The store is closed.');
    if (this.epoch !== this.disk.epoch)
      return new BatonError('stale-owner', 'Another owner took over; nothing more is recorded here.');
    return undefined;
  }

  private refusal(runId: RunId, seq: number, events: readonly RunEvent[]): BatonError | undefined {
    const notMine = this.notMine();
    if (notMine !== undefined) return notMine;
    const last = this.disk.runs.get(runId)?.findLast(({ type }) => type !== 'changes-undone');
    if (last !== undefined && /^run-(completed|failed|cancelled)$/.test(last.type))
      return new BatonError('run-finished', `Run ${runId} has ended.`);
    if (seq === 0 && events[0] !== undefined && events[0].type !== 'run-started')
      return new BatonError('unknown-run', `There is no unfinished run ${runId} in this store.`);
    return undefined;
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      try {
        await this.options.beforeDurable?.(batch.flatMap((entry) => entry.events));
        if (this.epoch !== this.disk.epoch)
          throw new BatonError('stale-owner', 'Another owner took over; nothing more is recorded here.');
        for (const { events, resolve } of batch) {
          for (const event of events) this.store(event);
          resolve();
        }
      } catch (error) {
        const behind = this.queue;
        this.queue = [];
        this.heads.clear();
        for (const entry of [...batch, ...behind]) entry.reject(error);
      }
    }
    this.draining = undefined;
  }

  private store(event: RunEvent): void {
    const events = this.disk.runs.get(event.runId);
    // Through text, as the journal does: what is read back holds nothing that JSON does not hold.
    const stored = JSON.parse(JSON.stringify(event)) as RunEvent;
    if (events === undefined) this.disk.runs.set(event.runId, [stored]);
    else events.push(stored);
  }

  private trackers(): RunTracker[] {
    return [...this.disk.runs].map(([runId, events]) => {
      const tracker = new RunTracker(runId);
      for (const event of events) tracker.apply(event);
      return tracker;
    });
  }
}

class MemoryArtifacts implements ArtifactStore {
  constructor(
    private readonly disk: MemoryDisk,
    private readonly sha256: HashText,
  ) {}

  async put(path: string, mediaType: string, data: Uint8Array | string): Promise<ArtifactRef> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data.slice();
    const hash = this.sha256(bytes);
    this.disk.artifacts.set(hash, bytes);
    return { hash, path, mediaType, size: bytes.byteLength };
  }

  async get(ref: Pick<ArtifactRef, 'hash'>): Promise<Uint8Array> {
    const bytes = this.disk.artifacts.get(ref.hash);
    if (bytes === undefined)
      throw new BatonError('artifact-missing', `Artifact ${ref.hash.slice(0, 12)} is not in the store.`);
    if (this.sha256(bytes) !== ref.hash)
      throw new BatonError('artifact-corrupt', `Artifact ${ref.hash.slice(0, 12)} was changed.`);
    return bytes.slice();
  }
}

class MemoryLogs implements StepLogs {
  constructor(private readonly disk: MemoryDisk) {}

  append(runId: RunId, step: string, attempt: number, text: string): void {
    const key = JSON.stringify([runId, step, attempt]);
    this.disk.logs.set(key, (this.disk.logs.get(key) ?? '') + text);
  }

  async read(runId: RunId, step: string, attempt: number, maxBytes = 256 * 1024): Promise<string> {
    const text = this.disk.logs.get(JSON.stringify([runId, step, attempt])) ?? '';
    return text.slice(-maxBytes);
  }

  async noteProcess(runId: RunId, step: string, attempt: number, group: unknown): Promise<void> {
    this.disk.processes.set(JSON.stringify([runId, step, attempt]), group);
  }

  async readProcess(runId: RunId, step: string, attempt: number): Promise<unknown> {
    return this.disk.processes.get(JSON.stringify([runId, step, attempt]));
  }
}
