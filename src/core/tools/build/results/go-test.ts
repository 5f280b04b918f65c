import { isJsonObject, type JsonValue } from '../../../base/json';
import { failure, MOST_FAILURES, type TestFailure, type TestResults } from './test-results';

/** `go test -json`: one event a line (https://pkg.go.dev/cmd/test2json). */
export function readGoTest(text: string): TestResults | undefined {
  let [passed, failed, skipped, events] = [0, 0, 0, 0];
  const output = new Map<string, string>();
  const ended: { readonly name: string; readonly text: string; readonly folder: string }[] = [];
  const failedTests: string[] = [];
  for (const line of text.split('\n')) {
    const event = eventOf(line);
    if (event === undefined) continue;
    events++;
    const key = `${event.package} ${event.test}`;
    if (event.action === 'output') output.set(key, ((output.get(key) ?? '') + event.output).slice(-8_000));
    else if (event.test === '') {
      // A package that fails without a failing test was not built, or its TestMain ended it.
      const hasTest = failedTests.some((name) => name.startsWith(`${event.package} `));
      if (event.action === 'fail' && !hasTest) {
        failed++;
        ended.push({ name: event.package, text: output.get(key) ?? '', folder: event.package });
      }
    } else if (event.action === 'pass') passed++;
    else if (event.action === 'skip') skipped++;
    else if (event.action === 'fail') {
      failed++;
      failedTests.push(key);
      ended.push({
        name: event.test.replaceAll('/', ' > '),
        text: output.get(key) ?? '',
        folder: event.package,
      });
    }
  }
  if (events === 0) return undefined;
  // A test fails with each of its parts; the parts tell why.
  const isParent = (name: string) => ended.some((other) => other.name.startsWith(`${name} > `));
  const failures = ended.filter((one) => !isParent(one.name)).map((one) => failureOf(one.name, one.text));
  return {
    format: 'go-test',
    counts: { passed, failed, skipped },
    failures: failures.slice(0, MOST_FAILURES),
  };
}

function failureOf(name: string, text: string): TestFailure {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(?:=== |--- |FAIL\b|PASS\b|ok\s)/.test(line) && line.trim() !== '');
  const place = /^\s*([\w./-]+\.go):(\d+)(?::\d+)?: ?(.*)$/m.exec(lines.join('\n'));
  const message = lines.map((line) => line.trim()).join('\n');
  return failure(name, message === '' ? 'failed' : message, {
    file: place?.[1],
    line: place === null ? undefined : Number(place[2]),
  });
}

function eventOf(line: string) {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as JsonValue;
    if (!isJsonObject(value) || typeof value['Action'] !== 'string') return undefined;
    const word = (name: string) => {
      const found = value[name];
      return typeof found === 'string' ? found : '';
    };
    return { action: word('Action'), package: word('Package'), test: word('Test'), output: word('Output') };
  } catch {
    return undefined;
  }
}
