/*
 * owns: what one live run may spend: what is spent and held back now, who waits for what is held back.
 * does not own: recording what was spent (calls), asking a person for more (budget-gate).
 * must stay true: what is spent and held back together never exceeds a cap, whoever asks at the same time; what is booked here is never
 * less than what the events say, or would say after a crash.
 */
import { woken } from '../../base/abort';
import type { ModelRef, WorstCase } from '../../model/model-call';
import type { RunState } from '../../model/run-state';
import { OverBudget } from '../../providers/routing';
import type { DayCap, DayLedger, DayReservation } from '../../storage/day-spending';
import { AttemptPurse, type SharedMoney } from './attempt-purse';
import {
  amountOf,
  NOTHING,
  overQuestion,
  plus,
  priceQuestion,
  shortageOf,
  type Amount,
  type Shortage,
} from './caps';

/** The person's own limits, over all runs and folders. */
export interface DaySpending {
  readonly ledger: DayLedger;
  /** Read at each call: a person may change it while a run goes on. */
  readonly cap: () => DayCap | undefined;
}

export interface RunPurseOptions {
  /** As it is now. */
  readonly state: Pick<RunState, 'spent' | 'caps' | 'definition' | 'phase'>;
  /** Working time so far, milliseconds. */
  readonly workedMs: () => number;
  readonly day?: DaySpending;
}

export class RunPurse implements SharedMoney {
  private readonly attempts = new Set<AttemptPurse>();
  private waiting: (() => void)[] = [];

  constructor(private readonly options: RunPurseOptions) {}

  /** For one attempt; closed by whoever opens it, when the attempt has ended. */
  open(stop: AbortController): AttemptPurse {
    const purse = new AttemptPurse(this, stop);
    this.attempts.add(purse);
    return purse;
  }

  get mayAsk(): boolean {
    return this.options.state.phase === 'active';
  }

  forget(purse: AttemptPurse): void {
    this.attempts.delete(purse);
    this.changed();
  }

  changed(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** As the events say. */
  get spent(): Amount {
    const { inputTokens, outputTokens, usd } = this.options.state.spent;
    return { usd, tokens: inputTokens + outputTokens };
  }

  /** Held back by calls that are under way: whatever is decided now, they may still cost it. */
  get held(): Amount {
    let held = NOTHING;
    for (const attempt of this.attempts) held = plus(held, attempt.held);
    return held;
  }

  /** Working time so far, minutes. */
  get minutes(): number {
    return this.options.workedMs() / 60_000;
  }

  /** A person allows more for today, in every run. */
  async raiseDay(unit: 'usd' | 'tokens', cap: number): Promise<void> {
    await this.options.day?.ledger.raise(unit, cap);
  }

  shortage(model: ModelRef, worst: WorstCase): Shortage | undefined {
    const { state, workedMs } = this.options;
    const declared = state.definition.config.budget ?? {};
    return shortageOf(model, worst, {
      caps: state.caps,
      declared,
      spent: this.spent,
      held: this.held,
      workedMs: workedMs(),
    });
  }

  whenChanged(signal: AbortSignal): Promise<void> {
    return woken(signal, (wake) => {
      this.waiting.push(wake);
      return () => (this.waiting = this.waiting.filter((other) => other !== wake));
    });
  }

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
        await woken(signal, (resolve) => {
          wake = resolve;
          return () => (wake = undefined);
        });
      } finally {
        listener.dispose();
      }
    }
  }
}
