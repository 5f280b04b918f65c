import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json';
import { failure, MOST_FAILURES, placeInStack, type TestFailure, type TestResults } from './test-results';

/** `jest --json` and `vitest --reporter=json`, which agree on the shape. */
export function readJestJson(text: string): TestResults | undefined {
  const report = jsonIn(text);
  const files = report?.['testResults'];
  if (report === undefined || !Array.isArray(files) || typeof report['numTotalTests'] !== 'number')
    return undefined;
  let [passed, failed, skipped] = [0, 0, 0];
  const failures: TestFailure[] = [];
  const add = (one: TestFailure) => {
    failed++;
    if (failures.length < MOST_FAILURES) failures.push(one);
  };
  for (const file of files.filter(isJsonObject)) {
    const path = textOf(file['name']);
    const tests = Array.isArray(file['assertionResults'])
      ? file['assertionResults'].filter(isJsonObject)
      : [];
    for (const test of tests) {
      const status = test['status'];
      if (status === 'passed') passed++;
      else if (status === 'failed') add(failedTest(test, path));
      else skipped++;
    }
    const message = textOf(file['message']);
    // A file that cannot be loaded has no test that could fail in its place.
    if (tests.length === 0 && file['status'] === 'failed') add(failure(path, message, { file: path }));
  }
  return { format: 'jest-json', counts: { passed, failed, skipped }, failures };
}

/** `mocha --reporter json`. */
export function readMochaJson(text: string): TestResults | undefined {
  const report = jsonIn(text);
  const stats = report?.['stats'];
  const failed = report?.['failures'];
  if (!isJsonObject(stats) || !Array.isArray(failed) || typeof stats['passes'] !== 'number') return undefined;
  return {
    format: 'mocha-json',
    counts: { passed: stats['passes'], failed: count(stats['failures']), skipped: count(stats['pending']) },
    failures: failed
      .filter(isJsonObject)
      .slice(0, MOST_FAILURES)
      .map((test) => {
        const fault = isJsonObject(test['err']) ? test['err'] : {};
        const place = placeInStack(textOf(fault['stack']));
        return failure(textOf(test['fullTitle']), textOf(fault['message']), {
          file: place.file ?? textOf(test['file']),
          line: place.line,
        });
      }),
  };
}

function failedTest(test: JsonObject, path: string): TestFailure {
  const titles = Array.isArray(test['ancestorTitles']) ? test['ancestorTitles'].map(textOf) : [];
  const messages = Array.isArray(test['failureMessages']) ? test['failureMessages'].map(textOf) : [];
  const whole = messages.join('\n');
  const stack = whole.search(/\n\s+at /);
  const place = placeInStack(whole);
  return failure([...titles, textOf(test['title'])].join(' > '), stack < 0 ? whole : whole.slice(0, stack), {
    file: path === '' ? place.file : path,
    line: place.file === undefined || path === '' || place.file.endsWith(path) ? place.line : undefined,
  });
}

/** Runners' wrappers print lines before and after the document. */
function jsonIn(text: string): JsonObject | undefined {
  const start = text.search(/^\{/m);
  const end = text.lastIndexOf('}');
  if (start < 0 || end < start) return undefined;
  try {
    const value = JSON.parse(text.slice(start, end + 1)) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const count = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0);
