import { costOfRun, heldBack } from '../../src/core/model/call-summary';
import type { Cost } from '../../src/core/model/spending-words';
import type { RunView } from '../run/run-model';

/** A cap of the run and how much of it is gone. */
export interface CapState {
  readonly unit: 'usd' | 'tokens';
  readonly spent: number;
  /** Held back by calls that are under way. */
  readonly reserved: number;
  readonly cap: number;
}

/** What a run took so far, calls under way counted as far as they told. */
export interface RunSpending {
  readonly tokens: number;
  readonly cost: Cost;
  readonly caps: readonly CapState[];
  /** Of working time. */
  readonly minutes?: number;
}

/** Undefined for a run that asks no model and has no budget: there is nothing to show. */
export function spendingOf({ state, live }: RunView): RunSpending | undefined {
  const { spent, caps, calls } = state;
  const hasCaps = caps.usd !== undefined || caps.tokens !== undefined || caps.minutes !== undefined;
  if (!hasCaps && Object.keys(calls).length === 0) return undefined;
  const underWay = Object.values(live).flatMap(({ usage }) => usage ?? []);
  const liveTokens = underWay.reduce((sum, usage) => sum + usage.inputTokens + usage.outputTokens, 0);
  const liveUsd = underWay.reduce((sum, usage) => sum + (usage.usd ?? 0), 0);
  const cost = costOfRun(spent);
  const tokens = spent.inputTokens + spent.outputTokens;
  const held = heldBack(calls);
  return {
    tokens: tokens + liveTokens,
    cost: liveUsd > 0 ? { ...cost, usd: (cost.usd ?? 0) + liveUsd, estimated: true } : cost,
    caps: [
      // Against a cap only what is booked and what is held back counts: the rest is an impression.
      ...(caps.usd === undefined
        ? []
        : [{ unit: 'usd' as const, spent: spent.usd, reserved: held.usd, cap: caps.usd }]),
      ...(caps.tokens === undefined
        ? []
        : [{ unit: 'tokens' as const, spent: tokens, reserved: held.tokens, cap: caps.tokens }]),
    ],
    ...(caps.minutes !== undefined && { minutes: caps.minutes }),
  };
}
