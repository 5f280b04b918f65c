import type { StepKey } from '../../model/ids';
import type { PlanStep } from '../../workflow/plan';
import { upstreamOf } from './joins';

/** Steps that may be at work at the same time as this one: it waits for none of them, and none of them for it. In file order. */
export function besideOf(
  key: StepKey,
  steps: ReadonlyMap<StepKey, PlanStep>,
  order: ReadonlyMap<StepKey, number>,
): StepKey[] {
  const apart = new Set([key, ...upstreamOf(key, steps, order)]);
  const after = new Map<StepKey, StepKey[]>();
  for (const step of steps.values())
    for (const name of step.dependsOn) after.set(name, [...(after.get(name) ?? []), step.key]);
  const open = [key];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const dependant of after.get(next) ?? []) {
      if (apart.has(dependant)) continue;
      apart.add(dependant);
      open.push(dependant);
    }
  return [...steps.keys()].filter((other) => !apart.has(other));
}
