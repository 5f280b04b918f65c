import type { Host } from '../host';
import { BatonError } from '../model/errors';

/** Bytes set aside so that work in flight can still be recorded on a full disk. */
const RESERVE_BYTES = 4 * 1024 * 1024;

/** The file that is given up when the disk is full. */
export class Reserve {
  private readonly path: string;

  constructor(
    private readonly host: Host,
    folder: string,
  ) {
    this.path = host.files.join(folder, 'reserve');
  }

  /** Sets the bytes aside unless they are; false when there is no room. */
  async fill(): Promise<boolean> {
    try {
      if (((await this.host.files.stat(this.path))?.size ?? 0) >= RESERVE_BYTES) return true;
      // Not zeros: some file systems store those as a hole, and a hole frees nothing.
      const bytes = new Uint8Array(RESERVE_BYTES).fill(0x2e);
      await this.host.files.writeAtomic(this.path, bytes, { mode: 0o600 });
      return true;
    } catch (error) {
      this.host.log.warn(`The reserve could not be set aside: ${String(error)}`);
      return false;
    }
  }

  /** Gives the bytes back to the disk; false when there were none. */
  async release(): Promise<boolean> {
    try {
      if ((await this.host.files.stat(this.path)) === undefined) return false;
      await this.host.files.remove(this.path);
      return true;
    } catch {
      return false;
    }
  }
}

/** No room: the system's codes for a full disk or quota, and a write that was taken only in part. */
export function isFullDisk(error: unknown): boolean {
  return error instanceof BatonError && ['enospc', 'edquot', 'efbig', 'short-write'].includes(error.code);
}
