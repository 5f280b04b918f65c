import { failure, MOST_FAILURES, type TestFailure, type TestResults } from './test-results';

/** `cargo test`: one summary for each program of tests. */
export function readCargoTest(text: string): TestResults | undefined {
  const summaries = [...text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm)];
  if (summaries.length === 0) return undefined;
  const sum = (group: number) => summaries.reduce((total, one) => total + Number(one[group]), 0);
  return {
    format: 'cargo-test',
    counts: { passed: sum(1), failed: sum(2), skipped: sum(3) },
    failures: failures(text).slice(0, MOST_FAILURES),
  };
}

function failures(text: string): TestFailure[] {
  const parts = text.split(/^---- (.+?) stdout ----$/m);
  const found: TestFailure[] = [];
  for (let at = 1; at + 1 < parts.length; at += 2) {
    const name = parts[at] ?? '';
    const body = (parts[at + 1] ?? '').split(/^(?:stack backtrace:|failures:|note: )/m)[0] ?? '';
    // Since Rust 1.73 the message stands on the lines below the place, before it within quotes.
    const place = /panicked at (?:'([\s\S]*?)', )?([^\n]+?):(\d+):\d+:?$/m.exec(body);
    const rest = place === null ? body : body.slice(place.index + place[0].length);
    const message = place?.[1] ?? rest;
    found.push(
      failure(
        name.split('::').join(' > '),
        message
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
          .join('\n'),
        place === null ? {} : { file: place[2], line: Number(place[3]) },
      ),
    );
  }
  return found;
}
