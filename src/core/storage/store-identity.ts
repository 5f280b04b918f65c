/*
 * owns: store.json, the mark that a store existed here. Without it an emptied folder would look like a fresh one
 * and everything would be forgotten without a word.
 */
import { isJsonObject } from '../base/json';
import type { Host } from '../host';
import { decodeLine, FORMAT_VERSION } from './record';
import type { JournalFiles } from './journal-files';

export interface StoreIdentity {
  readonly id: string;
  readonly format: number;
  readonly createdAt: number;
}

/** What the folder says it is; undefined when there never was a store. `isMarked`: store.json stands as it should. */
export async function readIdentity(
  host: Host,
  folder: string,
  files: JournalFiles,
  findings: string[],
): Promise<{ readonly identity: StoreIdentity; readonly isMarked: boolean } | undefined> {
  const bytes = await host.files.read(host.files.join(folder, 'store.json'));
  const fromRecords = await identityFromRecords(host, files);
  const noted = bytes === undefined ? undefined : parseIdentity(bytes);
  if (noted !== undefined && (fromRecords === undefined || fromRecords.id === noted.id)) {
    if (fromRecords === undefined && (await files.names()).length === 0)
      findings.push('The journal is missing: what this store held is gone.');
    return { identity: noted, isMarked: true };
  }
  if (bytes !== undefined)
    findings.push(
      fromRecords === undefined
        ? 'store.json is damaged and there is no journal: what this store held is gone.'
        : 'store.json is damaged or belongs to another store; the store is known by its records.',
    );
  else if (fromRecords !== undefined && (await hasRecords(host, files)))
    findings.push('store.json is missing; the store is known by its records.');
  return fromRecords && { identity: fromRecords, isMarked: false };
}

/** Replaces `store.json` as a whole: a reader finds the old one or the new one. */
export async function writeIdentity(host: Host, folder: string, identity: StoreIdentity): Promise<void> {
  const path = host.files.join(folder, 'store.json');
  await host.files.writeAtomic(path, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600 });
}

function parseIdentity(bytes: Uint8Array): StoreIdentity | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isJsonObject(value)) return undefined;
    const { id, format, createdAt } = value;
    return typeof id === 'string' && id !== '' && typeof format === 'number' && typeof createdAt === 'number'
      ? { id, format, createdAt }
      : undefined;
  } catch {
    return undefined;
  }
}

/** False for a store whose making was cut short: a first segment with its header and nothing else. */
async function hasRecords(host: Host, files: JournalFiles): Promise<boolean> {
  const names = await files.names();
  const bytes = await host.files.read(files.pathOf(names[0] ?? ''), { start: 0, length: 4096 });
  return names.length > 1 || (bytes !== undefined && bytes.indexOf(0x0a) < bytes.byteLength - 1);
}

/** The first whole line of any segment names the store. */
async function identityFromRecords(host: Host, files: JournalFiles): Promise<StoreIdentity | undefined> {
  for (const name of await files.names()) {
    const bytes = await host.files.read(files.pathOf(name), { start: 0, length: 1024 });
    const newline = bytes?.indexOf(0x0a) ?? -1;
    if (bytes === undefined || newline < 0) continue;
    const decoded = decodeLine((data) => host.sha256(data), bytes.subarray(0, newline));
    if (decoded.kind === 'header')
      return { id: decoded.header.store, format: FORMAT_VERSION, createdAt: host.clock.now() };
  }
  return undefined;
}
