import { attemptNumber, type CarriedAttempt } from '../../src/core/model/attempts';
import {
  cutInputLine,
  fallLine,
  faultNoun,
  fellOver,
  modelTitle,
  providerTitle,
} from '../../src/core/model/fault-words';
import { costOf, paidFor, summaryOf } from '../../src/core/model/call-summary';
import type { CallUsage, ModelCall } from '../../src/core/model/model-call';
import { formatCost, formatTokens } from '../../src/core/model/spending-words';
import { formatDuration } from '../../src/core/base/duration';
import { Icon } from '../kit/toolkit';
import { Ticking } from '../kit/ticking';
import { countOf, formatElapsed } from '../words/format';
import { CostText, TokensText } from './usage-text';

/** Of many calls the last are open to see, the earlier ones folded. */
const OPEN = 4;

/** The models that a step asked: who answered, what it took, and what went wrong on the way. */
export function CallsPart(props: {
  readonly calls: readonly ModelCall[];
  /** Attempts that went on in the next one. */
  readonly carried: readonly CarriedAttempt[] | undefined;
  /** Of the call that is under way, as told so far. */
  readonly liveUsage: CallUsage | undefined;
  /** Nobody drives the run: what was asked gets no answer now. */
  readonly interrupted: boolean;
}) {
  const { calls, liveUsage, interrupted } = props;
  const total = summaryOf(calls);
  const numberOf = ({ attempt }: ModelCall) => attemptNumber(props.carried, attempt);
  const attempts = new Set(calls.map(numberOf)).size;
  const row = (call: ModelCall) => {
    const before = calls[calls.indexOf(call) - 1];
    // The engine counts anew in each of its attempts.
    const number = calls.filter((each) => numberOf(each) === numberOf(call)).indexOf(call) + 1;
    return (
      <Call
        key={`${call.attempt} ${call.call}`}
        call={call}
        name={attempts > 1 ? `Attempt ${numberOf(call)}, call ${number}` : `Call ${number}`}
        isOnly={calls.length === 1}
        // Said again only when it is another reason.
        why={call.why === before?.why ? '' : call.why}
        liveUsage={call === calls.at(-1) ? liveUsage : undefined}
        interrupted={interrupted}
      />
    );
  };
  const earlier = calls.slice(0, -OPEN);
  return (
    <div class="details-part calls">
      <h3>
        {countOf(calls.length, 'model call')}
        {calls.length > 1 && (
          <>
            {', '}
            <TokensText {...total} /> · <CostText cost={total.cost} />
          </>
        )}
      </h3>
      {total.cachedCalls > 0 && calls.length > 1 && (
        <p class="muted">
          {total.cachedCalls} of {calls.length} from cache{savedText(formatCost(total.saved))}
        </p>
      )}
      {earlier.length > 1 && (
        <details class="folded">
          <summary>{countOf(earlier.length, 'earlier call')}</summary>
          <ol class="call-list">{earlier.map(row)}</ol>
        </details>
      )}
      <ol class="call-list">{(earlier.length > 1 ? calls.slice(-OPEN) : calls).map(row)}</ol>
    </div>
  );
}

function Call(props: {
  readonly call: ModelCall;
  readonly name: string;
  readonly isOnly: boolean;
  readonly why: string;
  readonly liveUsage: CallUsage | undefined;
  readonly interrupted: boolean;
}) {
  const { call, liveUsage, interrupted } = props;
  const fell = fallLine(call);
  const cut = cutInputLine(call);
  return (
    <li class={`call is-${call.status}`}>
      <p class="call-head">
        <span class="call-model">
          {!props.isOnly && <span class="hidden">{props.name}: </span>}
          {providerTitle(call.chosen.provider)} <span class="call-name">{call.chosen.model}</span>
        </span>
        {call.latencyMs !== undefined && call.cached !== true && (
          <span class="muted together">{formatDuration(call.latencyMs)}</span>
        )}
      </p>
      {props.why !== '' && <p class="call-why">{props.why}</p>}
      {fell !== undefined && (
        <p class="call-fell">
          <Icon name={fellOver(call) ? 'arrow-swap' : 'refresh'} /> <span>{fell}</span>
        </p>
      )}
      {cut !== undefined && (
        <p class="call-fell">
          <Icon name="warning" /> <span>{cut}.</span>
        </p>
      )}
      <p class="call-usage">
        <State call={call} liveUsage={liveUsage} interrupted={interrupted} />
      </p>
      {call.failures.length > 0 && (
        <details class="folded">
          <summary>{countOf(call.failures.length, 'failed request')}</summary>
          <ul class="plain-list">
            {call.failures.map(({ model, fault, message, usage }, index) => (
              <li key={index}>
                {modelTitle(model)}: {faultNoun(fault)}
                <span class="muted">
                  {message}
                  {usage !== undefined && ` (cost ${formatCost(costOf([usage]))})`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function State(props: {
  readonly call: ModelCall;
  readonly liveUsage: CallUsage | undefined;
  readonly interrupted: boolean;
}) {
  const { call, liveUsage, interrupted } = props;
  const paid = paidFor(call);
  switch (call.status) {
    case 'asked':
      if (interrupted) return <>Interrupted</>;
      return (
        <>
          <Waiting call={call} />
          {liveUsage !== undefined && (
            <>
              {' · '}
              <TokensText {...liveUsage} />
            </>
          )}
          {call.reserved?.usd !== undefined && (
            <span class="muted"> · {formatCost({ ...NO_COST, usd: call.reserved.usd })} held back</span>
          )}
        </>
      );
    case 'answered':
      if (call.cached === true)
        return <>From cache{savedText(formatCost(costOf(call.usage === undefined ? [] : [call.usage])))}</>;
      return (
        <>
          <TokensText
            inputTokens={paid.reduce((sum, { inputTokens }) => sum + inputTokens, 0)}
            outputTokens={paid.reduce((sum, { outputTokens }) => sum + outputTokens, 0)}
          />
          {' · '}
          <CostText cost={costOf(paid)} />
          {(call.usage?.cachedInputTokens ?? 0) > 0 && (
            <span class="muted">
              {' '}
              · {formatTokens(call.usage?.cachedInputTokens ?? 0)} read again cheaply
            </span>
          )}
        </>
      );
    case 'failed':
      return (
        <>
          Nobody answered
          {paid.length > 0 && (
            <>
              {' · '}
              <CostText cost={costOf(paid)} />
            </>
          )}
        </>
      );
    case 'lost':
      return (
        <>
          Interrupted before its answer was kept
          {paid.length > 0 && (
            <>
              , counted at most: <CostText cost={costOf(paid)} />
            </>
          )}
        </>
      );
    default:
      return call.status satisfies never;
  }
}

const NO_COST = { estimated: false, unpriced: false };

/** "Waiting 12 s for Claude (rate limit)", or that the answer is on its way. */
function Waiting(props: { readonly call: ModelCall }) {
  const { call } = props;
  const last = call.failures.at(-1);
  if (last === undefined || call.waitUntil === undefined) return <>Answering</>;
  const until = call.waitUntil;
  return (
    <Ticking
      text={(now) =>
        until <= now
          ? 'Answering'
          : `Waiting ${formatElapsed(until - now + 999)} for ${providerTitle(last.model.provider)} (${faultNoun(last.fault)})`
      }
    />
  );
}

function savedText(saved: string): string {
  return saved === '' || saved === 'unpriced' ? '' : `, saved ${saved}`;
}
