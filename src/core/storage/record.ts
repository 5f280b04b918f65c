/*
 * owns: the form of one line of the journal, for good.
 * must stay true: a line whose checksum fits is exactly what some owner wrote; fields are added, never changed.
 */
import { isJsonObject } from '../base/json';
import type { RunEvent, RunEventBody } from '../model/events';
import type { RunId, Sha256 } from '../model/ids';

/** Version of the record format. A higher one in a file means: written by a newer Baton, read only what is understood. */
export const FORMAT_VERSION = 1;

export type HashText = (data: Uint8Array | string) => Sha256;

/** An event without what the record around it says already. */
export type StoredEvent = Omit<RunEvent, 'runId' | 'seq'>;

/** One event of one run. `prev` is the checksum of the run's record before, empty for its first: the chain. */
export interface JournalRecord {
  readonly v: number;
  readonly store: string;
  readonly run: RunId;
  readonly seq: number;
  readonly epoch: number;
  readonly prev: Sha256;
  readonly event: StoredEvent;
}

/** The first line of a segment. What lies beyond `previous.size` in the segment before was never acknowledged. */
export interface SegmentHeader {
  readonly v: number;
  readonly store: string;
  readonly segment: string;
  readonly epoch: number;
  readonly previous?: { readonly name: string; readonly size: number };
}

export type DecodedLine =
  | { readonly kind: 'record'; readonly hash: Sha256; readonly record: JournalRecord }
  | { readonly kind: 'header'; readonly header: SegmentHeader }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damage'; readonly reason: string };

const HASH_LENGTH = 64;
const SPACE = 0x20;
const decoder = new TextDecoder();

/** The line of a body and its checksum, which is also the link of the chain. */
export function encodeLine(
  sha256: HashText,
  body: JournalRecord | SegmentHeader,
): { readonly line: string; readonly hash: Sha256 } {
  const text = JSON.stringify(body);
  const hash = sha256(text);
  return { line: `${hash} ${text}\n`, hash };
}

/** What the records that are appended together share. */
export interface RecordFrame {
  readonly store: string;
  readonly run: RunId;
  readonly epoch: number;
  /** Wall clock milliseconds. */
  readonly at: number;
  readonly rehearsal: boolean;
}

/**
 * Encodes records as `encodeLine` would, byte for byte, each from its number, the checksum before it and its body. What thousands of
 * records share is written once, and none of them is copied.
 */
export function recordEncoder(
  sha256: HashText,
  { store, run, epoch, at, rehearsal }: RecordFrame,
): (seq: number, prev: Sha256, body: RunEventBody) => { readonly line: string; readonly hash: Sha256 } {
  const before = `{"v":${FORMAT_VERSION},"store":${JSON.stringify(store)},"run":${JSON.stringify(run)},"seq":`;
  const between = `,"epoch":${epoch},"prev":"`;
  const event = `","event":{"at":${at},${rehearsal ? '"rehearsal":true,' : ''}`;
  return (seq, prev, body) => {
    const text = `${before}${seq}${between}${prev}${event}${JSON.stringify(body).slice(1)}}`;
    const hash = sha256(text);
    return { line: `${hash} ${text}\n`, hash };
  };
}

/** What a line (without its newline) says; anything that is not exactly what was written is damage. */
export function decodeLine(sha256: HashText, line: Uint8Array): DecodedLine {
  if (line.byteLength < HASH_LENGTH + 3 || line[HASH_LENGTH] !== SPACE) return damage('not a record');
  const hash = decoder.decode(line.subarray(0, HASH_LENGTH));
  const body = line.subarray(HASH_LENGTH + 1);
  if (sha256(body) !== hash) return damage('the checksum does not fit');
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch {
    return damage('not JSON');
  }
  if (!isJsonObject(value) || typeof value['v'] !== 'number') return damage('no version');
  if (value['v'] > FORMAT_VERSION) return { kind: 'newer', version: value['v'] };
  if (isRecord(value)) return { kind: 'record', hash, record: value };
  if (isHeader(value)) return { kind: 'header', header: value };
  return damage('not a record');
}

/** The event as everyone else knows it. */
export function eventOf(record: JournalRecord): RunEvent {
  return { runId: record.run, seq: record.seq, ...record.event } as RunEvent;
}

function damage(reason: string): DecodedLine {
  return { kind: 'damage', reason };
}

function isRecord(value: object): value is JournalRecord {
  const body = value as Partial<Record<keyof JournalRecord, unknown>>;
  return (
    typeof body.store === 'string' &&
    typeof body.run === 'string' &&
    typeof body.seq === 'number' &&
    typeof body.epoch === 'number' &&
    typeof body.prev === 'string' &&
    typeof body.event === 'object' &&
    body.event !== null &&
    typeof (body.event as { type?: unknown }).type === 'string'
  );
}

function isHeader(value: object): value is SegmentHeader {
  const body = value as Partial<Record<keyof SegmentHeader, unknown>>;
  return typeof body.store === 'string' && typeof body.segment === 'string' && typeof body.epoch === 'number';
}
