/*
 * owns: the runs of one state folder, over the journal: numbering events, and knowing which of them are durable.
 * does not own: who may write (owner), and what events mean (model).
 * must stay true: an event whose `durable` resolved is read back after any crash; one whose `durable` rejected is not,
 * and its number is given again.
 */
import { Emitter, type Event } from '../base/emitter';
import type { Disposable } from '../base/disposable';
import type { Host } from '../host';
import { BatonError, messageOf } from '../model/errors';
import type { RunEvent, RunEventBody } from '../model/events';
import type { RunId, Sha256 } from '../model/ids';
import { FileArtifacts } from './artifacts';
import { Journal } from './journal';
import { JournalFiles } from './journal-files';
import { FORMAT_VERSION, recordEncoder } from './record';
import { RunCatalog } from './run-catalog';
import { Reserve } from './reserve';
import type { Amendment, AppendOptions, Appended, RunStore, RunSummary } from './run-store';
import { parseSegmentName, type Position } from './segment';
import { FileStepLogs } from './step-logs';
import { readEpoch, writeEpoch } from './epoch';
import { readIdentity, writeIdentity } from './store-identity';
import { sweepTemporaries } from './sweep';

const encoder = new TextEncoder();

export interface OpenStoreOptions {
  /** As raised by the owner; a viewer's is ignored. */
  readonly epoch: number;
  /** A viewer reads what another process records, and changes nothing on the disk. */
  readonly readOnly?: boolean;
}

/** A run's last event, durable or on its way. */
interface Head {
  readonly seq: number;
  readonly hash: Sha256;
  readonly isFinal: boolean;
}

const SAVE_AFTER_MS = 1_000;
const FINAL: ReadonlySet<string> = new Set(['run-completed', 'run-failed', 'run-cancelled']);

/**
 * Opens the store of a state folder, making it when there is none. Faults found are in `findings`; what is damaged is
 * quarantined, never skipped in silence. A store written by a newer Baton opens read-only.
 */
export async function openRunStore(
  host: Host,
  folder: string,
  options: OpenStoreOptions,
): Promise<JournalRunStore> {
  const files = new JournalFiles(host, folder);
  const findings: string[] = [];
  const found = await readIdentity(host, folder, files, findings);
  let identity = found?.identity;
  let readOnly: BatonError | undefined =
    options.readOnly === true
      ? new BatonError('not-owner', 'Another process owns this store; nothing can be recorded here.')
      : undefined;
  if (identity === undefined && readOnly === undefined) {
    identity = { id: host.ids.next(), format: FORMAT_VERSION, createdAt: host.clock.now() };
  }
  const catalog = new RunCatalog(host, folder, files, identity?.id ?? '');
  const newer = (identity?.format ?? 0) > FORMAT_VERSION;
  await catalog.open(readOnly === undefined && !newer);
  if (newer || catalog.newerFormat !== undefined) {
    const text = `This store was written by a newer Baton (format ${Math.max(identity?.format ?? 0, catalog.newerFormat ?? 0)}). It is opened read-only; update Baton to go on.`;
    findings.push(text);
    readOnly ??= new BatonError('store-newer', text);
  }
  catalog.findings.unshift(...findings);
  const epoch = readOnly === undefined ? options.epoch : await readEpoch(host, folder);
  if (readOnly === undefined && (await readEpoch(host, folder)) === 0) await writeEpoch(host, folder, epoch);
  const reserve = new Reserve(host, folder);
  const ofEpoch = (await files.names()).map(parseSegmentName).filter((name) => name?.epoch === epoch);
  let store: JournalRunStore | undefined = undefined;
  const journal = new Journal(host, files, reserve, folder, {
    storeId: catalog.storeId,
    epoch,
    segmentsOfEpoch: Math.max(0, ...ofEpoch.map((name) => name?.number ?? 0)),
    end: catalog.position,
    onFailure: () => store?.forgetHeads(),
  });
  if (readOnly === undefined && identity !== undefined && !(found?.isMarked === true && catalog.position)) {
    // Marked once its journal has begun: from then on a store without one has lost it.
    if (catalog.position === undefined) catalog.position = await journal.begin();
    await writeIdentity(host, folder, identity);
  }
  store = new JournalRunStore(host, folder, { catalog, journal, reserve, epoch, readOnly });
  return store;
}

