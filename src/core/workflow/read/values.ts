import { formatDuration, parseDuration } from '../../base/duration';
import type { JsonObject } from '../../base/json';
import { kindOf, toJsonValue, type MapNode, type SourceNode, type Span } from '../source/node';
import type { Report } from '../source/report';
import type { Field } from './fields';

/* One reader per kind of value. Each reports a wrong type and gives undefined; nothing (`key:`) counts as absent. */

function wrongType(field: Field, node: SourceNode, wanted: string, report: Report, hint?: string): undefined {
  report.error('wrong-type', `"${field.key}" must be ${wanted}, not ${kindOf(node)}.`, node, hint);
  return undefined;
}

export function isAbsent(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.value === null && node.file === undefined;
}

/** The text of a plain value as it was written: `1.10` stays "1.10". */
export function scalarText(node: SourceNode): string | undefined {
  if (node.kind !== 'scalar' || isAbsent(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.written ?? String(node.value));
}

export function readText(field: Field | undefined, report: Report): string | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  return scalarText(field.value) ?? wrongType(field, field.value, 'a text', report);
}

export function readFlag(field: Field | undefined, report: Report): boolean | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const node = field.value;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  const word = (scalarText(node) ?? '').toLowerCase();
  const meant = ['true', 'yes', 'on'].includes(word)
    ? 'true'
    : ['false', 'no', 'off'].includes(word)
      ? 'false'
      : '';
  const hint = meant === '' ? undefined : `Write ${meant}, without quotes.`;
  return wrongType(field, node, 'true or false', report, hint);
}

/** A whole number of at least `least`. */
export function readCount(
  field: Field | undefined,
  report: Report,
  least: number,
  most = 1_000_000,
): number | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const node = field.value;
  if (node.kind === 'scalar' && typeof node.value === 'number') {
    if (Number.isSafeInteger(node.value) && node.value >= least && node.value <= most) return node.value;
    report.error('wrong-value', `"${field.key}" must be a whole number from ${least} to ${most}.`, node);
    return undefined;
  }
  const hint = /^\d+$/.test(scalarText(node) ?? '') ? 'Write it without quotes.' : undefined;
  return wrongType(field, node, 'a whole number', report, hint);
}

export function readNumber(field: Field | undefined, report: Report, least: number): number | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const node = field.value;
  if (node.kind !== 'scalar' || typeof node.value !== 'number')
    return wrongType(field, node, 'a number', report);
  if (Number.isFinite(node.value) && node.value >= least) return node.value;
  report.error('wrong-value', `"${field.key}" must be a number of at least ${least}.`, node);
  return undefined;
}

/** Longer than this is a slip of the unit. */
const LONGEST = 365 * 86_400_000;

export interface DurationRule {
  /** What a bare number counts. */
  readonly unit: 'ms' | 's';
  /** 0 is fine for delays, not for timeouts. */
  readonly allowZero?: boolean;
}

/** Milliseconds. */
export function readDuration(
  field: Field | undefined,
  report: Report,
  rule: DurationRule,
): number | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const node = field.value;
  const example = 'Write e.g. 500ms, 30s, 5m or 2h.';
  if (node.kind !== 'scalar' || typeof node.value === 'boolean') {
    return wrongType(field, node, 'a duration', report, example);
  }
  const isBare = typeof node.value === 'number';
  const milliseconds = isBare
    ? Number(node.value) * (rule.unit === 's' ? 1000 : 1)
    : parseDuration(String(node.value));
  const shown = scalarText(node) ?? '';
  if (milliseconds === undefined || !Number.isFinite(milliseconds) || milliseconds < 0) {
    report.error('bad-duration', `"${shown}" is no duration.`, node, example);
    return undefined;
  }
  if (milliseconds === 0 && rule.allowZero !== true) {
    report.error(
      'bad-duration',
      `"${field.key}" must be longer than nothing.`,
      node,
      'Leave it out for no limit.',
    );
    return undefined;
  }
  if (milliseconds > LONGEST) {
    report.error(
      'bad-duration',
      `"${shown}" is ${formatDuration(milliseconds)}, longer than a year.`,
      node,
      example,
    );
    return undefined;
  }
  if (isBare && rule.allowZero !== true) checkUnit(field.key, milliseconds, rule.unit, node, report);
  return Math.round(milliseconds);
}

/** Bare numbers are milliseconds in one list and seconds in the other: what looks like the other unit is shown. */
function checkUnit(key: string, milliseconds: number, unit: 'ms' | 's', at: Span, report: Report): void {
  const value = formatDuration(milliseconds);
  if (unit === 'ms' && milliseconds < 1000) {
    const hint = `Bare numbers are milliseconds here. For seconds write ${milliseconds}s.`;
    report.warn('suspicious-duration', `"${key}" is ${value}.`, at, hint);
  } else if (unit === 's' && milliseconds >= 86_400_000) {
    const hint = `Bare numbers are seconds in phases. For milliseconds write ${milliseconds / 1000}ms.`;
    report.warn('suspicious-duration', `"${key}" is ${value}.`, at, hint);
  }
}

/** One of a few words. */
export function readChoice<Word extends string>(
  field: Field | undefined,
  report: Report,
  words: readonly Word[],
): Word | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  return choose(scalarText(field.value), field.value, field.key, words, report);
}

export function choose<Word extends string>(
  text: string | undefined,
  at: Span,
  key: string,
  words: readonly Word[],
  report: Report,
): Word | undefined {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  const meant = text === undefined ? undefined : report.nearest(text, words);
  const hint = meant === undefined ? undefined : `Did you mean "${meant}"?`;
  report.error('wrong-value', `"${key}" must be one of: ${words.join(', ')}.`, at, hint);
  return undefined;
}

export interface ListedText {
  readonly text: string;
  readonly node: SourceNode;
}

/** A list of texts; one text alone stands for a list of one. */
export function readTexts(field: Field | undefined, report: Report): ListedText[] | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const nodes = field.value.kind === 'list' ? field.value.items : [field.value];
  const texts: ListedText[] = [];
  for (const node of nodes) {
    const text = scalarText(node);
    if (text === undefined) wrongType(field, node, 'a text or a list of texts', report);
    else texts.push({ text, node });
  }
  return texts;
}

export function readMap(field: Field | undefined, report: Report): MapNode | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  return field.value.kind === 'map' ? field.value : wrongType(field, field.value, 'a mapping', report);
}

/** A mapping of free form: kept as JSON, every key below recorded. */
export function readJsonObject(field: Field | undefined, report: Report): JsonObject | undefined {
  const node = readMap(field, report);
  if (field === undefined || node === undefined) return undefined;
  refusePrototypeKeys(node, report);
  report.mapBelow(node, field.path, 'mapped', 'kept as it is', true);
  return toJsonValue(node) as JsonObject;
}

/** `__proto__` means something else to JavaScript than to people. */
export function refusePrototypeKeys(node: SourceNode, report: Report): void {
  if (node.kind === 'list') for (const item of node.items) refusePrototypeKeys(item, report);
  if (node.kind !== 'map') return;
  for (const entry of node.entries) {
    if (entry.key === '__proto__') {
      report.error('reserved-name', '"__proto__" cannot be a key.', entry.keySpan, 'Choose another name.');
    }
    refusePrototypeKeys(entry.value, report);
  }
}

/** A glob of the workspace: relative, and never out of it. */
export function isInsideGlob(glob: string): boolean {
  return glob !== '' && !/^([\\/]|[A-Za-z]:)/.test(glob) && !glob.split(/[\\/]/).includes('..');
}
