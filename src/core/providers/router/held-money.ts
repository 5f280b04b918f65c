import type { CallUsage, ModelRef, WorstCase } from '../../model/model-call';
import type { Cancellation } from './cancellation';
import type { Purse, Reservation } from '../routing';

/**
 * The one reservation of a call that is not settled yet.
 * must stay true: each ends in exactly one settlement or release, also one that is granted after the call was cancelled.
 */
export interface HeldMoney {
  /** Whether money is held back for this model. */
  isFor(model: ModelRef): boolean;
  /** Lets go of what was held before. Throws `OverBudget`, or `CancelledError` as soon as the signal fires. */
  hold(model: ModelRef, worst: WorstCase): Promise<void>;
  book(usage: CallUsage): Promise<void>;
  free(): Promise<void>;
}

export function createHeldMoney(purse: Purse, cancellation: Cancellation): HeldMoney {
  let held: { readonly model: ModelRef; readonly reservation: Reservation } | undefined;
  const take = () => {
    const reservation = held?.reservation;
    held = undefined;
    return reservation;
  };
  const free = async () => take()?.release();
  return {
    isFor: (model) => held?.model === model,
    async hold(model, worst) {
      await free();
      const asked = purse.reserve(model, worst);
      try {
        held = { model, reservation: await cancellation.orCancelled(asked) };
      } catch (error) {
        if (cancellation.isCancelled) asked.then((late) => late.release()).catch(() => {});
        throw error;
      }
    },
    async book(usage) {
      await take()?.settle(usage);
    },
    free,
  };
}