interface StoreParts {
  readonly catalog: RunCatalog;
  readonly journal: Journal;
  readonly reserve: Reserve;
  readonly epoch: number;
  readonly readOnly: BatonError | undefined;
}

export class JournalRunStore implements RunStore {
  readonly artifacts: FileArtifacts;
  readonly logs: FileStepLogs;
  readonly epoch: number;
  readonly onFull: Event<string>;
  private readonly seen = new Emitter<RunEvent>();
  /** A viewer's: each event that the owner appended, as soon as any look finds it. */
  readonly onSeen: Event<RunEvent> = this.seen.event;
  private readonly heads = new Map<RunId, Head>();
  private saving: Disposable | undefined;
  private isSwept = false;
  private lookingAgain: Promise<unknown> = Promise.resolve();
  private amending: Promise<unknown> = Promise.resolve();
  private saves: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: Host,
    readonly folder: string,
    private readonly parts: StoreParts,
  ) {
    this.artifacts = new FileArtifacts(host, folder);
    this.logs = new FileStepLogs(host, folder);
    this.epoch = parts.epoch;
    this.onFull = parts.journal.onFull;
  }

  get id(): string {
    return this.parts.catalog.storeId;
  }

  get findings(): readonly string[] {
    return this.parts.catalog.findings;
  }

  get isFull(): boolean {
    return this.parts.journal.isFull;
  }

  get isReadOnly(): boolean {
    return this.parts.readOnly !== undefined;
  }

  /** Everything before it is durable; undefined while the journal is empty. */
  get position(): Position | undefined {
    return this.parts.catalog.position;
  }

  reclaim(): Promise<boolean> {
    return this.parts.journal.reclaim();
  }

  append(runId: RunId, bodies: readonly RunEventBody[], options: AppendOptions): Appended {
    const { catalog, journal } = this.parts;
    const known = catalog.get(runId);
    const head = this.heads.get(runId) ?? {
      seq: known?.seq ?? 0,
      hash: known?.hash ?? '',
      isFinal: false,
    };
    const first = head.seq + 1;
    const { at, rehearsal } = options;
    const base = rehearsal ? { at, rehearsal: true as const } : { at };
    const events = bodies.map((body, index): RunEvent => ({ runId, seq: first + index, ...base, ...body }));
    const refusal = this.refusal(runId, head, events);
    if (refusal !== undefined) return { events, durable: rejected(refusal) };
    if (events.length === 0) return { events, durable: Promise.resolve() };
    let { hash } = head;
    let lines = '';
    const frame = { store: catalog.storeId, run: runId, epoch: this.epoch, at, rehearsal };
    const encode = recordEncoder((data) => this.host.sha256(data), frame);
    for (const [index, body] of bodies.entries()) {
      const encoded = encode(first + index, hash, body);
      lines += encoded.line;
      hash = encoded.hash;
    }
    const isFinal = events.some((event) => FINAL.has(event.type));
    this.heads.set(runId, { seq: first + events.length - 1, hash, isFinal });
    // As bytes from here on: thousands of texts that wait for the disk would be carried along by the garbage collector.
    const durable = journal.append(encoder.encode(lines)).then((span) => {
      catalog.accept(catalog.begin(runId), events, hash, this.epoch, span);
      if (catalog.get(runId) === undefined) this.heads.delete(runId);
      this.saveSoon();
    });
    // The caller hears of a failure through what it awaits; one that awaits nothing must not end the process.
    durable.catch(() => {});
    return { events, durable };
  }

  amend(runId: RunId, bodies: readonly Amendment[], options: AppendOptions): Promise<readonly RunEvent[]> {
    // One after the other: an ended run is taken up for each, and put back.
    const amended = this.amending.then(async () => {
      await this.parts.catalog.takeUp(runId);
      const { events, durable } = this.append(runId, bodies, options);
      await durable;
      return events;
    });
    this.amending = amended.catch(() => {});
    return amended;
  }

  async read(runId: RunId): Promise<readonly RunEvent[]> {
    if (this.isReadOnly) await this.refresh();
    return this.parts.catalog.events(runId);
  }

  unfinished(): readonly RunId[] {
    return this.parts.catalog
      .going()
      .filter(
        ({ quarantine, tracker }) => quarantine === undefined && tracker.isStarted && !tracker.isFinished,
      )
      .map((tail) => tail.tracker.summary())
      .sort((a, b) => a.startedAt - b.startedAt || (a.runId < b.runId ? -1 : 1))
      .map((summary) => summary.runId);
  }

  async runs(): Promise<readonly RunSummary[]> {
    if (this.isReadOnly) await this.refresh();
    return this.parts.catalog.summaries();
  }

  /** A viewer's look at what the owner appended since; empty for the owner itself. */
  refresh(): Promise<readonly RunEvent[]> {
    if (this.parts.readOnly === undefined) return Promise.resolve([]);
    const next = this.lookingAgain.then(() => this.lookAgain());
    this.lookingAgain = next.catch(() => {});
    return next;
  }

  private async lookAgain(): Promise<readonly RunEvent[]> {
    const { catalog } = this.parts;
    if (catalog.storeId === '') {
      // Opened before the owner had made the store.
      const found = await readIdentity(this.host, this.folder, new JournalFiles(this.host, this.folder), []);
      if (found === undefined) return [];
      catalog.adopt(found.identity.id);
    }
    const events = await catalog.refresh();
    for (const event of events) this.seen.fire(event);
    return events;
  }

  /** Reads and checks every record there is, which opening does not; gives what is wrong, for people. */
  verify(): Promise<readonly string[]> {
    return this.parts.catalog.verify();
  }

  async close(): Promise<void> {
    this.saving?.dispose();
    await this.parts.journal.close();
    await this.logs.close();
    this.seen.dispose();
    if (!this.isReadOnly) await this.save();
  }

  /** What was numbered but did not get to the disk is numbered anew. */
  forgetHeads(): void {
    this.heads.clear();
  }

  private refusal(runId: RunId, head: Head, events: readonly RunEvent[]): BatonError | undefined {
    if (this.parts.readOnly !== undefined) return this.parts.readOnly;
    const tail = this.parts.catalog.get(runId);
    if (tail?.quarantine !== undefined)
      return new BatonError('run-quarantined', `Run ${runId} cannot go on: ${tail.quarantine}.`);
    if (head.isFinal) return new BatonError('run-finished', `Run ${runId} has ended.`);
    if (head.seq === 0 && events[0] !== undefined && events[0].type !== 'run-started')
      return new BatonError('unknown-run', `There is no unfinished run ${runId} in this store.`);
    return undefined;
  }

  private saveSoon(): void {
    this.saving ??= this.host.clock.after(SAVE_AFTER_MS, () => {
      this.saving = undefined;
      void this.save();
    });
  }

  /** One after the other: an older list of runs must not come to lie over a newer one. */
  private save(): Promise<void> {
    this.saves = this.saves.then(() => this.saveNow());
    return this.saves;
  }

  private async saveNow(): Promise<void> {
    try {
      if (!this.isSwept) await sweepTemporaries(this.host, this.folder);
      this.isSwept = true;
      await this.parts.catalog.save();
      if (!this.isFull && this.position !== undefined) await this.parts.reserve.fill();
    } catch (error) {
      // Only makes the next opening slower.
      this.host.log.warn(`The manifest could not be written: ${messageOf(error)}`);
    }
  }
}

function rejected(error: BatonError): Promise<void> {
  const promise = Promise.reject<void>(error);
  promise.catch(() => {});
  return promise;
}
