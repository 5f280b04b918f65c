import { useEffect, useRef, useState } from 'preact/hooks';
import { formatAmount, formatCost, formatTokens } from '../../src/core/model/spending-words';
import { Icon } from '../kit/toolkit';
import type { RunView } from '../run/run-model';
import { BudgetMeter } from './budget-meter';
import { spendingOf, type RunSpending } from './run-spending';
import { SpendingPart } from './spending-part';

/** Tokens and money of the run in its header; opens what each provider took. */
export function SpendingButton(props: { readonly run: RunView }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const onOutside = (event: Event) => {
      if (!(root.current?.contains(event.target as Node) ?? false)) setOpen(false);
    };
    document.addEventListener('pointerdown', onOutside);
    document.addEventListener('focusin', onOutside);
    return () => {
      document.removeEventListener('pointerdown', onOutside);
      document.removeEventListener('focusin', onOutside);
    };
  }, [isOpen]);
  const spending = spendingOf(props.run);
  if (spending === undefined) return null;
  const [cap] = spending.caps;
  const money = moneyText(spending);
  return (
    <div
      class="spending"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.preventDefault();
        event.stopPropagation();
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        type="button"
        class="spending-button"
        ref={button}
        aria-expanded={isOpen}
        aria-controls="spending-list"
        onClick={() => setOpen((before) => !before)}
      >
        <span class="hidden">Spent: </span>
        <span class="together">
          {formatTokens(spending.tokens)} tok<span class="hidden">ens</span>
        </span>
        {money !== '' && ' · '}
        {money !== '' && <span class="together">{money}</span>}
        <Icon name={isOpen ? 'chevron-up' : 'chevron-down'} />
      </button>
      {cap !== undefined && <BudgetMeter state={cap} />}
      {isOpen && (
        <div class="spending-list" id="spending-list" role="group" aria-label="What this run took">
          <SpendingPart run={props.run} />
        </div>
      )}
    </div>
  );
}

/** Empty where nothing was answered and nothing is capped: no money is no news then. */
function moneyText({ cost, caps, tokens }: RunSpending): string {
  const said = formatCost(cost) || '$0.00';
  const cap = caps.find(({ unit }) => unit === 'usd');
  if (tokens === 0 && cap === undefined) return '';
  return cap === undefined ? said : `${said} of ${formatAmount('usd', cap.cap)}`;
}
