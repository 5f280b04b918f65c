/*
 * owns: what runs there are and what happened in them, as the journal on the disk says.
 * does not own: writing the journal. Its owner tells it what became durable; a viewer looks again (`refresh`).
 * must stay true: what it says of a run is a whole prefix of that run's acknowledged events.
 */
import type { Host } from '../host';
import type { RunEvent } from '../model/events';
import type { RunId } from '../model/ids';
import { isBefore, type JournalFiles } from './journal-files';
import {
  finishedRun,
  goingRun,
  readFinishedRuns,
  readManifest,
  summaryOf,
  writeFinishedRuns,
  writeManifest,
  type FinishedRun,
  type Manifest,
} from './manifest';
import type { JournalRecord } from './record';
import { advance, Replay, type RunTail } from './replay';
import type { RunSummary } from './run-store';
import { mergeSpans, type Position, type Span } from './segment';
import { cutTornTail, type TornTail } from './torn-tail';

/** Finished runs kept in memory after they were read: views ask for the same few again and again. */
const KEPT_RUNS = 4;
const MOST_RECENT = 32;

export class RunCatalog {
  readonly findings: string[] = [];
  /** Where the journal that was read ends; undefined when it is empty. */
  position: Position | undefined;
  newerFormat: number | undefined;

  private replay: Replay;
  private finished: Map<RunId, FinishedRun> | undefined;
  /** `finished` was made from the journal and is not in runs.json yet. */
  private finishedIsNew = false;
  private readonly recent = new Map<RunId, FinishedRun>();
  private generation = 0;
  private readonly kept = new Map<RunId, readonly RunEvent[]>();
  private fresh: RunEvent[] | undefined;
  private saved: Position | undefined;

  constructor(
    private readonly host: Host,
    private readonly folder: string,
    private readonly files: JournalFiles,
    private id: string,
  ) {
    this.replay = this.newReplay();
  }

  get storeId(): string {
    return this.id;
  }

  /** A viewer that came before the store was made learns its id later. */
  adopt(id: string): void {
    this.id = id;
    this.reset();
  }

  /**
   * Reads the manifest, the runs that go on, and what was appended since. An owner cuts a torn tail away (`cut`);
   * a viewer leaves it, it may still be growing.
   */
  async open(cut: boolean): Promise<void> {
    const manifest = await readManifest(this.host, this.folder, this.storeId);
    if (manifest !== undefined && (await this.openFrom(manifest, cut))) return;
    this.reset();
    this.finished = new Map();
    this.finishedIsNew = true;
    await this.walk(undefined, cut);
    const listed = await readFinishedRuns(this.host, this.folder, this.storeId);
    for (const known of [...(listed?.runs ?? []), ...(manifest?.recent ?? [])]) this.compareFinished(known);
    if (manifest !== undefined) this.compare(manifest);
  }

  /** What was appended since the last look, by whoever owns the store. */
  async refresh(): Promise<readonly RunEvent[]> {
    this.fresh = [];
    const before = this.findings.length;
    await this.walk(this.position, false);
    const events = this.fresh;
    this.fresh = undefined;
    if (this.findings.length > before && this.position !== undefined) {
      // The owner may have cut back what we read too early: look at everything afresh before believing in damage.
      this.findings.length = 0;
      await this.open(false);
    }
    return events;
  }

  going(): readonly RunTail[] {
    return [...this.replay.runs.values()];
  }

  get(runId: RunId): RunTail | undefined {
    return this.replay.runs.get(runId);
  }

  /** For a run that begins. */
  begin(runId: RunId): RunTail {
    return this.replay.tailOf(runId);
  }

  /** The owner's events became durable. */
  accept(tail: RunTail, events: readonly RunEvent[], hash: string, epoch: number, span: Span): void {
    const last = events.at(-1);
    if (last === undefined) return;
    advance(tail, span, { seq: last.seq, hash, epoch });
    for (const event of events) {
      tail.events?.push(event);
      tail.tracker.apply(event);
    }
    this.replay.raiseTo(epoch);
    this.position = { segment: span.segment, offset: span.to };
    this.retire(tail);
  }

