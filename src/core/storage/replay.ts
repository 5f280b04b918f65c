/*
 * owns: which records count. Checks the chain of each run and fences out records of earlier owners.
 * does not own: files. It is fed entries in the order of the journal.
 * must stay true: a run's events are a whole prefix of what was acknowledged, or the run is quarantined and says why.
 */
import type { RunEvent } from '../model/events';
import type { RunId, Sha256 } from '../model/ids';
import { eventOf, type JournalRecord } from './record';
import { RunTracker } from './run-tracker';
import type { SegmentEntry, Span } from './segment';

/** What is known of one run. */
export interface RunTail {
  readonly runId: RunId;
  seq: number;
  /** Of its last record; empty when it has none. */
  hash: Sha256;
  epoch: number;
  /** Where its records lie, in order; other runs' records may lie between. */
  spans: Span[];
  readonly tracker: RunTracker;
  /** Undefined when nobody keeps them. */
  events: RunEvent[] | undefined;
  /** Why the run may not go on. Its events up to here are whole. */
  quarantine: string | undefined;
  /** A damaged record nearby may be this run's; its next whole record proves the contrary. */
  suspicion: string | undefined;
}

export type Verdict = 'next' | 'duplicate' | 'stale' | 'broken' | 'foreign';

export class Replay {
  readonly runs = new Map<RunId, RunTail>();
  readonly findings: string[] = [];
  /** Highest format version met that this Baton cannot read. */
  newerFormat: number | undefined;
  /** Called for each event that counts. */
  onEvent: (event: RunEvent, tail: RunTail) => void = () => {};
  private highestEpoch = 0;

  constructor(private readonly storeId: string) {}

  /** The tail of a run, made when it is new. */
  tailOf(runId: RunId): RunTail {
    let tail = this.runs.get(runId);
    if (tail === undefined) {
      tail = newTail(runId);
      this.runs.set(runId, tail);
    }
    return tail;
  }

  take(segment: string, entry: SegmentEntry): void {
    switch (entry.kind) {
      case 'header':
        this.highestEpoch = Math.max(this.highestEpoch, entry.header.epoch);
        return;
      case 'newer':
        this.newerFormat = Math.max(this.newerFormat ?? 0, entry.version);
        return;
      case 'damage':
        this.takeDamage(segment, entry.from, entry.to, entry.bytes);
        return;
      case 'record':
        this.takeRecord({ segment, from: entry.from, to: entry.to }, entry.hash, entry.record);
        return;
      default:
        entry satisfies never;
    }
  }

  /** Records of owners before this epoch no longer count. */
  raiseTo(epoch: number): void {
    this.highestEpoch = Math.max(this.highestEpoch, epoch);
  }

  get epoch(): number {
    return this.highestEpoch;
  }

  /** Part of the journal is gone: whoever has not finished may have lost something there. */
  lose(reason: string): void {
    for (const tail of this.runs.values()) if (!tail.tracker.isFinished) tail.suspicion ??= reason;
  }

  /** Damage of which nothing later proved whose it was: the runs it may belong to stop here. */
  settleSuspicions(): void {
    for (const tail of this.runs.values()) {
      if (tail.suspicion !== undefined && tail.quarantine === undefined && !tail.tracker.isFinished)
        this.quarantine(tail, tail.suspicion);
      tail.suspicion = undefined;
    }
  }

