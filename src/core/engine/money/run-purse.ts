/*
 * owns: what one live run may spend: what is spent and held back now, who waits for what is held back.
 * does not own: recording what was spent (calls), asking a person for more (budget-gate).
 * must stay true: what is spent and held back together never exceeds a cap, whoever asks at the same time; what is booked here is never
 * less than what the events say.
 */
import { CancelledError } from '../../base/abort';
import type { CallUsage, ModelRef, WorstCase } from '../../model/model-call';
import type { RunState } from '../../model/run-state';
import { OverBudget, type Purse, type Reservation } from '../../providers/routing';
import type { DayCap, DayLedger, DayReservation } from '../../storage/day-spending';
import { amountOf, NOTHING, overQuestion, plus, priceQuestion, shortageOf, type Amount } from './caps';

/** The person's own limits, over all runs and folders. */
export interface DaySpending {
  readonly ledger: DayLedger;
  /** Read at each call: a person may change it while a run goes on. */
  readonly cap: () => DayCap | undefined;
}

export interface RunPurseOptions {
  /** As it is now. */
  readonly state: Pick<RunState, 'spent' | 'caps' | 'definition'>;
  /** Working time so far, milliseconds. */
  readonly workedMs: () => number;
  readonly day?: DaySpending;
}

export class RunPurse {
  private readonly attempts = new Set<AttemptPurse>();
  private waiting: (() => void)[] = [];

  constructor(private readonly options: RunPurseOptions) {}

  /** For one attempt; closed by whoever opens it, when the attempt has ended. */
  open(signal: AbortSignal): AttemptPurse {
    const purse = new AttemptPurse(this, signal);
    this.attempts.add(purse);
    return purse;
  }

  /** From now on the events say what the attempt has spent. */
  forget(purse: AttemptPurse): void {
    this.attempts.delete(purse);
    this.changed();
  }

  /** Whoever waits for money looks again. */
  changed(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  get spent(): Amount {
    const { inputTokens, outputTokens, usd } = this.options.state.spent;
    let total: Amount = { usd, tokens: inputTokens + outputTokens };
    for (const attempt of this.attempts) total = plus(total, attempt.unrecorded);
    return total;
  }

  /** Working time so far, minutes. */
  get minutes(): number {
    return this.options.workedMs() / 60_000;
  }

  /** A person allows more for today, in every run. */
  async raiseDay(unit: 'usd' | 'tokens', cap: number): Promise<void> {
    await this.options.day?.ledger.raise(unit, cap);
  }

  shortage(model: ModelRef, worst: WorstCase): ReturnType<typeof shortageOf> {
    const { state, workedMs } = this.options;
    let held = NOTHING;
    for (const attempt of this.attempts) held = plus(held, attempt.held);
    const declared = state.definition.config.budget ?? {};
    return shortageOf(model, worst, {
      caps: state.caps,
      declared,
      spent: this.spent,
      held,
      workedMs: workedMs(),
    });
  }

  /** Resolves when something may have become free. */
  whenChanged(signal: AbortSignal): Promise<void> {
    return orAborted(signal, (wake) => {
      this.waiting.push(wake);
      return () => (this.waiting = this.waiting.filter((other) => other !== wake));
    });
  }

  /** Resolves when the call fits into the day as well; undefined where nobody counts days. */
  async reserveDay(
    model: ModelRef,
    worst: WorstCase,
    signal: AbortSignal,
  ): Promise<DayReservation | undefined> {
    const { day, state } = this.options;
    if (day === undefined) return undefined;
    for (;;) {
      const cap = day.cap();
      if (cap?.usd !== undefined && worst.usd === undefined && state.caps.unpriced !== 'allowed')
        throw new OverBudget(priceQuestion(model, cap.usd, this.spent.usd, 0));
      let hasChanged = false;
      let wake: (() => void) | undefined;
      const listener = day.ledger.onDidChange(() => {
        hasChanged = true;
        wake?.();
      });
      try {
        const answer = await day.ledger.reserve(model, worst, cap);
        if ('reservation' in answer) return answer.reservation;
        const { shortage } = answer;
        const needed = amountOf(worst)[shortage.unit];
        const mayFitLater = shortage.spent + needed <= shortage.cap && shortage.reserved > 0;
        if (!mayFitLater || (!hasChanged && day.ledger.underWay === 0)) {
          const sums = { ...shortage, needed };
          throw new OverBudget(overQuestion('day', shortage.unit, sums, cap?.[shortage.unit] ?? 0, model));
        }
        if (hasChanged) continue;
        await orAborted(signal, (resolve) => {
          wake = resolve;
          return () => (wake = undefined);
        });
      } finally {
        listener.dispose();
      }
    }
  }
}

/** The money of one attempt. What it holds back counts until it is settled; what it settled counts until an event says so. */
export class AttemptPurse implements Purse {
  private readonly holds = new Set<Amount>();
  private settled: Amount = NOTHING;
  private recorded: Amount = NOTHING;
  private isClosed = false;

  constructor(
    private readonly run: RunPurse,
    private readonly signal: AbortSignal,
  ) {}

  get held(): Amount {
    let total = NOTHING;
    for (const hold of this.holds) total = plus(total, hold);
    return total;
  }

  /** Settled, and not in the events yet. */
  get unrecorded(): Amount {
    return {
      usd: Math.max(0, this.settled.usd - this.recorded.usd),
      tokens: Math.max(0, this.settled.tokens - this.recorded.tokens),
    };
  }

  /** An event has booked this. */
  noteRecorded(usage: CallUsage): void {
    this.recorded = plus(this.recorded, amountOf(usage));
    this.run.changed();
  }

  async reserve(model: ModelRef, worst: WorstCase): Promise<Reservation> {
    const amount = amountOf(worst);
    for (;;) {
      this.mustGoOn();
      const shortage = this.run.shortage(model, worst);
      if (shortage === undefined) break;
      if (!shortage.mayFitLater) throw new OverBudget(shortage.question);
      await this.run.whenChanged(this.signal);
    }
    // Held before the day is asked, which takes a moment: nobody else may take it meanwhile.
    const hold = { ...amount };
    this.holds.add(hold);
    let day: DayReservation | undefined;
    try {
      day = await this.run.reserveDay(model, worst, this.signal);
      this.mustGoOn();
    } catch (error) {
      this.free(hold);
      await day?.release();
      throw error;
    }
    let isOpen = true;
    const end = (usage: CallUsage | undefined): boolean => {
      if (!isOpen) return false;
      isOpen = false;
      if (usage !== undefined) this.settled = plus(this.settled, amountOf(usage));
      this.free(hold);
      return true;
    };
    return {
      settle: async (usage) => {
        if (end(usage)) await day?.settle(usage);
      },
      release: async () => {
        if (end(undefined)) await day?.release();
      },
    };
  }

  close(): void {
    this.isClosed = true;
    this.run.forget(this);
  }

  private free(hold: Amount): void {
    this.holds.delete(hold);
    this.run.changed();
  }

  private mustGoOn(): void {
    if (this.signal.aborted) throw this.signal.reason as Error;
    if (this.isClosed) throw new CancelledError('The attempt has ended.');
  }
}

/** Resolves when `begin`'s callback is called; rejects with the signal's reason when that fires first. */
function orAborted(signal: AbortSignal, begin: (wake: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      forget();
      reject(signal.reason as Error);
    };
    const forget = begin(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
