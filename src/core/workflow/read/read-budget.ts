import type { WorkflowConfig } from '../../model/workflow';
import type { MapNode } from '../source/node';
import type { Report } from '../source/report';
import { Fields, type Field } from './fields';
import { isAbsent, readCount, readMap, readNumber, scalarText } from './values';

type Budget = NonNullable<WorkflowConfig['budget']>;

/** `budget: {usd, tokens, minutes, onExceed}`. */
export function readBudget(field: Field | undefined, report: Report): Budget | undefined {
  if (field?.value.kind === 'scalar' && typeof field.value.value === 'number') {
    const hint = `Say what it counts: {usd: ${field.value.value}}, {tokens: …} or {minutes: …}.`;
    report.error('wrong-type', `"${field.key}" must be a mapping, not a number.`, field.value, hint);
    return undefined;
  }
  const node = readMap(field, report);
  if (field === undefined || node === undefined) return undefined;
  const fields = new Fields(node, field.path, report, 'config.budget');
  const usd = readAmount(fields.take('usd', ['dollars', 'cost', 'max_cost_usd', 'maxCostUsd']), report);
  const tokens = readCount(fields.take('tokens', ['maxTokens', 'max_tokens']), report, 1, MOST_TOKENS);
  const minutes = readAmount(fields.take('minutes'), report);
  const onExceed = readOnExceed(fields.take('onExceed', ['on_exceed']), report);
  fields.finish();
  return complete({ usd, tokens, minutes }, onExceed, node, report);
}

const MOST_TOKENS = 1_000_000_000_000;

/** Another system's `limits: {budget_usd, timeout_seconds, budget_mode}`: the part of it that is a budget, and the run's time. */
export function readLimits(
  field: Field | undefined,
  report: Report,
): { readonly budget?: Budget; readonly timeout?: number } {
  const node = readMap(field, report);
  if (field === undefined || node === undefined) return {};
  report.map(field.path, 'mapped', 'config.budget');
  const fields = new Fields(node, field.path, report, 'config.budget');
  const usd = readAmount(fields.take('budget_usd', ['budgetUsd', 'max_cost_usd'], 'usd'), report);
  const tokens = readCount(fields.take('max_tokens', ['maxTokens'], 'tokens'), report, 1, MOST_TOKENS);
  const seconds = fields.take('timeout_seconds', ['timeoutSeconds']);
  const timeout = readAmount(seconds, report);
  if (seconds && timeout !== undefined) {
    report.map(seconds.path, 'mapped', `config.timeout = ${timeout * 1000} ms`);
  }
  const mode = fields.take('budget_mode', ['budgetMode'], 'onExceed');
  let onExceed: Budget['onExceed'] = 'ask';
  if (mode && !isAbsent(mode.value)) {
    const word = scalarText(mode.value);
    if (word === 'enforce') {
      onExceed = 'stop';
      report.map(mode.path, 'mapped', 'config.budget.onExceed = stop');
    } else askInstead(mode, word, report);
  }
  fields.ignore({ max_iterations: 'steps do not loop' });
  fields.finish();
  const budget =
    usd === undefined && tokens === undefined
      ? undefined
      : complete({ usd, tokens, minutes: undefined }, onExceed, node, report);
  return {
    ...(budget && { budget }),
    ...(timeout !== undefined && timeout > 0 && { timeout: timeout * 1000 }),
  };
}

function complete(
  caps: { readonly [Unit in 'usd' | 'tokens' | 'minutes']: number | undefined },
  onExceed: Budget['onExceed'] | undefined,
  node: MapNode,
  report: Report,
): Budget | undefined {
  const { usd, tokens, minutes } = caps;
  if (usd === undefined && tokens === undefined && minutes === undefined) {
    if (!report.hasErrors) {
      report.warn('no-effect', 'A budget without "usd", "tokens" or "minutes" caps nothing.', node);
    }
    return undefined;
  }
  return {
    ...(usd !== undefined && { usd }),
    ...(tokens !== undefined && { tokens }),
    ...(minutes !== undefined && { minutes }),
    onExceed: onExceed ?? 'ask',
  };
}

/** A number above nothing. A cap that was meant and not read would be no cap, hence never a mere warning. */
function readAmount(field: Field | undefined, report: Report): number | undefined {
  const text = field === undefined ? undefined : scalarText(field.value);
  if (
    field !== undefined &&
    text !== undefined &&
    /^[$€]?\s*\d+([.,]\d+)?\s*(usd|\$|€|min|m)?$/i.test(text)
  ) {
    const isNumber = field.value.kind === 'scalar' && typeof field.value.value === 'number';
    if (!isNumber) {
      const plain = /\d+([.,]\d+)?/.exec(text)?.[0].replace(',', '.') ?? text;
      const hint = `Write ${plain}, without quotes and signs.`;
      report.error('wrong-type', `"${field.key}" must be a number, not a text.`, field.value, hint);
      return undefined;
    }
  }
  const value = readNumber(field, report, 0);
  if (field !== undefined && value === 0) {
    report.error(
      'wrong-value',
      `"${field.key}" must be more than 0.`,
      field.value,
      'Leave it out for no cap.',
    );
    return undefined;
  }
  return value;
}

function readOnExceed(field: Field | undefined, report: Report): Budget['onExceed'] | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const word = scalarText(field.value);
  if (word === 'ask' || word === 'stop') return word;
  if (word === 'warn' || word === 'downgrade') {
    askInstead(field, word, report);
    return 'ask';
  }
  const meant = word === undefined ? undefined : report.nearest(word, ['ask', 'stop']);
  const hint = meant === undefined ? undefined : `Did you mean "${meant}"?`;
  report.error('wrong-value', `"${field.key}" must be one of: ask, stop.`, field.value, hint);
  return undefined;
}

function askInstead(field: Field, word: string | undefined, report: Report): void {
  const message = `"${field.key}: ${word ?? ''}" does not work yet: at the cap a person is asked.`;
  report.warn('no-effect', message, field.value, 'Write "ask" or "stop".');
  report.map(field.path, 'warned', 'read as ask: at the cap a person is asked');
}
