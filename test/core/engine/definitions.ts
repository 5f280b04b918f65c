import type {
  ApprovalPolicy,
  RetryRule,
  Step,
  WorkflowConfig,
  WorkflowDefinition,
} from '../../../src/core/model/workflow';

/** A workflow of steps in short: `step('b', { dependsOn: ['a'], run: 'make' })`. */
export function workflow(
  steps: readonly Step[],
  config: Partial<WorkflowConfig> = {},
  more: Partial<WorkflowDefinition> = {},
): WorkflowDefinition {
  return {
    name: 'test',
    tags: [],
    inputs: {},
    env: {},
    config: { parallelism: 5, failFast: false, checkpoint: 'level', ...config },
    steps,
    ...more,
  };
}

/** Without a `run:` or an action of its own it does the action "work". */
export function step(key: string, more: Partial<Step> = {}): Step {
  return {
    key,
    title: key,
    with: {},
    dependsOn: [],
    continueOnError: false,
    onError: 'fail',
    retry: [],
    ...(more.run === undefined && { action: 'work' }),
    ...more,
  };
}

export function gate(more: Partial<ApprovalPolicy> = {}): ApprovalPolicy {
  return {
    when: 'after',
    show: [],
    allow: ['approve', 'modify', 'retry', 'skip', 'cancel'],
    onExpire: 'pause',
    ...more,
  };
}

export function retry(more: Partial<RetryRule> = {}): RetryRule {
  return { on: 'any', max: 2, delay: 1_000, backoff: 2, maxDelay: 60_000, jitter: false, ...more };
}