  /** For a run that has ended and of which more is recorded: it counts as going on until that is on the disk. */
  async takeUp(runId: RunId): Promise<void> {
    if (this.replay.runs.has(runId)) return;
    const entry = await this.findFinished(runId);
    if (entry === undefined) return;
    const tail = (await this.load([{ runId, spans: entry.spans }])).runs.get(runId);
    if (tail?.seq === entry.seq && tail.hash === entry.hash) this.replay.runs.set(runId, tail);
    else this.reportLoss(entry, tail?.seq ?? 0);
  }

  async has(runId: RunId): Promise<boolean> {
    return this.replay.runs.has(runId) || (await this.findFinished(runId)) !== undefined;
  }

  async events(runId: RunId): Promise<readonly RunEvent[]> {
    const tail = this.replay.runs.get(runId);
    if (tail?.events !== undefined) return [...tail.events];
    const kept = this.kept.get(runId);
    if (kept !== undefined) return [...kept];
    const entry = await this.findFinished(runId);
    if (entry === undefined) return [];
    const loaded = await this.load([{ runId, spans: entry.spans }]);
    const read = loaded.runs.get(runId);
    if (read?.seq !== entry.seq || read.hash !== entry.hash) this.reportLoss(entry, read?.seq ?? 0);
    const events = read?.events ?? [];
    this.keep(runId, events);
    return [...events];
  }

  async summaries(): Promise<readonly RunSummary[]> {
    const all = new Map<RunId, RunSummary>();
    for (const [runId, entry] of await this.allFinished()) all.set(runId, entry.summary);
    for (const [runId, entry] of this.recent) all.set(runId, entry.summary);
    for (const [runId, tail] of this.replay.runs) all.set(runId, summaryOf(tail));
    return [...all.values()].sort((a, b) => b.startedAt - a.startedAt || (a.runId < b.runId ? 1 : -1));
  }

  /** Writes the manifest (and, now and then, runs.json), so that the next opening reads little. */
  async save(): Promise<void> {
    const { position } = this;
    if (position === undefined || (this.saved && !isBefore(this.saved, position))) return;
    if (this.recent.size > MOST_RECENT || this.finishedIsNew) await this.saveFinished();
    const manifest = {
      store: this.storeId,
      upTo: this.position ?? position,
      epoch: this.replay.epoch,
      generation: this.generation,
      going: this.going().map(goingRun),
      recent: [...this.recent.values()],
    };
    await writeManifest(this.host, this.folder, manifest);
    this.saved = manifest.upTo;
  }

  /** Reads the whole journal again; gives every fault in it. */
  async verify(): Promise<readonly string[]> {
    return (await this.readWhole()).findings;
  }

  private async saveFinished(): Promise<void> {
    const runs = new Map([...(await this.allFinished()), ...this.recent]);
    const generation = this.generation + 1;
    await writeFinishedRuns(this.host, this.folder, {
      store: this.storeId,
      generation,
      runs: [...runs.values()],
    });
    // Only what was written there is let go: meanwhile other runs may have ended, and more been recorded of these.
    for (const [runId, entry] of runs) if (this.recent.get(runId) === entry) this.recent.delete(runId);
    if (this.finishedIsNew)
      for (const [runId, entry] of this.finished ?? [])
        if (runs.get(runId) !== entry) this.recent.set(runId, entry);
    this.finished = runs;
    this.finishedIsNew = false;
    this.generation = generation;
  }

  private async openFrom(manifest: Manifest, cut: boolean): Promise<boolean> {
    const size = (await this.host.files.stat(this.files.pathOf(manifest.upTo.segment)))?.size ?? 0;
    if (size < manifest.upTo.offset) {
      this.findings.push(
        `The journal is shorter than it was: ${manifest.upTo.segment} had ${manifest.upTo.offset} bytes and has ${size}.`,
      );
      return false;
    }
    this.reset();
    this.replay = await this.load(manifest.going);
    this.replay.raiseTo(manifest.epoch);
    this.compare(manifest);
    this.generation = manifest.generation;
    for (const entry of manifest.recent) this.recent.set(entry.summary.runId, entry);
    await this.walk(manifest.upTo, cut);
    this.saved = manifest.upTo;
    return true;
  }

