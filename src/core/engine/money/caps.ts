import type { Budget, BudgetQuestion, ModelRef, WorstCase } from '../../model/model-call';
import type { RunState } from '../../model/run-state';

export interface Amount {
  readonly usd: number;
  readonly tokens: number;
}

export const NOTHING: Amount = { usd: 0, tokens: 0 };

export function amountOf(usage: WorstCase): Amount {
  return { usd: usage.usd ?? 0, tokens: usage.inputTokens + usage.outputTokens };
}

export function plus(a: Amount, b: Amount): Amount {
  return { usd: a.usd + b.usd, tokens: a.tokens + b.tokens };
}

export interface CapFacts {
  /** As they hold now. */
  readonly caps: RunState['caps'];
  /** As the file has them: what "the same amount" means when a cap is raised. */
  readonly declared: Budget;
  readonly spent: Amount;
  /** By calls that are under way. */
  readonly held: Amount;
  /** Working time so far, milliseconds. */
  readonly workedMs: number;
}

export interface Shortage {
  readonly question: BudgetQuestion;
  /** True when the call may fit once what is held back is settled for less. */
  readonly mayFitLater: boolean;
}

/** Sums of floats are a little off; nobody is turned down for that. */
const SLACK = 1e-9;
const MINUTE_MS = 60_000;

/** Why a call may not be begun under the caps of its run; undefined when it may. */
export function shortageOf(model: ModelRef, worst: WorstCase, facts: CapFacts): Shortage | undefined {
  const { caps, declared, spent, held, workedMs } = facts;
  if (caps.minutes !== undefined && workedMs >= caps.minutes * MINUTE_MS) {
    const worked = round(workedMs / MINUTE_MS);
    const question = {
      scope: 'run',
      unit: 'minutes',
      cap: caps.minutes,
      spent: worked,
      reserved: 0,
      needed: 0,
      raiseTo: raised(caps.minutes, declared.minutes ?? 0, worked + 1 / MINUTE_MS),
      model,
    } as const;
    return { question, mayFitLater: false };
  }
  if (caps.usd !== undefined && worst.usd === undefined && caps.unpriced !== 'allowed')
    return { question: priceQuestion(model, caps.usd, spent.usd, held.usd), mayFitLater: false };
  const needed = amountOf(worst);
  for (const unit of ['usd', 'tokens'] as const) {
    const cap = caps[unit];
    if (cap === undefined || spent[unit] + held[unit] + needed[unit] <= cap + SLACK) continue;
    const sums = { cap, spent: spent[unit], reserved: held[unit], needed: needed[unit] };
    const question = overQuestion('run', unit, sums, declared[unit] ?? 0, model);
    return { question, mayFitLater: held[unit] > 0 && spent[unit] + needed[unit] <= cap + SLACK };
  }
  return undefined;
}

/** A model without a known price, where money is counted. */
export function priceQuestion(model: ModelRef, cap: number, spent: number, reserved: number): BudgetQuestion {
  const [usd, held] = [round(spent), round(reserved)];
  return { scope: 'price', unit: 'usd', cap, spent: usd, reserved: held, needed: 0, raiseTo: cap, model };
}

/** `step`: what "the same amount" is. */
export function overQuestion(
  scope: 'run' | 'day',
  unit: 'usd' | 'tokens',
  sums: Pick<BudgetQuestion, 'cap' | 'spent' | 'reserved' | 'needed'>,
  step: number,
  model: ModelRef,
): BudgetQuestion {
  // The cap is told exactly as it holds: it is compared with later ones.
  const { cap } = sums;
  const [spent, reserved, needed] = [round(sums.spent), round(sums.reserved), round(sums.needed)];
  const raiseTo = raised(cap, step, sums.spent + sums.reserved + sums.needed);
  return { scope, unit, cap, spent, reserved, needed, raiseTo, model };
}

/** By the same amount, as often as it takes for this call to fit: nobody is asked twice about one call. */
function raised(cap: number, step: number, least: number): number {
  const times = step > 0 ? Math.max(1, Math.ceil((least - cap - SLACK) / step)) : 0;
  return Math.ceil(round(Math.max(cap + step * times, least)) * 1e6) / 1e6;
}

/** Without the tail that sums of floats grow. */
function round(value: number): number {
  return Number(value.toFixed(9));
}
