/* What JavaScript's runners print for people. Their summaries stand at the end, so they survive when a long output is cut. */
import { failure, MOST_FAILURES, numberIn, placeInStack, type TestResults } from './test-results';

/** Vitest's default reporter. */
export function readVitestText(text: string): TestResults | undefined {
  const summary = /^ +Tests +(.*\(\d+\)|no tests)\s*$/m.exec(text)?.[1];
  const files = /^ +Test Files +(.*)$/m.exec(text)?.[1];
  if (summary === undefined || files === undefined) return undefined;
  const parts = text.split(/^ FAIL {2}/m).slice(1);
  const failures = parts.slice(0, MOST_FAILURES).map((part) => {
    const [head = '', ...rest] = part.split('\n');
    const [file = '', ...titles] = head.split(' > ');
    const message = rest.slice(
      0,
      indexOr(rest, (line) => line.startsWith(' ❯ ') || line.startsWith('⎯')),
    );
    const place = placeInStack(part);
    const loaded = titles.length > 0;
    return failure(
      loaded ? titles.join(' > ') : file.replace(/ \[ .* \]$/, ''),
      message.join('\n'),
      // The first file names a project in brackets before it: "|unit| test/a.test.ts".
      { file: place.file ?? file.replace(/^\|[^|]*\| /, '').replace(/ \[ .* \]$/, ''), line: place.line },
    );
  });
  const unloaded = parts.filter((part) => !(part.split('\n')[0] ?? '').includes(' > ')).length;
  return {
    format: 'vitest',
    counts: {
      passed: numberIn(summary, /(\d+) passed/),
      failed: numberIn(summary, /(\d+) failed/) + unloaded,
      skipped: numberIn(summary, /(\d+) skipped/) + numberIn(summary, /(\d+) todo/),
    },
    failures,
  };
}

/** Jest's default reporter. */
export function readJestText(text: string): TestResults | undefined {
  const summary = /^Tests: +(.*\d+ total)\s*$/m.exec(text)?.[1];
  if (summary === undefined) return undefined;
  const seen = new Set<string>();
  const failures = blocks(text, /^ {2}● (.+)$/).flatMap(({ head, body, before }) => {
    // After many suites all failures are told a second time.
    if (seen.has(head) || /^(?:Console|Cannot log)/.test(head)) return [];
    seen.add(head);
    const lines = body.split('\n');
    const message = lines.slice(
      0,
      indexOr(lines, (line) => /^\s+(?:>? *\d+ \||at )/.test(line)),
    );
    const place = placeInStack(body);
    const file = /^FAIL +(?:\S+ +)?(\S+\.[cm]?[jt]sx?)/.exec(before)?.[1];
    return [
      failure(head.split(' › ').join(' > '), message.map((line) => line.trim()).join('\n'), {
        file: place.file ?? file,
        line: place.line,
      }),
    ];
  });
  const unloaded = failures.filter((one) => one.name === 'Test suite failed to run').length;
  return {
    format: 'jest',
    counts: {
      passed: numberIn(summary, /(\d+) passed/),
      failed: numberIn(summary, /(\d+) failed/) + unloaded,
      skipped: numberIn(summary, /(\d+) skipped/) + numberIn(summary, /(\d+) todo/),
    },
    failures: failures.slice(0, MOST_FAILURES),
  };
}

/** Mocha's spec reporter. */
export function readMochaText(text: string): TestResults | undefined {
  const summary = /^ {2}\d+ passing \([^)]+\)\s*$/m.exec(text);
  if (summary === null) return undefined;
  const end = text.slice(summary.index);
  const failures = end
    .split(/^ {2}\d+\) /m)
    .slice(1, MOST_FAILURES + 1)
    .map((part) => {
      const colon = /:\s*$/m.exec(part);
      const head = part.slice(0, colon?.index ?? part.length);
      const body = part.slice((colon?.index ?? part.length) + 1);
      const lines = body.split('\n');
      const message = lines.slice(
        0,
        indexOr(lines, (line) => /^\s+(?:at |\+ expected)/.test(line)),
      );
      return failure(
        head
          .split('\n')
          .map((line) => line.trim())
          .join(' > '),
        message
          .map((line) => line.trim())
          .filter((line) => line !== '')
          .join('\n'),
        placeInStack(body),
      );
    });
  return {
    format: 'mocha',
    counts: {
      passed: numberIn(end, /^ {2}(\d+) passing/m),
      failed: numberIn(end, /^ {2}(\d+) failing/m),
      skipped: numberIn(end, /^ {2}(\d+) pending/m),
    },
    failures,
  };
}

interface Block {
  readonly head: string;
  readonly body: string;
  /** The last line that names a failed file, before the block. */
  readonly before: string;
}

function blocks(text: string, start: RegExp): Block[] {
  const found: { head: string; body: string[]; before: string }[] = [];
  let before = '';
  let current: (typeof found)[number] | undefined;
  for (const line of text.split('\n')) {
    const head = start.exec(line)?.[1];
    if (/^FAIL /.test(line)) before = line;
    if (head !== undefined) found.push((current = { head, body: [], before }));
    else if (/^(?:Test Suites|Tests|FAIL|PASS|Summary of all failing)\b/.test(line)) current = undefined;
    else current?.body.push(line);
  }
  return found.map((one) => ({ ...one, body: one.body.join('\n') }));
}

function indexOr<T>(list: readonly T[], wanted: (item: T) => boolean): number {
  const found = list.findIndex(wanted);
  return found < 0 ? list.length : found;
}
