import { describe, expect, it } from 'vitest';
import { judgeCondition, looksAtFailures } from '../../../../src/core/engine/graph/condition';
import type { StepState } from '../../../../src/core/model/run-state';
import { step } from '../definitions';

const good = { key: 'a', attempt: 1, status: 'completed' } as unknown as StepState;
const bad = { key: 'a', attempt: 1, status: 'failed', tolerated: false } as unknown as StepState;
const cancelled = { key: 'a', attempt: 1, status: 'cancelled' } as unknown as StepState;
const values = {
  inputs: { branch: 'main' },
  env: {},
  steps: { a: { output: { files: 3 }, status: 'completed' } },
};

function judge(condition: string | undefined, dependency: StepState, failFast = false) {
  const declared = step('b', { dependsOn: ['a'], ...(condition !== undefined && { condition }) });
  const verdict = judgeCondition(declared, { a: dependency }, values, failFast);
  return verdict.type === 'skip' ? verdict.reason : verdict.type;
}

describe('the condition of a step', () => {
  it.each([
    [undefined, good, 'go'],
    [undefined, bad, 'blocked'],
    ["inputs.branch == 'main'", good, 'go'],
    ["inputs.branch == 'dev'", good, 'condition'],
    // success() is implied: the failure, not the branch, is why it is left out.
    ["inputs.branch == 'main'", bad, 'blocked'],
    ["success() && inputs.branch == 'main'", bad, 'blocked'],
    // It would have been left out anyway, so what comes after it is not stopped by the failure.
    ["inputs.branch == 'dev'", bad, 'condition'],
    ['failure()', good, 'condition'],
    ['failure()', bad, 'go'],
    ['always()', bad, 'go'],
    ['always() && steps.a.output.files > 5', bad, 'condition'],
    ['cancelled()', bad, 'condition'],
    ['cancelled()', cancelled, 'go'],
    ['steps.a.output.files > 2', good, 'go'],
  ] as const)('%s', (condition, dependency, expected) => {
    expect(judge(condition, dependency)).toBe(expected);
  });

  it('that cannot be told is a fault, never a step left out in silence', () => {
    expect(judge("fromJSON('{')", good)).toBe('fault');
  });

  it('sees that the workflow fails fast', () => {
    expect(judge('cancelled()', good, true)).toBe('go');
  });

  it('looks at failures only when it calls one of the four functions', () => {
    expect(looksAtFailures(step('x', { condition: 'always()' }))).toBe(true);
    expect(looksAtFailures(step('x', { condition: 'inputs.branch' }))).toBe(false);
    expect(looksAtFailures(step('x'))).toBe(false);
  });
});
