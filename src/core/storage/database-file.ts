import type { Host } from '../host';
import type { Position } from './segment';

export const DATABASE_FILE = 'workflows.db';

/** What stands behind the pages of the database: SQLite itself does not notice a file that lost its end. */
export interface DatabaseNote {
  readonly store: string;
  readonly schema: number;
  /** Counts how often the file was written. */
  readonly generation: number;
  /** The journal is taken in up to here. */
  readonly position: Position;
  readonly epoch: number;
}

const NOTE_BYTES = 512;

/** The database and its note with a checksum over both, to be written as one file. */
export function packDatabase(host: Pick<Host, 'sha256'>, bytes: Uint8Array, note: DatabaseNote): Uint8Array {
  const text = JSON.stringify(note);
  const sha256 = host.sha256(`${host.sha256(bytes)} ${text}`);
  const line = `\n${sha256} ${text}`.padEnd(NOTE_BYTES - 1) + '\n';
  const packed = new Uint8Array(bytes.byteLength + NOTE_BYTES);
  packed.set(bytes);
  packed.set(new TextEncoder().encode(line), bytes.byteLength);
  return packed;
}

/** Undefined when anything is not as it was written. */
export function unpackDatabase(
  host: Pick<Host, 'sha256'>,
  packed: Uint8Array,
): { readonly bytes: Uint8Array; readonly note: DatabaseNote } | undefined {
  if (packed.byteLength <= NOTE_BYTES) return undefined;
  const bytes = packed.subarray(0, packed.byteLength - NOTE_BYTES);
  const line = new TextDecoder().decode(packed.subarray(packed.byteLength - NOTE_BYTES)).trim();
  const text = line.slice(65);
  if (host.sha256(`${host.sha256(bytes)} ${text}`) !== line.slice(0, 64)) return undefined;
  return { bytes, note: JSON.parse(text) as DatabaseNote };
}
