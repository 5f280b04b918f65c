/*
 * owns: what the bytes of one journal file hold. Pure.
 * must stay true: every byte is accounted for, as a header, a record, damage, or the tail.
 */
import type { Sha256 } from '../model/ids';
import { decodeLine, type HashText, type JournalRecord, type SegmentHeader } from './record';
import type { TornTail } from './torn-tail';

/** A place in the journal: everything before it has been seen. */
export interface Position {
  readonly segment: string;
  readonly offset: number;
}

/** Bytes `from` (inclusive) to `to` (exclusive) of a segment. */
export interface Span {
  readonly segment: string;
  readonly from: number;
  readonly to: number;
}

/** Segments are sealed at this size; the batch that reaches it may go a little beyond. */
export const SEGMENT_BYTES = 8 * 1024 * 1024;

export type SegmentEntry =
  | {
      readonly kind: 'record';
      readonly from: number;
      readonly to: number;
      readonly hash: Sha256;
      readonly record: JournalRecord;
    }
  | { readonly kind: 'header'; readonly from: number; readonly to: number; readonly header: SegmentHeader }
  | { readonly kind: 'newer'; readonly from: number; readonly to: number; readonly version: number }
  | {
      readonly kind: 'damage';
      readonly from: number;
      readonly to: number;
      readonly reason: string;
      readonly bytes: Uint8Array;
    };

export interface SegmentScan {
  /** In file order; neighbouring damaged lines are one entry. Damage at the very end is not here but in `tail`. */
  readonly entries: readonly SegmentEntry[];
  /** Up to here everything is accounted for by `entries`. */
  readonly end: number;
  /** What follows the last whole line: torn, still being written, or damaged. */
  readonly tail?: TornTail;
}

/**
 * A segment's name sorts by epoch, then by number: no two owners ever write to one file,
 * so cutting a file back can never take another owner's records with it.
 */
export function segmentName(epoch: number, number: number): string {
  return `${String(epoch).padStart(8, '0')}-${String(number).padStart(6, '0')}.jsonl`;
}

/** The owner's epoch and the place in its row that a file's name tells; undefined for a file that is no segment. */
export function parseSegmentName(
  name: string,
): { readonly epoch: number; readonly number: number } | undefined {
  const match = /^(\d{8,})-(\d{6,})\.jsonl$/.exec(name);
  return match ? { epoch: Number(match[1]), number: Number(match[2]) } : undefined;
}

/** The same bytes in the order of the journal, none of them twice. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  const inOrder = (a: Span, b: Span): number =>
    a.segment === b.segment ? a.from - b.from : a.segment < b.segment ? -1 : 1;
  for (const span of [...spans].sort(inOrder)) {
    const last = merged.at(-1);
    if (last?.segment === span.segment && span.from <= last.to)
      merged[merged.length - 1] = { ...last, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
}

const NEWLINE = 0x0a;

/** Reads the bytes of a segment, the first of which stands at `base` in the file. */
export function scanSegment(sha256: HashText, bytes: Uint8Array, base = 0): SegmentScan {
  const entries: SegmentEntry[] = [];
  let damaged: { from: number; reason: string } | undefined;
  let end = base;
  const closeDamage = (to: number): void => {
    if (damaged === undefined) return;
    entries.push({
      kind: 'damage',
      ...damaged,
      to,
      bytes: bytes.subarray(damaged.from - base, to - base),
    });
    damaged = undefined;
  };
  let start = 0;
  while (start < bytes.byteLength) {
    const newline = bytes.indexOf(NEWLINE, start);
    if (newline < 0) break;
    const from = base + start;
    const to = base + newline + 1;
    const decoded = decodeLine(sha256, bytes.subarray(start, newline));
    if (decoded.kind === 'damage') {
      damaged ??= { from, reason: decoded.reason };
    } else {
      closeDamage(from);
      entries.push({ ...decoded, from, to });
      end = to;
    }
    start = newline + 1;
  }
  const size = base + bytes.byteLength;
  if (end === size) return { entries, end };
  return { entries, end, tail: { from: end, to: size, bytes: bytes.subarray(end - base) } };
}
