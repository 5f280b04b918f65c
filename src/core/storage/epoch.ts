/*
 * owns: the number of the owner whose records count.
 * must stay true: it only grows, and it is on the disk before its owner reads or writes anything else.
 */
import type { Host } from '../host';
import { BatonError } from '../model/errors';

const FILE = 'epoch';

/** The store's epoch; 0 when nobody ever owned it. */
export async function readEpoch(host: Host, folder: string): Promise<number> {
  const bytes = await host.files.read(host.files.join(folder, FILE));
  if (bytes === undefined) return 0;
  const epoch = Number.parseInt(new TextDecoder().decode(bytes), 10);
  return Number.isSafeInteger(epoch) && epoch > 0 ? epoch : 0;
}

/** Makes the next epoch durable and gives it. To be called while holding the lock, with the highest epoch seen in the journal. */
export async function raiseEpoch(host: Host, folder: string, atLeast = 0): Promise<number> {
  const epoch = Math.max(await readEpoch(host, folder), atLeast) + 1;
  await writeEpoch(host, folder, epoch);
  return epoch;
}

export async function writeEpoch(host: Host, folder: string, epoch: number): Promise<void> {
  // The length differs from one epoch to the next, so that a look at size and time tells them apart
  // even where the file system's clock ticks in seconds.
  const padding = '.'.repeat(epoch % 61);
  await host.files.writeAtomic(host.files.join(folder, FILE), `${epoch}\n${padding}\n`, { mode: 0o600 });
}

/** Tells cheaply, again and again, whether an owner is still the owner. */
export class EpochFence {
  private seen: { readonly size: number; readonly modifiedAt: number } | undefined;

  constructor(
    private readonly host: Host,
    private readonly folder: string,
    private readonly epoch: number,
  ) {}

  /** Throws "stale-owner" once somebody raised the epoch. */
  async check(): Promise<void> {
    const stat = await this.host.files.stat(this.host.files.join(this.folder, FILE));
    if (stat !== undefined && stat.size === this.seen?.size && stat.modifiedAt === this.seen.modifiedAt)
      return;
    // Looked at before it was read: a change in between shows at the next check.
    const epoch = await readEpoch(this.host, this.folder);
    if (epoch !== this.epoch)
      throw new BatonError(
        'stale-owner',
        `Another owner took over (epoch ${epoch}, ours is ${this.epoch}); nothing more is recorded here.`,
      );
    this.seen = stat;
  }
}
