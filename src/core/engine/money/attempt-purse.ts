/*
 * owns: the money of one attempt, from holding it back to the event that says what was taken.
 * must stay true: what a call held back stays held until what it took is on the disk: a crash before that books the whole of it.
 */
import { CancelledError } from '../../base/abort';
import type { RunEventBody } from '../../model/events';
import type { CallUsage, ModelRef, WorstCase } from '../../model/model-call';
import { OverBudget, type Purse, type Reservation } from '../../providers/routing';
import type { DayReservation } from '../../storage/day-spending';
import { Stop } from '../work/stop';
import { amountOf, NOTHING, plus, type Amount, type Shortage } from './caps';

export type CallBody = Extract<RunEventBody, { type: 'routing-decision' | 'call-failed' | 'call-answered' }>;

/** What the attempts of one run share. */
export interface SharedMoney {
  /** False while the run is paused: then nothing new is asked. */
  readonly mayAsk: boolean;
  /** Why a call may not be begun now; undefined when it may. */
  shortage(model: ModelRef, worst: WorstCase): Shortage | undefined;
  /** Resolves when something may have become free. */
  whenChanged(signal: AbortSignal): Promise<void>;
  /** Resolves when the call fits into the day as well; undefined where nobody counts days. */
  reserveDay(model: ModelRef, worst: WorstCase, signal: AbortSignal): Promise<DayReservation | undefined>;
  /** Whoever waits for money looks again. */
  changed(): void;
  /** From now on the events say what the attempt has spent. */
  forget(purse: AttemptPurse): void;
}

interface Hold {
  readonly amount: Amount;
  /** Whose decision is recorded with it. */
  call?: number;
  /** Once it has ended: what was taken. */
  used?: Amount;
}

export class AttemptPurse implements Purse {
  private readonly holds = new Set<Hold>();
  private isClosed = false;
  /** The attempt is being held: nothing more may leave that would be lost with it. */
  private exceeded: OverBudget | undefined;

  constructor(
    private readonly run: SharedMoney,
    private readonly stop: AbortController,
  ) {}

  /** Held back, and what was taken without a word in the events yet. */
  get held(): Amount {
    let total = NOTHING;
    for (const { amount, call, used } of this.holds)
      total = plus(total, call === undefined && used !== undefined ? used : amount);
    return total;
  }

  /** An event of a call is on its way to the disk: from here on a crash books what it says is held back. */
  recording(body: CallBody): void {
    if (body.type === 'routing-decision') this.bind(body.call, amountOf(body.reserved));
  }

  /** An event of a call is on the disk. */
  recorded(body: CallBody): void {
    if (body.type === 'routing-decision') return;
    const isRetry = body.type === 'call-failed' && body.next === 'retry';
    // Tried again with the same money: nothing has ended.
    if (isRetry && body.usage === undefined) return;
    const bound = [...this.holds].find(({ call }) => call === body.call);
    if (bound === undefined) return;
    const ended = bound.used !== undefined ? bound : this.endedLike(bound);
    if (ended === undefined) return;
    // Holds of equal amounts stand for each other: parallel calls may have been told apart the wrong way round.
    const { call } = ended;
    delete bound.call;
    if (ended !== bound && call !== undefined) bound.call = call;
    this.holds.delete(ended);
    // A request that is made again holds money of its own, under the same decision.
    if (isRetry) this.bind(body.call, ended.amount);
    this.run.changed();
  }

  async reserve(model: ModelRef, worst: WorstCase, signal: AbortSignal): Promise<Reservation> {
    // A call ends with its attempt, and some end before: those of an agent that was asked and is not waited for any longer.
    const either = () => (signal === this.stop.signal ? signal : AbortSignal.any([signal, this.stop.signal]));
    for (;;) {
      this.mustGoOn(signal);
      const shortage = this.run.shortage(model, worst);
      if (shortage === undefined) break;
      // While another call of this attempt is under way it is not given up: the answer would be lost, and paid for again.
      if (!shortage.mayFitLater && this.holds.size === 0)
        throw this.exceed(new OverBudget(shortage.question));
      await this.run.whenChanged(either());
    }
    // Held before the day is asked, which takes a moment: nobody else may take it meanwhile.
    const hold: Hold = { amount: amountOf(worst) };
    this.holds.add(hold);
    let day: DayReservation | undefined;
    try {
      day = await this.run.reserveDay(model, worst, either());
      this.mustGoOn(signal);
    } catch (error) {
      this.end(hold, NOTHING);
      await day?.release();
      throw error instanceof OverBudget ? this.exceed(error) : error;
    }
    return {
      settle: async (usage: CallUsage) => {
        if (this.end(hold, amountOf(usage))) await day?.settle(usage);
      },
      release: async () => {
        if (this.end(hold, NOTHING)) await day?.release();
      },
    };
  }

  close(): void {
    this.isClosed = true;
    this.run.forget(this);
  }

  /** False when it had ended before. */
  private end(hold: Hold, used: Amount): boolean {
    if (hold.used !== undefined) return false;
    hold.used = used;
    if (hold.call === undefined && used === NOTHING) this.holds.delete(hold);
    this.run.changed();
    return true;
  }

  private endedLike({ amount }: Hold): Hold | undefined {
    return [...this.holds].find((own) => own.used !== undefined && isSame(own.amount, amount));
  }

  private bind(call: number, amount: Amount): void {
    const hold = [...this.holds].find(
      (own) => own.call === undefined && own.used === undefined && isSame(own.amount, amount),
    );
    if (hold !== undefined) hold.call = call;
  }

  private exceed(error: OverBudget): OverBudget {
    this.exceeded = error;
    return error;
  }

  private mustGoOn(call: AbortSignal): void {
    if (this.exceeded !== undefined) throw this.exceeded;
    if (!this.run.mayAsk && !this.stop.signal.aborted)
      this.stop.abort(new Stop('pause', 'The run was paused.'));
    for (const signal of [this.stop.signal, call]) if (signal.aborted) throw signal.reason as Error;
    if (this.isClosed) throw new CancelledError('The attempt has ended.');
  }
}

function isSame(a: Amount, b: Amount): boolean {
  return a.usd === b.usd && a.tokens === b.tokens;
}