  /** A run that had ended, and of which the journal no longer shows the end. */
  private compareFinished(known: FinishedRun): void {
    const { runId } = known.summary;
    if (this.finished?.has(runId) === true) return;
    const tail = this.replay.tailOf(runId);
    if (tail.quarantine !== undefined) return;
    tail.quarantine = `it had ended with event ${known.seq}, of which ${tail.seq} are whole`;
    this.findings.push(`Run ${runId} is quarantined after event ${tail.seq}: ${tail.quarantine}.`);
  }

  /** A run of which the manifest knows more than the journal now shows has lost records. */
  private compare(manifest: Manifest): void {
    for (const known of manifest.going) {
      if (this.finished?.has(known.runId) === true) continue;
      const tail = this.replay.runs.get(known.runId) ?? this.replay.tailOf(known.runId);
      if (tail.seq < known.seq || (tail.seq === known.seq && tail.hash !== known.hash)) {
        const reason = known.quarantine ?? `it had ${known.seq} events, of which ${tail.seq} are whole`;
        this.findings.push(`Run ${known.runId} is quarantined after event ${tail.seq}: ${reason}.`);
        tail.quarantine = reason;
      } else if (known.quarantine !== undefined && tail.seq === known.seq) {
        tail.quarantine = known.quarantine;
        this.findings.push(`Run ${known.runId} is quarantined after event ${tail.seq}: ${known.quarantine}.`);
      }
    }
  }

  private reset(): void {
    this.replay = this.newReplay();
    this.finished = undefined;
    this.finishedIsNew = false;
    this.recent.clear();
    this.kept.clear();
    this.generation = 0;
    this.position = undefined;
    this.saved = undefined;
  }

  private newReplay(): Replay {
    return new Replay(this.storeId);
  }

  /** Feeds the journal from a position on to the replay. */
  private async walk(from: Position | undefined, cut: boolean): Promise<void> {
    const { replay } = this;
    const { links, findings } = await this.files.chain(from?.segment);
    const replayed = replay.findings.length;
    replay.onEvent = (event, tail) => {
      this.fresh?.push(event);
      // Nobody needs all events of a run that ended while the journal is read through.
      if (tail.tracker.isFinished) tail.events = undefined;
    };
    this.findings.push(...findings);
    if (findings.length > 0 || (from !== undefined && links[0]?.name !== from.segment))
      replay.lose('a part of the journal is missing');
    for (const link of links) {
      const start = link.name === from?.segment ? from.offset : 0;
      const walked = await this.files.walk((data) => this.host.sha256(data), link, start);
      if (link.header === undefined && walked.entries[0]?.kind !== 'newer') {
        this.findings.push(`${link.name} of the journal does not begin as it was written.`);
        if (start === 0) replay.lose(`${link.name} is damaged at its beginning`);
      }
      for (const entry of walked.entries) {
        const isNew = entry.kind !== 'record' || !(await this.isAccounted(entry.record, from));
        if (isNew) replay.take(link.name, entry);
      }
      if (walked.missingBytes > 0) {
        this.findings.push(`${link.name} of the journal lost ${walked.missingBytes} bytes at its end.`);
        replay.lose(`${link.name} lost its end`);
      }
      if (walked.tail !== undefined && cut) await this.cutTail(link.name, walked.tail);
      // A segment of which not even the header is whole says nothing, and an empty one would be reported for ever.
      if (walked.end === 0 && cut) await this.host.files.remove(this.files.pathOf(link.name));
      else this.position = { segment: link.name, offset: walked.end };
    }
    replay.settleSuspicions();
    this.findings.push(...replay.findings.slice(replayed));
    this.newerFormat = replay.newerFormat;
    for (const tail of replay.runs.values()) this.retire(tail);
  }

