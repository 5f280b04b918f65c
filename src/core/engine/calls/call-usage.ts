import type { Usage } from '../../model/events';
import type { CallUsage, ModelCall } from '../../model/model-call';

/**
 * What the calls of a step took from one attempt on: tokens and money of everything that was asked, also of requests that came to
 * nothing. Calls without an answer count at their worst case. Empty when no model was asked.
 */
export function usageOfCalls(calls: readonly ModelCall[] | undefined, since: number): Partial<Usage> {
  const own = (calls ?? []).filter(({ attempt }) => attempt >= since);
  if (own.length === 0) return {};
  const parts = own.flatMap(partsOf);
  const isPriced = parts.length === 0 || parts.some(({ usd }) => usd !== undefined);
  // A sum that leaves an unknown price out is no more than an estimate.
  const isEstimated = parts.some(({ estimated, usd }) => estimated || (isPriced && usd === undefined));
  const sum = (of: (part: CallUsage) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    ...(isPriced && { usd: Number(sum(({ usd }) => usd ?? 0).toFixed(9)) }),
    ...(isEstimated && { estimated: true }),
  };
}

function partsOf(call: ModelCall): CallUsage[] {
  const failed = call.failures.flatMap(({ usage }) => usage ?? []);
  if (call.cached === true) return failed;
  if (call.usage !== undefined) return [...failed, call.usage];
  return call.reserved === undefined ? failed : [...failed, { ...call.reserved, estimated: true }];
}
