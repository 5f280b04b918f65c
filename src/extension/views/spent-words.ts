import { formatCost, formatTokens } from '../../core/model/spending-words';
import type { CallUsage, Spending } from '../../core/model/model-call';

/** "12k tok · ~$0.04": what a run took so far, with what is under way; empty when no model was asked. */
export function spentLine(spent: Spending, underWay: readonly CallUsage[]): string {
  const tokens =
    spent.inputTokens +
    spent.outputTokens +
    underWay.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
  if (tokens === 0) return '';
  const cost = formatCost({
    ...(spent.usd > 0 && { usd: spent.usd + underWay.reduce((sum, { usd = 0 }) => sum + usd, 0) }),
    estimated: spent.estimated || underWay.length > 0,
    unpriced: spent.unpriced.length > 0,
  });
  return [`${formatTokens(tokens)} tok`, cost].filter(Boolean).join(' · ');
}
