import type { StepKey } from '../../model/ids';
import type { StepState } from '../../model/run-state';
import type { PlanStep } from '../../workflow/plan';

/** Which steps wait for which. Counted down as steps settle, so that finding the next ones does not grow with the run. */
export class Joins {
  private readonly after = new Map<StepKey, StepKey[]>();
  private readonly missing = new Map<StepKey, number>();
  private readonly settledKeys = new Set<StepKey>();

  constructor(steps: readonly PlanStep[]) {
    for (const step of steps) {
      this.after.set(step.key, []);
      this.missing.set(step.key, 0);
    }
    for (const step of steps) {
      for (const key of new Set(step.dependsOn)) {
        const dependants = this.after.get(key);
        if (dependants === undefined) continue;
        dependants.push(step.key);
        this.missing.set(step.key, (this.missing.get(step.key) ?? 0) + 1);
      }
    }
  }

  /** Steps that wait for nothing and have not settled, in file order. */
  open(): StepKey[] {
    return [...this.missing].flatMap(([key, count]) =>
      count === 0 && !this.settledKeys.has(key) ? [key] : [],
    );
  }

  /** Gives the steps that now wait for nothing more, in file order. Settling twice changes nothing. */
  settle(key: StepKey): StepKey[] {
    if (this.settledKeys.has(key) || !this.after.has(key)) return [];
    this.settledKeys.add(key);
    const freed: StepKey[] = [];
    for (const dependant of this.dependants(key)) {
      const count = (this.missing.get(dependant) ?? 0) - 1;
      this.missing.set(dependant, count);
      if (count === 0 && !this.settledKeys.has(dependant)) freed.push(dependant);
    }
    return freed;
  }

  dependants(key: StepKey): readonly StepKey[] {
    return this.after.get(key) ?? [];
  }
}

/**
 * Whether a settled dependency lets its dependants go on. One that was left out by its own condition or by a person does;
 * so does a failure that the file tolerates.
 */
export function letsOn(dependency: StepState): boolean {
  switch (dependency.status) {
    case 'completed':
      return true;
    case 'skipped':
      return dependency.reason !== 'blocked';
    case 'failed':
      return dependency.tolerated;
    case 'cancelled':
    case 'pending':
    case 'running':
    case 'waiting':
    case 'uncertain':
      return false;
    default:
      return dependency satisfies never;
  }
}

/** The first dependency that stops a step, if any: `success()` is true when there is none. */
export function blocker(step: PlanStep, states: Readonly<Record<StepKey, StepState>>): StepState | undefined {
  for (const key of step.dependsOn) {
    const dependency = states[key];
    if (dependency !== undefined && !letsOn(dependency)) return dependency;
  }
  return undefined;
}

/** Every step that this one needs, directly or through others, in the order given. */
export function upstreamOf(
  key: StepKey,
  steps: ReadonlyMap<StepKey, PlanStep>,
  order: ReadonlyMap<StepKey, number>,
): StepKey[] {
  const found = new Set<StepKey>();
  const open = [...(steps.get(key)?.dependsOn ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next) || !steps.has(next)) continue;
    found.add(next);
    open.push(...(steps.get(next)?.dependsOn ?? []));
  }
  return [...found].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}