  private takeRecord(span: Span, hash: Sha256, record: JournalRecord): void {
    if (record.store !== this.storeId) {
      this.findings.push(`A record in ${span.segment} belongs to another store and was left out.`);
      return;
    }
    const tail = this.tailOf(record.run);
    const verdict = judge(tail, hash, record, this.highestEpoch);
    if (verdict === 'next') {
      advance(tail, span, { seq: record.seq, epoch: record.epoch, hash });
      const event = eventOf(record);
      tail.events?.push(event);
      tail.tracker.apply(event);
      this.onEvent(event, tail);
    } else if (verdict === 'stale') {
      this.findings.push(
        `Run ${record.run}: a record of an earlier owner (epoch ${record.epoch}) came after its time and was refused.`,
      );
    } else if (verdict === 'duplicate') {
      this.findings.push(`Run ${record.run}: event ${record.seq} stands twice in the journal; one counts.`);
    } else if (tail.quarantine === undefined) {
      this.quarantine(
        tail,
        tail.suspicion ??
          `event ${tail.seq + 1} is missing or damaged (found ${record.seq} in ${span.segment})`,
      );
    }
    if (verdict !== 'next') coverSpan(tail, span);
  }

  private takeDamage(segment: string, from: number, to: number, bytes: Uint8Array): void {
    const reason = `records at ${segment}:${from}-${to} are damaged`;
    this.findings.push(`${to - from} bytes of the journal are damaged (${segment}:${from}-${to}).`);
    const going = [...this.runs.values()].filter((tail) => !tail.tracker.isFinished);
    for (const tail of ownersOfDamage(going, bytes)) tail.suspicion ??= reason;
  }

  private quarantine(tail: RunTail, reason: string): void {
    tail.quarantine = reason;
    this.findings.push(
      `Run ${tail.runId} is quarantined after event ${tail.seq}: ${reason}. Other runs are not touched.`,
    );
  }
}

function newTail(runId: RunId): RunTail {
  return {
    runId,
    seq: 0,
    hash: '',
    epoch: 0,
    spans: [],
    tracker: new RunTracker(runId),
    events: [],
    quarantine: undefined,
    suspicion: undefined,
  };
}

/** Whether a whole record is the run's next one. */
function judge(
  tail: Pick<RunTail, 'seq' | 'hash' | 'epoch' | 'quarantine'>,
  hash: Sha256,
  record: JournalRecord,
  highestEpoch: number,
): Verdict {
  if (record.epoch < tail.epoch || record.epoch < highestEpoch) return 'stale';
  if (record.seq === tail.seq && hash === tail.hash) return 'duplicate';
  if (tail.quarantine !== undefined) return 'broken';
  return record.seq === tail.seq + 1 && record.prev === tail.hash ? 'next' : 'broken';
}

export function advance(
  tail: RunTail,
  span: Span,
  to: { readonly seq: number; readonly hash: Sha256; readonly epoch: number },
): void {
  tail.seq = to.seq;
  tail.hash = to.hash;
  tail.epoch = to.epoch;
  tail.suspicion = undefined;
  coverSpan(tail, span);
}

/** What lies between two records of a run is read with them unless it is more than this. */
const GAP_BYTES = 128 * 1024;

/** Widens the run's last span, or begins another one. */
function coverSpan(tail: Pick<RunTail, 'spans'>, span: Span): void {
  const last = tail.spans.at(-1);
  if (last?.segment === span.segment && span.from - last.to < GAP_BYTES)
    tail.spans[tail.spans.length - 1] = {
      segment: span.segment,
      from: Math.min(last.from, span.from),
      to: Math.max(last.to, span.to),
    };
  else tail.spans.push(span);
}

/**
 * Runs whose next record may be among these bytes. A small fault leaves the run's id or its chain's last hash readable;
 * where neither is, or more than a few bytes are no text, every run that goes on is suspected.
 */
function ownersOfDamage(going: readonly RunTail[], bytes: Uint8Array): readonly RunTail[] {
  const text = new TextDecoder().decode(bytes);
  const strange = [...text.matchAll(/[\u0000-\u0009\u000b-\u001f\ufffd]/g)].length;
  if (strange > 4) return going;
  const named = going.filter(
    (tail) =>
      text.includes(`"run":${JSON.stringify(tail.runId)}`) || (tail.hash !== '' && text.includes(tail.hash)),
  );
  return named.length > 0 ? named : going;
}
