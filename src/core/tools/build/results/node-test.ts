import {
  failure,
  MOST_FAILURES,
  numberIn,
  placeInStack,
  type TestFailure,
  type TestResults,
} from './test-results';

/** `node --test` as it prints to a terminal ("spec"). */
export function readNodeSpec(text: string): TestResults | undefined {
  const at = text.search(/^ℹ tests \d+\s*$/m);
  if (at < 0) return undefined;
  const end = text.slice(at);
  const failures: TestFailure[] = [];
  for (const part of end.split(/^test at /m).slice(1, MOST_FAILURES + 1)) {
    const [where = '', head = '', ...rest] = part.split('\n');
    const place = /^(.*):(\d+):\d+$/.exec(where.trim());
    const stop = rest.findIndex((line) => /^\s+at /.test(line));
    const message = rest.slice(0, stop < 0 ? rest.length : stop).map((line) => line.trim());
    failures.push(
      failure(head.replace(/^✖ /, '').replace(/ \([\d.]+ms\)$/, ''), message.join('\n'), {
        ...placeInStack(rest.join('\n')),
        ...(place === null ? {} : { file: place[1], line: Number(place[2]) }),
      }),
    );
  }
  return { format: 'node-test', counts: counts(end, 'ℹ'), failures };
}

/** `node --test` into a pipe, and other writers of TAP that end with the same counts. */
export function readNodeTap(text: string): TestResults | undefined {
  if (!/^# tests \d+\s*$/m.test(text)) return undefined;
  const failures: TestFailure[] = [];
  const lines = text.split('\n');
  const groups: string[] = [];
  lines.forEach((line, index) => {
    const group = /^( *)# Subtest: (.*)$/.exec(line);
    if (group !== null) {
      groups.length = (group[1] ?? '').length / 4;
      groups.push(group[2] ?? '');
    }
    const failed = /^( *)not ok \d+ - (.*?)(?: # (?:SKIP|TODO).*)?$/.exec(line);
    if (failed === null || / # (?:SKIP|TODO)\b/.test(line) || failures.length >= MOST_FAILURES) return;
    const details = yamlBlock(lines, index + 1);
    // A group fails because of a test in it, which was told before.
    if (/failureType: '?subtestsFailed/.test(details)) return;
    const place = /location: '?(.*?):(\d+):\d+'?$/m.exec(details);
    const message = /^\s*error: (?:'(.*)'|\|-\n([\s\S]*?)\n\s*code:|(.*))$/m.exec(details);
    const outer = groups.slice(0, (failed[1] ?? '').length / 4);
    failures.push(
      failure(
        [...outer, failed[2] ?? ''].join(' > '),
        message?.[1] ?? message?.[2] ?? message?.[3] ?? 'failed',
        place === null ? {} : { file: place[1], line: Number(place[2]) },
      ),
    );
  });
  return { format: 'node-test-tap', counts: counts(text, '#'), failures };
}

function yamlBlock(lines: readonly string[], from: number): string {
  if (lines[from]?.trim() !== '---') return '';
  const end = lines.findIndex((line, at) => at > from && line.trim() === '...');
  return lines.slice(from, end < 0 ? from + 200 : end).join('\n');
}

function counts(text: string, mark: string): TestResults['counts'] {
  const of = (word: string) => numberIn(text, new RegExp(`^${mark} ${word} (\\d+)\\s*$`, 'm'));
  return {
    passed: of('pass'),
    failed: of('fail') + of('cancelled'),
    skipped: of('skipped') + of('todo'),
  };
}
