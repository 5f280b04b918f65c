import { failure, MOST_FAILURES, numberIn, type TestFailure, type TestResults } from './test-results';

/** Pytest's terminal output; with `-rfE --tb=short` it names each failure and its place. */
export function readPytest(text: string): TestResults | undefined {
  const summary = [
    ...text.matchAll(/^(?:=+ )?((?:\d+ [a-z]+(?:, )?)+|no tests ran)(?: in [\d.]+s.*?)(?: =+)?\s*$/gm),
  ].at(-1)?.[1];
  if (summary === undefined) return undefined;
  const failed = numberIn(summary, /(\d+) failed/) + numberIn(summary, /(\d+) errors?/);
  return {
    format: 'pytest',
    counts: {
      passed: numberIn(summary, /(\d+) passed/) + numberIn(summary, /(\d+) xpassed/),
      failed,
      skipped: numberIn(summary, /(\d+) skipped/) + numberIn(summary, /(\d+) xfailed/),
    },
    failures: failures(text),
  };
}

function failures(text: string): TestFailure[] {
  const told = sections(text);
  const found: TestFailure[] = [];
  for (const match of text.matchAll(/^(?:FAILED|ERROR) (\S.*?)(?: - (.*))?$/gm)) {
    const [, id = '', short] = match;
    const [file = '', ...parts] = id.split('::');
    const section = told.get(parts.length === 0 ? `collecting ${file}` : parts.join('.'));
    const place = section === undefined ? undefined : placeIn(section, file);
    const message = short ?? section?.match(/^E +(.*)$/m)?.[1] ?? 'failed';
    if (found.length < MOST_FAILURES)
      found.push(failure(parts.length === 0 ? file : parts.join(' > '), message, { file, line: place }));
  }
  return found;
}

/** The part of the output about each test, by its name. */
function sections(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const parts = text.split(/^_{3,} (.+?) _{3,}$/m);
  for (let at = 1; at + 1 < parts.length; at += 2) {
    const title = (parts[at] ?? '').replace(/^ERROR (?:at (?:setup|teardown) of )?/, '');
    found.set(title, (parts[at + 1] ?? '').split(/^={5,}/m)[0] ?? '');
  }
  return found;
}

/** The last line of the test's own file in the trace: where it went wrong, not where it was called from. */
function placeIn(section: string, file: string): number | undefined {
  const lines = section.split('\n').filter((line) => line.startsWith(`${file}:`));
  const line = lines.at(-1)?.slice(file.length + 1);
  return line === undefined ? undefined : Number.parseInt(line, 10);
}
