import type { CallUsage, ModelRef, WorstCase } from '../../model/model-call';
import type { Cancellation } from './cancellation';
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
    private readonly cancellation: Cancellation,
  ) {}

  get isHeld(): boolean {
    return this.reservation !== undefined;
  }

  /** Whether money is held back for this model. */
  isFor(model: ModelRef): boolean {
    return this.isHeld && this.model === model;
  }

  /** Lets go of what was held before. Throws `OverBudget`, or `CancelledError` as soon as the signal fires. */
  async hold(model: ModelRef, worst: WorstCase): Promise<void> {
    if (this.isHeld) await this.free();
    const asked = this.purse.reserve(model, worst);
    try {
      this.reservation = await this.cancellation.orCancelled(asked);
      this.model = model;
    } catch (error) {
      if (this.cancellation.isCancelled) asked.then((late) => late.release()).catch(() => {});
      throw error;
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
