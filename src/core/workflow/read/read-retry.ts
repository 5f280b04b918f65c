import type { FailureClass, RetryRule } from '../../model/workflow';
import {
  isAbsent,
  choose,
  readCount,
  readDuration,
  readFlag,
  readNumber,
  readTexts,
  scalarText,
} from './values';
import type { MapNode } from '../source/node';
import type { Report } from '../source/report';
import { Fields, type Field } from './fields';

const CLASSES: readonly FailureClass[] = [
  'error',
  'timeout',
  'rate_limit',
  'server_error',
  'network_error',
  'killed',
];
const DEFAULT = { delay: 1_000, backoff: 2, maxDelay: 30_000, jitter: true } as const;
const DEFAULT_MAX = 3;

/** The rule that a bare number of retries stands for. */
function plainRetry(max: number): readonly RetryRule[] {
  return max === 0 ? [] : [{ on: 'any', max, ...DEFAULT }];
}

/**
 * `retry:` as a number, a mapping, or a list of mappings of which the first match wins. Undefined when absent or
 * wrong. `target` is its place in the definition: "steps[2].retry".
 */
export function readRetry(
  field: Field | undefined,
  target: string,
  report: Report,
): readonly RetryRule[] | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const { value } = field;
  if (value.kind === 'scalar' && value.value === false) return [];
  if (value.kind === 'scalar') {
    const max = readCount(field, report, 0);
    if (max !== undefined && field.path !== target) {
      report.map(field.path, 'mapped', max === 0 ? `${target} = []` : `${target}[0].max = ${max}`);
    }
    return max === undefined ? undefined : plainRetry(max);
  }
  if (value.kind === 'map') {
    const rule = readRule(value, field.path, `${target}[0]`, report);
    return rule && (rule.max === 0 ? [] : [rule]);
  }
  const rules: RetryRule[] = [];
  for (const [i, item] of value.items.entries()) {
    if (item.kind !== 'map') {
      report.error(
        'wrong-type',
        'A retry rule must be a mapping.',
        item,
        'For example {on: [rate_limit], max: 5}.',
      );
      continue;
    }
    const rule = readRule(item, `${field.path}[${i}]`, `${target}[${i}]`, report);
    if (rule) rules.push(rule);
  }
  return rules;
}

function readRule(node: MapNode, path: string, target: string, report: Report): RetryRule | undefined {
  const fields = new Fields(node, path, report, target);
  const further = fields.take('max', ['maxRetries', 'max_retries', 'limit']);
  const attempts = fields.take('maxAttempts', ['max_attempts'], 'max');
  const counted = attempts && readCount(attempts, report, 1);
  if (attempts && counted !== undefined) {
    report.map(attempts.path, 'mapped', `${target}.max = ${counted - 1} (attempts count the first one, too)`);
  }
  const max = readCount(further, report, 0) ?? (counted === undefined ? DEFAULT_MAX : counted - 1);
  const ms = { unit: 'ms', allowZero: true } as const;
  const delay =
    readDuration(fields.take('delay', ['retryDelayMs', 'delayMs', 'backoffMs']), report, ms) ??
    readDuration(fields.take('delay_seconds', ['interval_sec'], 'delay'), report, { ...ms, unit: 's' }) ??
    DEFAULT.delay;
  const maxDelay = readDuration(fields.take('maxDelay', ['max_delay', 'maxDelayMs']), report, ms);
  const jitter = readFlag(fields.take('jitter'), report) ?? DEFAULT.jitter;
  const backoff = readBackoff(
    fields.take('backoff', ['retryBackoffMultiplier', 'backoffMultiplier', 'factor']),
    report,
  );
  const on = readClasses(
    fields.take('on', ['retryOn', 'retry_on']) ?? fields.take('retryableErrors', [], 'on'),
    report,
  );
  fields.finish();
  return {
    on: on ?? 'any',
    max,
    delay,
    backoff,
    maxDelay: maxDelay ?? Math.max(delay, DEFAULT.maxDelay),
    jitter,
  };
}

function readBackoff(field: Field | undefined, report: Report): number {
  const word = field === undefined ? undefined : scalarText(field.value);
  if (word === 'exponential') return 2;
  if (word === 'fixed' || word === 'constant') return 1;
  return readNumber(field, report, 1) ?? DEFAULT.backoff;
}

function readClasses(field: Field | undefined, report: Report): RetryRule['on'] | undefined {
  const texts = readTexts(field, report);
  if (field === undefined || texts === undefined) return undefined;
  if (texts.some(({ text }) => text === 'any')) return 'any';
  const classes = new Set<FailureClass>();
  for (const { text, node } of texts) {
    const known = choose(text, node, field.key, CLASSES, report);
    if (known) classes.add(known);
  }
  return [...classes];
}
