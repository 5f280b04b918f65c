import { readCargoTest } from './cargo-test';
import { readGoTest } from './go-test';
import { readJestJson, readMochaJson } from './jest-json';
import { readNodeSpec, readNodeTap } from './node-test';
import { plainText } from './plain-text';
import { readPytest } from './pytest';
import { readJestText, readMochaText, readVitestText } from './script-text';
import type { ResultReader, TestResults } from './test-results';

/* The stricter the shape, the earlier it is asked. */
const readers: readonly ResultReader[] = [
  readJestJson,
  readMochaJson,
  readGoTest,
  readCargoTest,
  readVitestText,
  readJestText,
  readNodeSpec,
  readNodeTap,
  readMochaText,
  readPytest,
];

/** What any of the known runners told in its output; undefined when none of them is recognized. */
export function readResults(output: string): TestResults | undefined {
  const text = plainText(output);
  for (const read of readers) {
    const results = read(text);
    if (results !== undefined) return results;
  }
  return undefined;
}
