import { isLargeOutput } from './engine/work/large-output';
import type { Host } from './host';
import type { ArtifactRef } from './model/artifact';
import { BatonError } from './model/errors';
import type { RunEvent } from './model/events';
import type { RunId } from './model/ids';
import { redactBodies } from './storage/redacted-event';
import type { RunStore } from './storage/run-store';

/** As much of what a command printed as is kept of it anywhere. Bytes. */
const WHOLE_LOG = 8 * 1024 * 1024;

/**
 * Lays a run out as `DIR/artifacts/<run>/<path as produced>` beside its events, with what its commands printed as
 * `output/<step>.<attempt>.log`, and results too large for an event as `output/<step>.<attempt>.json`. Gives the
 * files written, absolute.
 */
export async function exportRun(
  host: Pick<Host, 'files' | 'redactor'>,
  store: Pick<RunStore, 'read' | 'artifacts' | 'logs'>,
  runId: RunId,
  directory: string,
): Promise<readonly string[]> {
  const events = await store.read(runId);
  if (events.length === 0) throw new BatonError('unknown-run', `There is no run ${runId}.`);
  const { files, redactor } = host;
  const folder = files.join(directory, 'artifacts', runId);
  const written: string[] = [];
  // A value may have become known as a secret since it was stored, and what is exported is about to be shared.
  const clean = redactor === undefined ? events : redactBodies(events, redactor);
  const eventsFile = files.join(folder, 'events.jsonl');
  await files.writeAtomic(eventsFile, clean.map((event) => `${JSON.stringify(event)}\n`).join(''));
  written.push(eventsFile);
  const taken = new Set(['events.jsonl']);
  for (const { step, attempt, ref } of artifactsOf(events)) {
    const path = freePath(safePath(ref.path), step, attempt, taken);
    const target = files.join(folder, ...path.split('/'));
    const bytes = await store.artifacts.get(ref);
    await files.writeAtomic(target, redactor?.bytes(bytes) ?? bytes);
    written.push(target);
  }
  for (const { name, bytes } of await outputsOf(events, store)) {
    const target = files.join(folder, ...freePath(`output/${name}`, name, 1, taken).split('/'));
    await files.writeAtomic(target, redactor?.bytes(bytes) ?? bytes);
    written.push(target);
  }
  return written;
}

/** What commands printed, and results that the events only point to. */
async function outputsOf(
  events: readonly RunEvent[],
  store: Pick<RunStore, 'artifacts' | 'logs'>,
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const found = new Map<string, Uint8Array>();
  for (const event of events) {
    if (event.type === 'step-started' && event.assignment.engine === 'command') {
      const text = await store.logs.read(event.runId, event.step, event.attempt, WHOLE_LOG);
      if (text !== '') found.set(`${event.step}.${event.attempt}.log`, new TextEncoder().encode(text));
    }
    if ('output' in event && 'attempt' in event && event.output !== undefined && isLargeOutput(event.output))
      found.set(
        `${event.step}.${event.attempt}.json`,
        await store.artifacts.get({ hash: event.output.$artifact }),
      );
  }
  return [...found].map(([name, bytes]) => ({ name, bytes }));
}

interface Produced {
  readonly step: string;
  readonly attempt: number;
  readonly ref: ArtifactRef;
}

/** Each file once for each step: a gate shows what is completed later. */
function artifactsOf(events: readonly RunEvent[]): Produced[] {
  const found = new Map<string, Produced>();
  for (const event of events)
    if ('artifacts' in event)
      for (const ref of event.artifacts)
        found.set(JSON.stringify([event.step, ref.path, ref.hash]), {
          step: event.step,
          attempt: event.attempt,
          ref,
        });
  return [...found.values()];
}

/** A path below the folder, whatever an agent called it. */
function safePath(path: string): string {
  const parts = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')

    .map((part) => part.replace(/[<>:"|?*\u0000-\u001f]/g, '_'));
  return parts.length === 0 ? 'artifact' : parts.join('/');
}

/** Two steps may have produced a file of one name: the second lies in a folder of its step. */
function freePath(path: string, step: string, attempt: number, taken: Set<string>): string {
  const candidates = [path, `${safePath(step)}/${path}`, `${safePath(step)}.${attempt}/${path}`];
  let free = candidates.find((candidate) => !taken.has(candidate.toLowerCase()));
  for (let count = 2; free === undefined; count += 1) {
    const candidate = `${safePath(step)}.${attempt}.${count}/${path}`;
    if (!taken.has(candidate.toLowerCase())) free = candidate;
  }
  // Compared without case: on some systems "Report.md" and "report.md" are one file.
  taken.add(free.toLowerCase());
  return free;
}
