import type { BudgetQuestion } from './model-call';

/** "812", "12.4k", "124k", "1.2M". */
export function formatTokens(tokens: number): string {
  const count = Math.max(0, Math.round(tokens));
  if (count < 1_000) return String(count);
  if (count < 99_950) return `${trimmed(count / 1_000)}k`;
  if (count < 999_500) return `${Math.round(count / 1_000)}k`;
  return `${trimmed(count / 1_000_000)}M`;
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

/** Dollars as people write them. Below a cent the digits that say something stay: "$0.0021", never "$0.00" for a real sum. */
export function formatUsd(usd: number): string {
  const amount = Math.max(0, usd);
  if (amount === 0 || amount >= 0.00995) return `$${grouped(amount.toFixed(2))}`;
  if (amount < 0.000_095) return '<$0.0001';
  // Two digits that are not zero.
  const places = 1 - Math.floor(Math.log10(amount));
  return `$${amount.toFixed(Math.min(5, places)).replace(/0$/, '')}`;
}

function grouped(amount: string): string {
  return amount.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
}

/** Money of some calls, honestly: known prices are added up, unknown ones are named and are never nothing. */
export interface Cost {
  /** Of the calls whose price is known; absent when there is none. */
  readonly usd?: number;
  readonly estimated: boolean;
  readonly unpriced: boolean;
}

/** "$0.04", "~$0.04" when a part is estimated, "unpriced", "$0.04 + unpriced"; empty when there is nothing to say. */
export function formatCost({ usd, estimated, unpriced }: Cost): string {
  const known = usd === undefined ? undefined : `${estimated ? '~' : ''}${formatUsd(usd)}`;
  if (!unpriced) return known ?? '';
  return known === undefined || usd === 0 ? 'unpriced' : `${known} + unpriced`;
}

/** Where a person compares sums: "$0.0109" beside "$0.011", but "$5.00". Up to four digits behind the point, at least two. */
export function formatUsdExactly(usd: number): string {
  if (usd >= 1 || usd < 0.0001) return formatUsd(usd);
  return `$${usd.toFixed(4).replace(/0{1,2}$/, '')}`;
}

/** An amount in the unit of a cap: "$5.00", "20k tokens", "30 minutes". */
export function formatAmount(unit: BudgetQuestion['unit'], amount: number): string {
  switch (unit) {
    case 'usd':
      return formatUsd(amount);
    case 'tokens':
      return `${formatTokens(amount)} tokens`;
    case 'minutes':
      return `${trimmed(amount)} minute${trimmed(amount) === '1' ? '' : 's'}`;
    default:
      return unit satisfies never;
  }
}
