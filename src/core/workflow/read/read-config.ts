import type { RetryRule, WorkflowConfig } from '../../model/workflow';
import type { Dialect } from '../parsed-workflow';
import type { Report } from '../source/report';
import { Fields, type Field } from './fields';
import { readBudget, readLimits } from './read-budget';
import { readProviderOrder } from './read-provider';
import { readRetry } from './read-retry';
import { optional } from './read-step';
import { readChoice, readCount, readDuration, readFlag, readMap } from './values';

/** What steps get that say nothing themselves. */
export interface StepDefaults {
  readonly continueOnError?: boolean;
  readonly retry?: readonly RetryRule[];
  /** Milliseconds. */
  readonly timeout?: number;
}

export interface ReadConfig {
  readonly config: WorkflowConfig;
  readonly defaults: StepDefaults;
  /** Keys that are no setting: other dialects keep values for their prompts there. */
  readonly rest?: Fields;
}

export const DEFAULT_CONFIG: WorkflowConfig = { parallelism: 5, failFast: false, checkpoint: 'level' };

/** `config:` of the own format and of the AutomatosX v8 dialects, which share its names. */
export function readConfig(field: Field | undefined, dialect: Dialect, report: Report): ReadConfig {
  const node = readMap(field, report);
  if (field === undefined || node === undefined) return { config: DEFAULT_CONFIG, defaults: {} };
  const fields = new Fields(node, field.path, report);
  const parallelism = readCount(fields.take('parallelism', ['maxParallel', 'max_parallel']), report, 1);
  const timeout = readDuration(fields.take('timeout'), report, { unit: 'ms' });
  const failFast = readFlag(fields.take('failFast', ['fail_fast', 'fail-fast']), report);
  const checkpoint = readChoice(fields.take('checkpoint'), report, ['level', 'step', 'none'] as const);
  const approvals = readChoice(fields.take('approvals', ['approval_mode', 'approvalMode']), report, [
    'interactive',
    'batch',
    'auto',
  ] as const);
  const own = { same: dialect === 'baton' };
  const retryField = fields.take('retry', ['retries', 'maxRetries', 'max_retries']);
  const retry = readRetry(retryField, 'retry', report);
  if (retryField && retry !== undefined) {
    const note = `${retry[0] === undefined ? 'retry = []' : `retry[0].max = ${retry[0].max}`} for steps without their own`;
    report.map(retryField.path, 'mapped', note, own);
  }
  const toleranceField = fields.take('continueOnError', ['continue_on_error']);
  const continueOnError = readFlag(toleranceField, report);
  if (toleranceField && continueOnError !== undefined) {
    const note = `continueOnError = ${String(continueOnError)} for steps that do not say it`;
    report.map(toleranceField.path, 'mapped', note, own);
  }
  const timeoutField = fields.take('defaultTimeout', ['stepTimeout']);
  const stepTimeout = readDuration(timeoutField, report, { unit: 'ms' });
  if (timeoutField && stepTimeout !== undefined) {
    report.map(timeoutField.path, 'mapped', `timeout = ${stepTimeout} ms for steps without one`, own);
  }
  const single = fields.take('modelProvider', ['provider'], 'provider');
  const provider = readProviderOrder(single, fields.take('providers'), report);
  const limits = readLimits(fields.take('limits', [], 'budget'), report);
  const budget = readBudget(fields.take('budget'), report) ?? limits.budget;
  const routing = readChoice(fields.take('routing'), report, ['priority', 'cheapest', 'fastest'] as const);
  const responseCache = readFlag(fields.take('responseCache', ['response_cache']), report);
  fields.ignore({ reuse: 'it does not work yet' });
  if (dialect !== 'baton') {
    fields.ignore({ checkpointInterval: 'every settled step is a checkpoint by itself' });
  } else fields.finish();
  return {
    config: {
      parallelism: parallelism ?? DEFAULT_CONFIG.parallelism,
      ...optional('timeout', timeout ?? limits.timeout),
      failFast: failFast ?? DEFAULT_CONFIG.failFast,
      checkpoint: checkpoint ?? DEFAULT_CONFIG.checkpoint,
      ...optional('approvals', approvals),
      ...optional('providers', provider),
      ...optional('budget', budget),
      ...optional('routing', routing),
      ...optional('responseCache', responseCache),
    },
    defaults: {
      ...optional('continueOnError', continueOnError),
      ...optional('retry', retry),
      ...optional('timeout', stepTimeout),
    },
    ...(dialect === 'baton' ? {} : { rest: fields }),
  };
}
