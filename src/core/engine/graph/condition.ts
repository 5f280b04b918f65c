import type { StepKey } from '../../model/ids';
import type { StepState } from '../../model/run-state';
import type { Step } from '../../model/workflow';
import { checkExpression, evaluateCondition, type ValueContext } from '../../workflow/expressions';
import { blocker } from './joins';

/** What a step whose dependencies have all settled does now. */
export type ConditionVerdict =
  | { readonly type: 'go' }
  | { readonly type: 'skip'; readonly reason: 'condition' | 'blocked'; readonly because: string }
  /** The condition itself cannot be told: the step fails rather than being left out in silence. */
  | { readonly type: 'fault'; readonly message: string };

/** `failFastFired`: other branches are being cancelled, so `cancelled()` is true. */
export function judgeCondition(
  step: Step,
  states: Readonly<Record<StepKey, StepState>>,
  values: ValueContext,
  failFastFired: boolean,
): ConditionVerdict {
  const blocked = blocker(step, states);
  const success = blocked === undefined;
  if (step.condition === undefined) return success ? { type: 'go' } : blockedBy(blocked);
  const cancelled = failFastFired || step.dependsOn.some((key) => states[key]?.status === 'cancelled');
  const { value, error } = evaluateCondition(step.condition, {
    ...values,
    success,
    failure: !success,
    cancelled,
  });
  if (error !== undefined && (success || checkExpression(step.condition).callsStatus))
    return { type: 'fault', message: `if: ${step.condition} - ${error.message}` };
  if (value) return { type: 'go' };
  // Left out because of the failure, or would it have been anyway? Only the first stops what comes after.
  if (!success && withoutFailure(step.condition, values)) return blockedBy(blocked);
  return { type: 'skip', reason: 'condition', because: `if: ${step.condition}` };
}

/** True when the step decides by itself what a failure before it means: `if: always()`, `if: failure()`. */
export function looksAtFailures(step: Step): boolean {
  return step.condition !== undefined && checkExpression(step.condition).callsStatus;
}

function withoutFailure(condition: string, values: ValueContext): boolean {
  const all = evaluateCondition(condition, { ...values, success: true, failure: false, cancelled: false });
  return all.value || all.error !== undefined;
}

function blockedBy(dependency: StepState): ConditionVerdict {
  const what = dependency.status === 'skipped' ? 'was left out' : dependency.status;
  return { type: 'skip', reason: 'blocked', because: `${dependency.key} ${what}` };
}
