import type { StepKey } from './ids';
import type { CallUsage, ModelCall, ModelRef, ProviderName, Spending } from './model-call';
import type { Cost } from './spending-words';

/** Some calls taken together. */
export interface CallSummary {
  /** Calls that left or were to leave; those from the cache too. */
  readonly calls: number;
  /** Models that answered, each once, the latest last. */
  readonly answeredBy: readonly ModelRef[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: Cost;
  readonly cachedCalls: number;
  /** What the cached answers did not cost again. */
  readonly saved: Cost;
}

const known = new WeakMap<readonly ModelCall[], CallSummary>();

/** What these calls come to. The same list is added up once: views ask on every drawing. */
export function summaryOf(calls: readonly ModelCall[]): CallSummary {
  let summary = known.get(calls);
  if (summary === undefined) {
    summary = addUp(calls);
    known.set(calls, summary);
  }
  return summary;
}

function addUp(calls: readonly ModelCall[]): CallSummary {
  const answered = calls.filter(({ status }) => status === 'answered').map(({ chosen }) => chosen);
  const paid = calls.flatMap(paidFor);
  const cached = calls.filter((call) => call.cached === true);
  return {
    calls: calls.length,
    answeredBy: answered.filter(
      (ref, index) =>
        answered.findLastIndex((other) => other.provider === ref.provider && other.model === ref.model) ===
        index,
    ),
    inputTokens: paid.reduce((sum, usage) => sum + usage.inputTokens, 0),
    outputTokens: paid.reduce((sum, usage) => sum + usage.outputTokens, 0),
    cost: costOf(paid),
    cachedCalls: cached.length,
    saved: costOf(cached.flatMap(({ usage }) => usage ?? [])),
  };
}

/** What a call took: its answer, unless that came from the cache, and requests that cost something and failed. */
export function paidFor(call: ModelCall): readonly CallUsage[] {
  const failed = call.failures.flatMap(({ usage }) => usage ?? []);
  return call.usage === undefined || call.cached === true ? failed : [...failed, call.usage];
}

export function costOf(usages: readonly CallUsage[]): Cost {
  const priced = usages.filter(({ usd }) => usd !== undefined);
  return {
    ...(priced.length > 0 && { usd: priced.reduce((sum, { usd = 0 }) => sum + usd, 0) }),
    estimated: usages.some(({ estimated }) => estimated),
    unpriced: priced.length < usages.length,
  };
}

/** A whole run's, as its events booked it. */
export function costOfRun(spent: Spending): Cost {
  return {
    ...((spent.usd > 0 || spent.unpriced.length === 0) && { usd: spent.usd }),
    estimated: spent.estimated,
    unpriced: spent.unpriced.length > 0,
  };
}

/** What calls that are under way may still take. */
export function heldBack(calls: Readonly<Record<StepKey, readonly ModelCall[]>>): {
  readonly usd: number;
  readonly tokens: number;
} {
  let usd = 0;
  let tokens = 0;
  for (const own of Object.values(calls))
    for (const { status, reserved } of own) {
      if (status !== 'asked' || reserved === undefined) continue;
      usd += reserved.usd ?? 0;
      tokens += reserved.inputTokens + reserved.outputTokens;
    }
  return { usd, tokens };
}

/** What one provider did for a run. */
export interface ProviderShare extends CallSummary {
  readonly provider: ProviderName;
  /** Requests to it that came to nothing. */
  readonly failures: number;
}

/** The providers that a run asked, in the order in which they were first asked. */
export function sharesOf(calls: Readonly<Record<StepKey, readonly ModelCall[]>>): readonly ProviderShare[] {
  const all = Object.values(calls).flat();
  const parts = new Map<ProviderName, { calls: ModelCall[]; failures: number; lost: CallUsage[] }>();
  const partOf = (provider: ProviderName) => {
    let part = parts.get(provider);
    if (part === undefined) parts.set(provider, (part = { calls: [], failures: 0, lost: [] }));
    return part;
  };
  for (const call of all) {
    for (const { model, usage } of call.failures) {
      const part = partOf(model.provider);
      part.failures += 1;
      if (usage !== undefined) part.lost.push(usage);
    }
    // Its failures are counted where they happened.
    if (call.status !== 'failed') partOf(call.chosen.provider).calls.push({ ...call, failures: [] });
  }
  return [...parts].map(([provider, { calls: own, failures, lost }]) => {
    const summary = addUp(own);
    const paid = [...lost, ...own.flatMap(paidFor)];
    return {
      ...summary,
      provider,
      failures,
      inputTokens: paid.reduce((sum, usage) => sum + usage.inputTokens, 0),
      outputTokens: paid.reduce((sum, usage) => sum + usage.outputTokens, 0),
      cost: costOf(paid),
    };
  });
}
