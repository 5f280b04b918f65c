import { costOfRun, heldBack, summaryOf } from '../../core/model/call-summary';
import { faultNoun, fallLine, fellOver, modelTitle, providerTitle } from '../../core/model/fault-words';
import type { ModelCall } from '../../core/model/model-call';
import type { RunState } from '../../core/model/run-state';
import { formatAmount, formatCost, formatTokens, type Cost } from '../../core/model/spending-words';
import { countOf, elapsedOf } from './words';
import { visibleLine } from './visible';

/** "$0.04, est.": what is estimated says so in words. */
export function costText(cost: Cost): string {
  const text = formatCost({ ...cost, estimated: false });
  return cost.estimated && text !== '' && text !== 'unpriced' ? `${text}, est.` : text;
}

/** What the models of a run took: "4 calls, 12.3k tokens, $0.04 of $5.00, est., 1 from cache". Undefined when it asked none. */
export function spendingText({ spent, caps, calls }: RunState): string | undefined {
  if (Object.keys(calls).length === 0) return undefined;
  const cost = costOfRun(spent);
  const money = formatCost({ ...cost, estimated: false });
  const all = spent.calls + spent.cachedCalls;
  return [
    countOf(all, 'call'),
    `${formatTokens(spent.inputTokens + spent.outputTokens)} tokens`,
    ...(money === ''
      ? []
      : [caps.usd === undefined ? money : `${money} of ${formatAmount('usd', caps.usd)}`]),
    ...(cost.estimated ? ['est.'] : []),
    ...(spent.cachedCalls === 0 ? [] : [`${spent.cachedCalls} from cache`]),
  ].join(', ');
}

/** The same for the first line of a run that still moves, with what is held back: "12.3k tokens, ~$0.04 of $5.00". */
export function spendingSoFar({ spent, caps, calls }: RunState, liveTokens: number): string | undefined {
  if (Object.keys(calls).length === 0) return undefined;
  const money = formatCost(costOfRun(spent));
  const held = heldBack(calls).usd;
  return [
    `${formatTokens(spent.inputTokens + spent.outputTokens + liveTokens)} tokens`,
    ...(money === ''
      ? []
      : [caps.usd === undefined ? money : `${money} of ${formatAmount('usd', caps.usd)}`]),
    ...(caps.usd === undefined || held === 0 ? [] : [`${formatAmount('usd', held)} held back`]),
  ].join(', ');
}

/** Who answers for a step that runs, or how long nobody does: "Claude (sonnet), 512 tokens". */
export function callNow(call: ModelCall, tokens: number | undefined, now: number): string {
  const last = call.failures.at(-1);
  if (last !== undefined && call.waitUntil !== undefined && call.waitUntil > now)
    return `waits ${elapsedOf(call.waitUntil - now + 999)} for ${providerTitle(last.model.provider)} (${faultNoun(last.fault)})`;
  const counted = tokens === undefined ? '' : `, ${formatTokens(tokens)} tokens`;
  return visibleLine(`${modelTitle(call.chosen)}${counted}`);
}

/** Who answered for a step and what it took: "Gemini (flash), 8.7k tokens, $0.02". Empty when no model was asked. */
export function callsText(calls: readonly ModelCall[] | undefined): string {
  if (calls === undefined || calls.length === 0) return '';
  const { answeredBy, inputTokens, outputTokens, cost, cachedCalls } = summaryOf(calls);
  const who = answeredBy.at(-1);
  if (who === undefined) return '';
  if (cachedCalls === calls.length) return visibleLine(`${modelTitle(who)}, from cache`);
  const parts = [
    modelTitle(who),
    ...(calls.length > 1 ? [countOf(calls.length, 'call')] : []),
    `${formatTokens(inputTokens + outputTokens)} tokens`,
    formatCost(cost),
  ];
  return visibleLine(parts.filter((part) => part !== '').join(', '));
}

/** Each step's latest fall from one model to another, as one line: "scan: Claude overloaded, answered by Gemini". */
export function fallLines({ calls, definition }: RunState): string[] {
  return definition.steps.flatMap(({ key }) => {
    const call = calls[key]?.findLast(fellOver);
    const line = call === undefined ? undefined : fallLine(call);
    return line === undefined ? [] : [visibleLine(`${key}: ${line}`)];
  });
}
