import type { BudgetQuestion } from './model-call';
import { modelTitle } from './fault-words';
import { formatAmount, formatUsdExactly } from './spending-words';

/** A budget question as a person reads it, the same in every door. */
export interface BudgetWords {
  readonly question: string;
  /** Why it is asked, in a sentence or two. */
  readonly why: string;
  /** Name and amount, in the order to read them. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** What "approve" does: the label of its button. */
  readonly approve: string;
}

export function budgetWords(asked: BudgetQuestion): BudgetWords {
  const amount = (value: number) => exactAmount(asked.unit, value);
  const model = modelTitle(asked.model);
  switch (asked.scope) {
    case 'price':
      return {
        question: 'Use a model without a known price?',
        why: `${model} has no known price, so the budget of ${amount(asked.cap)} cannot count what it costs.`,
        facts: [
          { name: 'Spent so far', value: amount(asked.spent) },
          { name: 'Budget', value: amount(asked.cap) },
        ],
        approve: 'Use It Anyway',
      };
    case 'run':
    case 'day': {
      const isDay = asked.scope === 'day';
      return {
        question: isDay ? 'Spend more today?' : 'Spend more on this run?',
        why:
          asked.unit === 'minutes'
            ? `The run has worked for ${amount(asked.spent)}, and ${amount(asked.cap)} was its limit. Next it would ask ${model}.`
            : `The next call may take up to ${amount(asked.needed)} and would go over the ${isDay ? 'cap for today' : 'budget'}. It asks ${model}.`,
        facts: [
          { name: isDay ? 'Spent today' : 'Spent so far', value: amount(asked.spent) },
          // What runs at the same time is neither spent nor free.
          ...(asked.reserved > 0 ? [{ name: 'Held back', value: amount(asked.reserved) }] : []),
          ...(asked.unit === 'minutes'
            ? []
            : [{ name: 'Next call', value: `at most ${amount(asked.needed)}` }]),
          { name: isDay ? 'Cap for today' : 'Budget', value: amount(asked.cap) },
        ],
        approve: isDay ? `Raise to ${amount(asked.raiseTo)} for today` : `Raise to ${amount(asked.raiseTo)}`,
      };
    }
    default:
      return asked.scope satisfies never;
  }
}

/** As `formatAmount`, with the digits that tell sums apart. */
export function exactAmount(unit: BudgetQuestion['unit'], amount: number): string {
  return unit === 'usd' ? formatUsdExactly(amount) : formatAmount(unit, amount);
}

/** The smallest cap with which the call that did not fit can leave. */
export function enoughFor({ spent, reserved, needed }: BudgetQuestion): number {
  return spent + reserved + needed;
}

/**
 * An amount that a person typed, as a cap: "2.50", "$2.50", "20k", "1,500". It must be more than what is spent already;
 * a smaller one would stop the run, and that has its own button.
 */
export function readAmount(
  asked: BudgetQuestion,
  text: string,
): { readonly amount: number } | { readonly problem: string } {
  const plain = text
    .trim()
    .replace(/^\$\s*/, '')
    .replaceAll(',', '');
  const [, digits = '', unit = ''] = /^(\d*\.?\d+|\d+\.)\s*([kKmM]?)$/.exec(plain) ?? [];
  if (digits === '') return { problem: `Needs a number, like ${EXAMPLES[asked.unit]}.` };
  const amount = Number(digits) * (unit === '' ? 1 : unit.toLowerCase() === 'k' ? 1_000 : 1_000_000);
  return checkAmount(asked, amount);
}

/** The same for an amount that came as a number. */
export function checkAmount(
  asked: BudgetQuestion,
  amount: number,
): { readonly amount: number } | { readonly problem: string } {
  if (!Number.isFinite(amount)) return { problem: `Needs a number, like ${EXAMPLES[asked.unit]}.` };
  if (asked.unit === 'tokens' && !Number.isInteger(amount)) return { problem: 'Tokens are counted whole.' };
  if (amount <= asked.spent)
    return { problem: `${exactAmount(asked.unit, asked.spent)} is spent already: needs more than that.` };
  return { amount };
}

const EXAMPLES: Readonly<Record<BudgetQuestion['unit'], string>> = {
  usd: '2.50',
  tokens: '50000',
  minutes: '30',
};
