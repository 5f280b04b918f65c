import { formatAmount } from '../../src/core/model/spending-words';
import type { CapState } from './run-spending';

/** How much of a cap is spent, and how much calls under way hold back. Drawn with attributes only: the page allows no style of its own. */
export function BudgetMeter(props: { readonly state: CapState }) {
  const { unit, spent, reserved, cap } = props.state;
  const part = (amount: number) => (cap > 0 ? Math.min(100, Math.max(0, (amount / cap) * 100)) : 100);
  const spentPart = part(spent);
  const heldPart = Math.min(100 - spentPart, part(reserved));
  const isFull = spentPart + heldPart >= 90;
  return (
    <div
      class="meter"
      role="meter"
      aria-label={unit === 'usd' ? 'Budget' : 'Budget of tokens'}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(spentPart)}
      aria-valuetext={capText(props.state)}
    >
      <svg class="meter-picture" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect class="meter-track" width={100} height={1} />
        <rect class={isFull ? 'meter-spent is-full' : 'meter-spent'} width={spentPart} height={1} />
        <rect class="meter-held" x={spentPart} width={heldPart} height={1} />
      </svg>
    </div>
  );
}

/** "$0.42 of $5.00 spent, $0.09 held back". */
export function capText({ unit, spent, reserved, cap }: CapState): string {
  const held = reserved > 0 ? `, ${formatAmount(unit, reserved)} held back` : '';
  return `${formatAmount(unit, spent)} of ${formatAmount(unit, cap)} spent${held}`;
}
