import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { Finding } from '../../model/finding';

/*
 * Findings in what other steps produced. The local analyses use `Finding`; agents and commands write what their tools
 * write, so the common shapes are read as well: `{ findings | issues | vulnerabilities | problems: [...] }`, a list of
 * such entries, ESLint's JSON and SARIF.
 */

/** Undefined when the value holds no list of findings at all; an empty list is a result. */
export function findingsIn(output: JsonValue): readonly Finding[] | undefined {
  if (Array.isArray(output)) return listOf(output as readonly JsonValue[]);
  if (!isJsonObject(output)) return undefined;
  if (Array.isArray(output['runs'])) return (output['runs'] as readonly JsonValue[]).flatMap(sarifRun);
  for (const name of ['findings', 'issues', 'vulnerabilities', 'problems', 'diagnostics', 'results']) {
    const list = output[name];
    if (Array.isArray(list)) return listOf(list as readonly JsonValue[]) ?? [];
  }
  return undefined;
}

function listOf(items: readonly JsonValue[]): readonly Finding[] | undefined {
  const found: Finding[] = [];
  for (const item of items) {
    if (!isJsonObject(item)) continue;
    if (Array.isArray(item['messages']) && typeof item['filePath'] === 'string')
      found.push(...eslintFile(item));
    else {
      const finding = readFinding(item);
      if (finding !== undefined) found.push(finding);
    }
  }
  return found.length === 0 && items.length > 0 ? undefined : found;
}

function readFinding(item: JsonObject): Finding | undefined {
  const message = text(item, 'message', 'title', 'description', 'summary');
  const rule = text(item, 'rule', 'ruleId', 'rule_id', 'id', 'code', 'category', 'type');
  const severity = severityOf(item['severity'] ?? item['level'] ?? item['priority']);
  if (message === undefined || (rule === undefined && severity === undefined)) return undefined;
  return finding({
    rule: rule ?? 'remark',
    severity: severity ?? 'info',
    message,
    file: text(item, 'file', 'path', 'filePath', 'filename'),
    line: number(item['line'] ?? item['startLine'] ?? item['lineNumber'] ?? rowOf(item['location'])),
    advice: text(item, 'advice', 'suggestion', 'fix', 'recommendation', 'remediation'),
  });
}

function eslintFile(item: JsonObject): Finding[] {
  const file = text(item, 'filePath');
  return (item['messages'] as readonly JsonValue[]).filter(isJsonObject).flatMap((entry) => {
    const message = text(entry, 'message');
    if (message === undefined) return [];
    const severity = entry['fatal'] === true ? 'high' : entry['severity'] === 2 ? 'medium' : 'low';
    return [
      finding({
        rule: text(entry, 'ruleId') ?? 'parse-error',
        severity,
        message,
        file,
        line: number(entry['line']),
      }),
    ];
  });
}

function sarifRun(run: JsonValue): Finding[] {
  const results =
    isJsonObject(run) && Array.isArray(run['results']) ? (run['results'] as readonly JsonValue[]) : [];
  return results.filter(isJsonObject).flatMap((result) => {
    const message = isJsonObject(result['message']) ? text(result['message'], 'text') : undefined;
    const first: JsonValue | undefined = Array.isArray(result['locations'])
      ? (result['locations'] as readonly JsonValue[])[0]
      : undefined;
    const at = isJsonObject(first) ? first['physicalLocation'] : undefined;
    const where = isJsonObject(at) ? at['artifactLocation'] : undefined;
    const region = isJsonObject(at) ? at['region'] : undefined;
    if (message === undefined) return [];
    return [
      finding({
        rule: text(result, 'ruleId') ?? 'remark',
        severity: severityOf(result['level']) ?? 'medium',
        message,
        file: isJsonObject(where) ? text(where, 'uri') : undefined,
        line: isJsonObject(region) ? number(region['startLine']) : undefined,
      }),
    ];
  });
}

interface Loose {
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly advice?: string | undefined;
}

function finding({ rule, severity, message, file, line, advice }: Loose): Finding {
  const path = file
    ?.replaceAll('\\', '/')
    .replace(/^file:\/\//, '')
    .replace(/^\.\//, '');
  return {
    rule,
    severity,
    message,
    ...(path === undefined || path === '' ? {} : { file: path }),
    ...(path === undefined || line === undefined ? {} : { line }),
    ...(advice === undefined ? {} : { advice }),
  };
}

function text(item: JsonObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = item[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}

const rowOf = (location: JsonValue | undefined): JsonValue | undefined =>
  isJsonObject(location) ? (location['row'] ?? location['line']) : undefined;

const number = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;

function severityOf(value: JsonValue | undefined): Finding['severity'] | undefined {
  switch (typeof value === 'string' ? value.toLowerCase() : value) {
    case 'critical':
    case 'blocker':
    case 'fatal':
    case 'high':
    case 'error':
      return 'high';
    case 'medium':
    case 'moderate':
    case 'major':
    case 'warning':
    case 'warn':
      return 'medium';
    case 'low':
    case 'minor':
    case 'note':
      return 'low';
    case 'info':
    case 'information':
    case 'hint':
    case 'trivial':
      return 'info';
    default:
      return undefined;
  }
}
