/*
 * owns: the two files that spare reading the whole journal: the manifest (runs that go on, and what finished lately)
 * and runs.json (every run that finished before). Both can be made again from the journal.
 */
import type { Host } from '../host';
import type { RunId, Sha256 } from '../model/ids';
import { readDerived, writeDerived } from './derived-file';
import type { RunTail } from './replay';
import type { RunSummary } from './run-store';
import type { Position, Span } from './segment';

/** 2: the line of a run says what it spent. */
const VERSION = 2;

/** A run that ended: its line in the list, and where its records lie. */
export interface FinishedRun {
  readonly summary: RunSummary;
  readonly seq: number;
  /** Of its last record. */
  readonly hash: Sha256;
  readonly spans: readonly Span[];
}

export interface GoingRun {
  readonly runId: RunId;
  readonly seq: number;
  readonly hash: Sha256;
  readonly epoch: number;
  readonly spans: readonly Span[];
  readonly quarantine?: string;
}

export interface Manifest {
  readonly version: number;
  readonly store: string;
  /** The journal is accounted for up to here. */
  readonly upTo: Position;
  readonly epoch: number;
  /** Of the runs.json that this manifest goes with; a later one holds all of `recent` too. */
  readonly generation: number;
  readonly going: readonly GoingRun[];
  /** Finished since that runs.json was written. */
  readonly recent: readonly FinishedRun[];
}

export interface FinishedRuns {
  readonly version: number;
  readonly store: string;
  readonly generation: number;
  readonly runs: readonly FinishedRun[];
}

/** `manifest.json` of a store; undefined when it is missing, damaged, of another version or of another store. */
export async function readManifest(host: Host, folder: string, store: string): Promise<Manifest | undefined> {
  const value = await readDerived(host, host.files.join(folder, 'manifest.json'));
  return isOurs(value, store) ? (value as Manifest) : undefined;
}

export async function writeManifest(
  host: Host,
  folder: string,
  manifest: Omit<Manifest, 'version'>,
): Promise<void> {
  await writeDerived(host, host.files.join(folder, 'manifest.json'), { version: VERSION, ...manifest });
}

/** `runs.json` of a store; undefined when it is missing, damaged, of another version or of another store. */
export async function readFinishedRuns(
  host: Host,
  folder: string,
  store: string,
): Promise<FinishedRuns | undefined> {
  const value = await readDerived(host, host.files.join(folder, 'runs.json'));
  return isOurs(value, store) ? (value as FinishedRuns) : undefined;
}

export async function writeFinishedRuns(
  host: Host,
  folder: string,
  runs: Omit<FinishedRuns, 'version'>,
): Promise<void> {
  await writeDerived(host, host.files.join(folder, 'runs.json'), { version: VERSION, ...runs });
}

/** What the manifest keeps of a run that goes on: where its records lie, not what they say. */
export function goingRun(tail: RunTail): GoingRun {
  const { runId, seq, hash, epoch, spans, quarantine } = tail;
  return { runId, seq, hash, epoch, spans, ...(quarantine !== undefined && { quarantine }) };
}

/** What is kept of a run that ended: its summary, and where its records lie. */
export function finishedRun(tail: RunTail): FinishedRun {
  return {
    summary: summaryOf(tail),
    seq: tail.seq,
    hash: tail.hash,
    spans: tail.spans,
  };
}

/** What a list says of a run; one that lost records is "damaged", whatever its last event was. */
export function summaryOf(tail: RunTail): RunSummary {
  const summary = tail.tracker.summary();
  return tail.quarantine === undefined ? summary : { ...summary, status: 'damaged' };
}

function isOurs(value: unknown, store: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const file = value as { readonly version?: unknown; readonly store?: unknown };
  return file.version === VERSION && file.store === store;
}
