import type { Host } from '../../../src/core/host';
import type { RunEvent } from '../../../src/core/model/events';
import type { RunId } from '../../../src/core/model/ids';
import { raiseEpoch } from '../../../src/core/storage/epoch';
import { openRunStore, type JournalRunStore } from '../../../src/core/storage/journal-run-store';
import { MemoryFiles } from '../../support/memory-files';
import { createTestHost } from '../../support/node-host';
import { runLists } from './run-lists';

export const FOLDER = '/state';
const machine = createTestHost();

/** A host over files in memory; its clock fires no timers, so nothing is saved behind the test's back. */
export function memoryHost(files: MemoryFiles): Host {
  return { ...machine, files, clock: { ...machine.clock, after: () => ({ dispose() {} }) } };
}

/** Opens the store as its next owner. */
export async function openAsOwner(host: Host): Promise<JournalRunStore> {
  return openRunStore(host, FOLDER, { epoch: await raiseEpoch(host, FOLDER) });
}

export interface Fixture {
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly events: ReadonlyMap<RunId, readonly RunEvent[]>;
  /** Ends of the records of the last segment, in bytes. */
  readonly lastSegment: { readonly path: string; readonly ends: readonly number[] };
}

/**
 * A store that two owners wrote, their runs interleaved: some finished in the first life, some in the second, some go on.
 * `closed`: the last owner wrote its manifest; else it was killed, and the manifest is of the first life.
 */
export async function makeFixture(closed: boolean): Promise<Fixture> {
  const files = new MemoryFiles();
  const host = memoryHost(files);
  const runs = Object.entries(runLists).map(([runId, bodies]) => ({ runId, bodies: [...bodies] }));
  const early = [
    { runId: 'old-1', bodies: [...(runLists['chain'] ?? [])] },
    { runId: 'old-2', bodies: [...(runLists['cancelled'] ?? [])] },
  ];
  const first = await openAsOwner(host);
  await play(first, [...early, ...runs], 8);
  await first.close();
  const second = await openAsOwner(host);
  await play(second, runs, 100);
  const events = new Map<RunId, readonly RunEvent[]>();
  for (const { runId } of [...early, ...runs]) events.set(runId, await second.read(runId));
  if (closed) await second.close();
  const path =
    [...files.contents.keys()]
      .filter((file) => file.includes('/journal/'))
      .sort()
      .at(-1) ?? '';
  return {
    contents: new Map(files.contents),
    events,
    lastSegment: { path, ends: lineEnds(files.contents.get(path)) },
  };
}

async function play(
  store: JournalRunStore,
  runs: readonly { readonly runId: RunId; readonly bodies: (typeof runLists)[string][number][] }[],
  rounds: number,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1)
    for (const { runId, bodies } of runs) {
      const body = bodies.shift();
      if (body !== undefined)
        await store.append(runId, [body], { at: 1_000 + round, rehearsal: false }).durable;
    }
}

function lineEnds(bytes: Uint8Array | undefined): number[] {
  const ends: number[] = [];
  bytes?.forEach((byte, index) => {
    if (byte === 0x0a) ends.push(index + 1);
  });
  return ends;
}

export interface Survey {
  /** Runs of which every event came back. */
  readonly whole: number;
  /** Runs of which only the beginning came back. */
  readonly shortened: readonly RunId[];
  readonly findings: readonly string[];
  readonly goingOn: readonly RunId[];
}

/** Opens a damaged store, reads all there is, and checks that what comes back was recorded so. */
export async function survey(contents: ReadonlyMap<string, Uint8Array>, fixture: Fixture): Promise<Survey> {
  const host = memoryHost(new MemoryFiles(contents));
  const store = await openAsOwner(host);
  const listed = await store.runs();
  let whole = 0;
  const shortened: RunId[] = [];
  for (const [runId, original] of fixture.events) {
    const events = await store.read(runId);
    if (JSON.stringify(events) !== JSON.stringify(original.slice(0, events.length)))
      throw new Error(`Run ${runId} came back with something that was never recorded`);
    if (events.length === original.length) whole += 1;
    else shortened.push(runId);
  }
  for (const { runId } of listed)
    if (!fixture.events.has(runId)) throw new Error(`Run ${runId} is listed but was never recorded`);
  const result = { whole, shortened, findings: [...store.findings], goingOn: store.unfinished() };
  await store.close();
  return result;
}
