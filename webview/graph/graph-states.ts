import type { StepKey } from '../../src/core/model/ids';
import type { RunState } from '../../src/core/model/run-state';
import type { PlanGraph } from './layout';

/** In the order in which they are drawn, the last on top. */
export const EDGE_TONES = ['ahead', 'blocked', 'done', 'to-failure'] as const;

export type EdgeTone = (typeof EDGE_TONES)[number];

/** The edge's name, to look its tone up. */
export function edgeKey(from: StepKey, to: StepKey): string {
  return `${from}\n${to}`;
}

/**
 * How each edge is drawn: what was walked, what lies ahead, the path that led to a failure, and what a failure blocks.
 */
export function edgeTones(plan: PlanGraph, steps: RunState['steps']): ReadonlyMap<string, EdgeTone> {
  const before = new Map<StepKey, StepKey[]>();
  for (const { from, to } of plan.edges) {
    const known = before.get(to);
    if (known === undefined) before.set(to, [from]);
    else known.push(from);
  }
  const ledToFailure = new Set<StepKey>();
  const open = plan.order.filter((key) => steps[key]?.status === 'failed');
  while (open.length > 0) {
    const key = open.pop() ?? '';
    if (ledToFailure.has(key)) continue;
    ledToFailure.add(key);
    open.push(...(before.get(key) ?? []));
  }
  return new Map(
    plan.edges.map(({ from, to }) => [edgeKey(from, to), toneOf(steps, from, to, ledToFailure)] as const),
  );
}

function toneOf(
  steps: RunState['steps'],
  from: StepKey,
  to: StepKey,
  ledToFailure: ReadonlySet<StepKey>,
): EdgeTone {
  if (ledToFailure.has(to)) return 'to-failure';
  const target = steps[to];
  if (target?.status === 'skipped') return 'blocked';
  const source = steps[from];
  return source?.status === 'completed' || source?.status === 'skipped' ? 'done' : 'ahead';
}

/** The step a person most likely wants to see first: one that waits, else a failed one, else one that runs. */
export function stepOfInterest(order: readonly StepKey[], steps: RunState['steps']): StepKey | undefined {
  for (const wanted of ['waiting', 'uncertain', 'failed', 'running']) {
    const found = order.find((key) => steps[key]?.status === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
