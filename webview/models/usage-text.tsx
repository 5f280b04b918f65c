import { formatCost, formatTokens, type Cost } from '../../src/core/model/spending-words';

/** "8.2k in · 512 out": the words for a screen reader stand beside the short ones. */
export function TokensText(props: { readonly inputTokens: number; readonly outputTokens: number }) {
  return (
    <span class="together">
      {formatTokens(props.inputTokens)} in · {formatTokens(props.outputTokens)} out
      <span class="hidden"> tokens</span>
    </span>
  );
}

/** "~$0.04": the mark of an estimate is also said in words. */
export function CostText(props: { readonly cost: Cost }) {
  const { cost } = props;
  const text = formatCost(cost);
  if (text === '') return null;
  return (
    <span class="together" title={cost.estimated ? 'Estimated: a provider did not say all of it' : undefined}>
      {text}
      {cost.estimated && <span class="hidden"> estimated</span>}
    </span>
  );
}
