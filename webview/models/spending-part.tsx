import { useMemo } from 'preact/hooks';
import { sharesOf, type ProviderShare } from '../../src/core/model/call-summary';
import { providerTitle } from '../../src/core/model/fault-words';
import { formatAmount, formatCost, formatTokens } from '../../src/core/model/spending-words';
import type { RunView } from '../run/run-model';
import { countOf } from '../words/format';
import { BudgetMeter, capText } from './budget-meter';
import { spendingOf } from './run-spending';
import { CostText } from './usage-text';

/** What a run took in full: its caps, and each provider's part. Nothing for a run without models. */
export function SpendingPart(props: { readonly run: RunView }) {
  const { state } = props.run;
  // Text streams in many times a second, calls end seldom.
  const shares = useMemo(() => sharesOf(state.calls), [state.calls]);
  const spending = spendingOf(props.run);
  if (spending === undefined) return null;
  const cached = state.spent.cachedCalls;
  const all = state.spent.calls + cached;
  return (
    <div class="spending-part">
      {spending.caps.map((cap) => (
        <div class="cap" key={cap.unit}>
          <p>{capText(cap)}</p>
          <BudgetMeter state={cap} />
        </div>
      ))}
      {spending.minutes !== undefined && (
        <p>No call begins after {formatAmount('minutes', spending.minutes)} of work.</p>
      )}
      {shares.length === 0 ? (
        <p class="muted">No model was asked yet.</p>
      ) : (
        <table class="shares">
          <thead>
            <tr>
              <th scope="col">Provider</th>
              <th scope="col">Calls</th>
              <th scope="col">Tokens</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {shares.map((share) => (
              <Share key={share.provider} share={share} />
            ))}
          </tbody>
        </table>
      )}
      {cached > 0 && (
        <p class="muted">
          {cached} of {countOf(all, 'call')} from cache ({Math.round((cached / all) * 100)} %)
          {savedOf(shares)}
        </p>
      )}
      {state.spent.unpriced.length > 0 && (
        <p class="muted">No known price: {state.spent.unpriced.map(modelPart).join(', ')}</p>
      )}
    </div>
  );
}

function Share(props: { readonly share: ProviderShare }) {
  const { share } = props;
  return (
    <tr>
      <th scope="row">
        {providerTitle(share.provider)}
        {share.failures > 0 && <span class="muted">{countOf(share.failures, 'failed request')}</span>}
      </th>
      <td>{share.calls}</td>
      <td>{formatTokens(share.inputTokens + share.outputTokens)}</td>
      <td>{formatCost(share.cost) === '' ? '–' : <CostText cost={share.cost} />}</td>
    </tr>
  );
}

function savedOf(shares: readonly ProviderShare[]): string {
  const usd = shares.reduce((sum, { saved }) => sum + (saved.usd ?? 0), 0);
  const estimated = shares.some(({ saved }) => saved.estimated);
  return usd > 0 ? `, saved ${formatCost({ usd, estimated, unpriced: false })}` : '';
}

/** "ollama/qwen3:8b" is booked with its provider, which stands in the table already. */
function modelPart(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
