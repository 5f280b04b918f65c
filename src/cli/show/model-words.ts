import { costOfRun, heldBack, summaryOf } from '../../core/model/call-summary';
import {
  cutInputLine,
  faultNoun,
  fallLine,
  fellOver,
  modelTitle,
  providerTitle,
} from '../../core/model/fault-words';
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

/** The same for the first line of a run that still moves, with what is held back: "12.3k tokens, ~$0.04 of $5.00"; in short "~$0.04 of $5.00". */
export function spendingSoFar(
  { spent, caps, calls }: RunState,
  liveTokens: number,
  { isShort = false } = {},
): string | undefined {
  if (Object.keys(calls).length === 0) return undefined;
  const money = formatCost(costOfRun(spent));
  const held = heldBack(calls).usd;
  if (isShort && money !== '')
    return caps.usd === undefined ? money : `${money} of ${formatAmount('usd', caps.usd)}`;
  return [
    `${formatTokens(spent.inputTokens + spent.outputTokens + liveTokens)} tokens`,
    ...(money === ''
      ? []
      : [caps.usd === undefined ? money : `${money} of ${formatAmount('usd', caps.usd)}`]),
    ...(caps.usd === undefined || held === 0 ? [] : [`${formatAmount('usd', held)} held back`]),
  ].join(', ');
}

/** Stands where another model than the one asked first took over. */
export const FELL = '⇄';

/**
 * Who answers for a step that runs, or how long nobody does: "Claude (sonnet), 512 tokens". Where another one took over: "Gemini (flash),
 * 512 tokens  ⇄ Claude overloaded, asking Gemini"; in short "⇄ Claude overloaded, asking Gemini, 512 tokens".
 */
export function callNow(
  call: ModelCall,
  tokens: number | undefined,
  now: number,
  { isShort = false } = {},
): string {
  const last = call.failures.at(-1);
  if (last !== undefined && call.waitUntil !== undefined && call.waitUntil > now)
    return `waits ${elapsedOf(call.waitUntil - now + 999)} for ${providerTitle(last.model.provider)} (${faultNoun(last.fault)})`;
  const counted = tokens === undefined ? '' : `, ${formatTokens(tokens)} tokens`;
  const fell = fellOver(call) ? `${FELL} ${fallLine(call)}` : '';
  if (isShort && fell !== '') return visibleLine(`${fell}${counted}`);
  return visibleLine(`${modelTitle(call.chosen)}${counted}${fell === '' ? '' : `  ${fell}`}`);
}

/**
 * Who answered for a step and what it took: "Gemini (flash), 8.7k tokens, $0.02"; in short "Gemini, $0.02". Marked where another one
 * was to answer. Empty when no model was asked.
 */
export function callsText(calls: readonly ModelCall[] | undefined, { isShort = false } = {}): string {
  if (calls === undefined || calls.length === 0) return '';
  const { answeredBy, inputTokens, outputTokens, cost, cachedCalls } = summaryOf(calls);
  const who = answeredBy.at(-1);
  if (who === undefined) return '';
  const name = `${calls.some(fellOver) ? `${FELL} ` : ''}${isShort ? providerTitle(who.provider) : modelTitle(who)}`;
  if (cachedCalls === calls.length) return visibleLine(`${name}, from cache`);
  const money = formatCost(cost);
  const tokens = `${formatTokens(inputTokens + outputTokens)} tokens`;
  const parts = isShort
    ? [name, money === '' ? tokens : money]
    : [name, ...(calls.length > 1 ? [countOf(calls.length, 'call')] : []), tokens, money];
  return visibleLine(parts.filter((part) => part !== '').join(', '));
}

/** A step's latest fall from one model to another: "Claude overloaded, answered by Gemini". */
export function fallOf(calls: readonly ModelCall[] | undefined): string | undefined {
  const call = calls?.findLast(fellOver);
  const line = call === undefined ? undefined : fallLine(call);
  return line === undefined ? undefined : visibleLine(line);
}

/** The same for every step of a run, named: "scan: Claude overloaded, answered by Gemini". */
export function fallLines({ calls, definition }: RunState): string[] {
  return definition.steps.flatMap(({ key }) => {
    const line = fallOf(calls[key]);
    return line === undefined ? [] : [`${visibleLine(key)}: ${line}`];
  });
}

/** Steps whose server read a part only of what it was sent, each with its latest such call: "scan: Ollama read only …". */
export function cutInputLines({ calls, definition }: RunState): string[] {
  return definition.steps.flatMap(({ key }) => {
    const call = calls[key]?.findLast(({ cutInput }) => cutInput !== undefined);
    const line = call && cutInputLine(call);
    return line === undefined ? [] : [`${visibleLine(key)}: ${visibleLine(line)}.`];
  });
}
