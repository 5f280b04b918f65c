import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../../../../src/core/model/events';
import type { Story } from '../story';

/** What stands in the journals of the window's folder, in their order: what is on the disk, not what a view shows. */
export async function recordedEvents({ server }: Story): Promise<readonly RunEvent[]> {
  const found = await readdir(server.data, { recursive: true, withFileTypes: true });
  const journals = found
    .filter(({ parentPath, name }) => /[\\/]journal$/.test(parentPath) && name.endsWith('.jsonl'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  const texts = await Promise.all(journals.map((file) => readFile(file, 'utf8')));
  // Each line is its hash and a record.
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes('"event":'))
    .map((line) => (JSON.parse(line.slice(line.indexOf(' '))) as { readonly event: RunEvent }).event);
}

export function eventsOf<Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) {
  return events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
}
