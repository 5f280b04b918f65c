import type { Host } from '../host';

/** The end of a file that was being written when its writer died. */
export interface TornTail {
  /** Where in the file it begins and ends, bytes. */
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/**
 * Cuts it off `file` and keeps its bytes as `copy`. A copy that cannot be kept is no reason to leave it: whatever is
 * appended next would follow half a record.
 */
export async function cutTornTail(
  { files, log }: Pick<Host, 'files' | 'log'>,
  file: string,
  copy: string,
  { from, bytes }: TornTail,
): Promise<void> {
  try {
    await files.writeAtomic(copy, bytes, { mode: 0o600 });
  } catch (error) {
    log.warn(`No copy of the cut bytes could be kept: ${String(error)}`);
  }
  await files.truncate(file, from);
}
