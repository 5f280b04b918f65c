import type { Host } from '../host';
import type { ArtifactRef } from '../model/artifact';
import { BatonError } from '../model/errors';
import type { Sha256 } from '../model/ids';
import { isFullDisk } from './reserve';
import type { ArtifactStore } from './run-store';

/** Artifacts as files named by their content: `artifacts/ab/<hash>`. Written once, verified whenever they are read. */
export class FileArtifacts implements ArtifactStore {
  private readonly writing = new Map<Sha256, Promise<void>>();

  constructor(
    private readonly host: Host,
    private readonly folder: string,
  ) {}

  async put(path: string, mediaType: string, data: Uint8Array | string): Promise<ArtifactRef> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    const hash = this.host.sha256(bytes);
    let writing = this.writing.get(hash);
    if (writing === undefined) {
      writing = this.write(hash, bytes).finally(() => this.writing.delete(hash));
      this.writing.set(hash, writing);
    }
    await writing;
    return { hash, path, mediaType, size: bytes.byteLength };
  }

  async get(ref: Pick<ArtifactRef, 'hash'>): Promise<Uint8Array> {
    const bytes = await this.host.files.read(this.pathOf(ref.hash));
    if (bytes === undefined)
      throw new BatonError('artifact-missing', `Artifact ${ref.hash.slice(0, 12)} is not in the store.`);
    if (this.host.sha256(bytes) !== ref.hash)
      throw new BatonError(
        'artifact-corrupt',
        `Artifact ${ref.hash.slice(0, 12)} was changed on the disk and is not shown.`,
      );
    return bytes;
  }

  private async write(hash: Sha256, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(hash);
    const present = await this.host.files.read(path);
    // One that rotted is written again: its bytes are at hand.
    if (present !== undefined && this.host.sha256(present) === hash) return;
    try {
      await this.host.files.writeAtomic(path, bytes, { mode: 0o600 });
    } catch (error) {
      if (!isFullDisk(error)) throw error;
      throw new BatonError('store-full', 'The disk is full; an artifact could not be stored.', {
        cause: error,
        retryable: true,
      });
    }
  }

  private pathOf(hash: Sha256): string {
    // Hashes come from records and from links that people click; nothing else may become a path.
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new BatonError('artifact-missing', 'That is no artifact.');
    return this.host.files.join(this.folder, 'artifacts', hash.slice(0, 2), hash);
  }
}
