import { throwIfCancelled } from './cancellation';
import type { CallUsage, ModelRef, WorstCase } from '../../model/model-call';
import type { Purse, Reservation } from '../routing';

/**
 * The one reservation of a call that is not settled yet.
 * must stay true: each ends in exactly one settlement or release, also one that is granted after the call was cancelled.
 */
export class HeldMoney {
  private model: ModelRef | undefined;
  private reservation: Reservation | undefined;

  constructor(
    private readonly purse: Purse,
    private readonly signal: AbortSignal,
  ) {}

  get isHeld(): boolean {
    return this.reservation !== undefined;
  }

  /** Whether money is held back for this model. */
  isFor(model: ModelRef): boolean {
    return this.isHeld && this.model === model;
  }

  /** Lets go of what was held before. Throws `OverBudget`, or `CancelledError` when the signal fired. */
  async hold(model: ModelRef, worst: WorstCase): Promise<void> {
    if (this.isHeld) await this.free();
    try {
      this.reservation = await this.purse.reserve(model, worst, this.signal);
      this.model = model;
    } finally {
      // What was granted all the same is let go of when the call ends.
      throwIfCancelled(this.signal);
    }
  }

  async book(usage: CallUsage): Promise<void> {
    await this.take()?.settle(usage);
  }

  async free(): Promise<void> {
    await this.take()?.release();
  }

  private take(): Reservation | undefined {
    const { reservation } = this;
    this.reservation = undefined;
    return reservation;
  }
}