  /**
   * Whether a record is known already; one of a run that had ended before the journal is read on makes that run known again.
   * `from`: where reading began; undefined: at the beginning, where every run is met whole.
   */
  private async isAccounted({ run, seq }: JournalRecord, from: Position | undefined): Promise<boolean> {
    if (from === undefined || seq === 1 || this.replay.runs.has(run)) return false;
    const entry = await this.findFinished(run);
    if (entry === undefined) return false;
    if (entry.seq >= seq) return true;
    await this.takeUp(run);
    return false;
  }

  private async cutTail(segment: string, tail: TornTail): Promise<void> {
    this.findings.push(
      `The last ${tail.to - tail.from} bytes of the journal (${segment}) were not whole and were cut; a copy lies in quarantine.`,
    );
    const copy = this.host.files.join(this.folder, 'quarantine', `${segment}.${tail.from}`);
    await cutTornTail(this.host, this.files.pathOf(segment), copy, tail);
  }

  /** Moves a run that ended to the finished ones. */
  private retire(tail: RunTail): void {
    if (!tail.tracker.isFinished || tail.quarantine !== undefined) return;
    const target = this.finishedIsNew ? this.finished : this.recent;
    target?.set(tail.runId, finishedRun(tail));
    if (tail.events !== undefined) this.keep(tail.runId, tail.events);
    else this.kept.delete(tail.runId);
    this.replay.runs.delete(tail.runId);
  }

  private keep(runId: RunId, events: readonly RunEvent[]): void {
    this.kept.delete(runId);
    this.kept.set(runId, events);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > KEPT_RUNS && oldest !== undefined) this.kept.delete(oldest);
  }

  private async findFinished(runId: RunId): Promise<FinishedRun | undefined> {
    return this.recent.get(runId) ?? (await this.allFinished()).get(runId);
  }

  private async allFinished(): Promise<ReadonlyMap<RunId, FinishedRun>> {
    if (this.finished !== undefined) return this.finished;
    const listed = await readFinishedRuns(this.host, this.folder, this.storeId);
    if (listed !== undefined && listed.generation >= this.generation) {
      this.generation = listed.generation;
      this.finished = new Map(listed.runs.map((entry) => [entry.summary.runId, entry]));
      return this.finished;
    }
    const whole = await this.readWhole();
    this.finished = whole.finished ?? new Map<RunId, FinishedRun>();
    this.finishedIsNew = true;
    this.saved = undefined;
    for (const finding of whole.findings) if (!this.findings.includes(finding)) this.findings.push(finding);
    return this.finished;
  }

  /** What the journal says by itself, without manifest and runs.json. */
  private async readWhole(): Promise<RunCatalog> {
    const whole = new RunCatalog(this.host, this.folder, this.files, this.storeId);
    whole.finished = new Map();
    whole.finishedIsNew = true;
    await whole.walk(undefined, false);
    return whole;
  }

  /** Reads the records of some runs, each part of the journal once. */
  private async load(
    runs: readonly { readonly runId: RunId; readonly spans: readonly Span[] }[],
  ): Promise<Replay> {
    const wanted = new Set(runs.map((run) => run.runId));
    const replay = this.newReplay();
    for (const runId of wanted) replay.tailOf(runId);
    for (const span of mergeSpans(runs.flatMap((run) => run.spans))) {
      const scan = await this.files.readSpan((data) => this.host.sha256(data), span);
      for (const entry of scan.entries)
        if (entry.kind !== 'record' || wanted.has(entry.record.run)) replay.take(span.segment, entry);
    }
    for (const finding of replay.findings) if (!this.findings.includes(finding)) this.findings.push(finding);
    replay.findings.length = 0;
    return replay;
  }

  private reportLoss(entry: FinishedRun, whole: number): void {
    const finding = `Run ${entry.summary.runId} is damaged: it had ${entry.seq} events, of which ${whole} are whole.`;
    if (!this.findings.includes(finding)) this.findings.push(finding);
    const damaged = { ...entry, summary: { ...entry.summary, status: 'damaged' } };
    (this.recent.has(entry.summary.runId) ? this.recent : this.finished)?.set(entry.summary.runId, damaged);
  }
}
