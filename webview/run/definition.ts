import type { StepKey } from '../../src/core/model/ids';
import type { Step, WorkflowDefinition } from '../../src/core/model/workflow';

const known = new WeakMap<WorkflowDefinition, ReadonlyMap<StepKey, Step>>();

/** The declared steps by key; made once per definition, because every node asks on every drawing. */
export function declaredSteps(definition: WorkflowDefinition): ReadonlyMap<StepKey, Step> {
  let steps = known.get(definition);
  if (steps === undefined) {
    steps = new Map(definition.steps.map((step) => [step.key, step]));
    known.set(definition, steps);
  }
  return steps;
}

/** Whether a search (lower case) means this step. */
export function isMatch(step: Step, search: string): boolean {
  return step.title.toLowerCase().includes(search) || step.key.toLowerCase().includes(search);
}
