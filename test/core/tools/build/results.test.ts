import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProblems } from '../../../../src/core/tools/build/build-problems';
import { mergeResults, readJunitXml } from '../../../../src/core/tools/build/results/junit-xml';
import { plainText } from '../../../../src/core/tools/build/results/plain-text';
import { readResults } from '../../../../src/core/tools/build/results/read-results';
import { readXml } from '../../../../src/core/tools/build/results/xml';

const sample = (name: string) =>
  readFileSync(path.resolve(import.meta.dirname, '../../../fixtures/test-output', name), 'utf8');

/** What each sample says: two tests that fail, one that passes, one skipped, and where there is one a test to be written. */
describe('results of tests, from output that the runners really wrote', () => {
  it('reads the text of Vitest, a file that could not be loaded included', () => {
    expect(readResults(sample('vitest.txt'))).toEqual({
      format: 'vitest',
      counts: { passed: 1, failed: 3, skipped: 2 },
      failures: [
        {
          name: 'bad.test.ts',
          file: 'bad.test.ts',
          line: 1,
          message: "Error: Cannot find module './nothing-here' imported from /project/bad.test.ts",
        },
        {
          name: 'sum > subtracts',
          file: 'sum.test.ts',
          line: 7,
          message:
            'AssertionError: expected 1 to be 2 // Object.is equality\n\n- Expected\n+ Received\n\n- 2\n+ 1',
        },
        { name: 'throws', file: 'sum.test.ts', line: 13, message: 'Error: broken pipe dream' },
      ],
    });
  });

  it('reads the JSON of Vitest', () => {
    const results = readResults(sample('vitest.json'));
    expect(results?.counts).toEqual({ passed: 1, failed: 3, skipped: 2 });
    expect(results?.failures).toContainEqual({
      name: 'sum > subtracts',
      file: '/project/sum.test.ts',
      line: 7,
      message: 'AssertionError: expected 1 to be 2 // Object.is equality',
    });
  });

  it('reads the text of Jest', () => {
    expect(readResults(sample('jest.txt'))).toEqual({
      format: 'jest',
      counts: { passed: 1, failed: 2, skipped: 2 },
      failures: [
        {
          name: 'sum > subtracts',
          file: 'sum.test.js',
          line: 6,
          message: 'expect(received).toBe(expected) // Object.is equality\n\nExpected: 2\nReceived: 1',
        },
        { name: 'throws', file: 'sum.test.js', line: 12, message: 'broken pipe dream' },
      ],
    });
  });

  it('reads the JSON of Jest', () => {
    const results = readResults(sample('jest.json'));
    expect(results?.counts).toEqual({ passed: 1, failed: 2, skipped: 2 });
    expect(results?.failures.map((one) => [one.name, one.line])).toEqual([
      ['sum > subtracts', 6],
      ['throws', 12],
    ]);
  });

  it('reads the text of Mocha', () => {
    expect(readResults(sample('mocha.txt'))).toEqual({
      format: 'mocha',
      counts: { passed: 1, failed: 2, skipped: 1 },
      failures: [
        { name: 'throws', file: 'm/sum.js', line: 8, message: 'Error: broken pipe dream' },
        {
          name: 'sum > subtracts',
          file: 'm/sum.js',
          line: 4,
          message: 'AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n1 !== 2',
        },
      ],
    });
  });

  it('reads the JSON of Mocha', () => {
    const results = readResults(sample('mocha.json'));
    expect(results?.counts).toEqual({ passed: 1, failed: 2, skipped: 1 });
    expect(results?.failures.map((one) => [one.name, one.file, one.line])).toEqual([
      ['throws', 'm/sum.js', 8],
      ['sum subtracts', 'm/sum.js', 4],
    ]);
  });

  it.each(['node-spec.txt', 'node-tap.txt'])("reads Node's own runner: %s", (name) => {
    const results = readResults(sample(name));
    expect(results?.counts).toEqual({ passed: 1, failed: 2, skipped: 2 });
    expect(results?.failures.map((one) => [one.name.split(' > ').at(-1), one.line])).toEqual([
      ['subtracts', 6],
      ['throws', 10],
    ]);
    expect(results?.failures[1]?.message).toContain('broken pipe dream');
  });

  it('reads pytest, parameters and broken fixtures included', () => {
    expect(readResults(sample('pytest.txt'))).toEqual({
      format: 'pytest',
      counts: { passed: 2, failed: 3, skipped: 2 },
      failures: [
        {
          name: 'test_subtracts',
          file: 'tests/test_sum.py',
          line: 13,
          message: 'AssertionError: difference',
        },
        {
          name: 'test_divides[0]',
          file: 'tests/test_sum.py',
          line: 23,
          message: 'ZeroDivisionError: division by zero',
        },
        {
          name: 'test_with_broken_fixture',
          file: 'tests/test_sum.py',
          line: 33,
          message: 'RuntimeError: no database',
        },
      ],
    });
  });

  it('reads pytest as a project may have set it, and a file that could not be imported', () => {
    expect(readResults(sample('pytest-plain.txt'))?.counts).toEqual({ passed: 2, failed: 3, skipped: 2 });
    expect(readResults(sample('pytest-collect.txt'))).toEqual({
      format: 'pytest',
      counts: { passed: 0, failed: 1, skipped: 0 },
      failures: [
        {
          name: 'bad/test_bad.py',
          file: 'bad/test_bad.py',
          line: 1,
          message: "ModuleNotFoundError: No module named 'nothing_here'",
        },
      ],
    });
  });

  it('reads the JUnit report of pytest', () => {
    const results = readJunitXml(sample('pytest-junit.xml'));
    expect(results?.counts).toEqual({ passed: 2, failed: 3, skipped: 2 });
    expect(results?.failures[0]).toEqual({
      name: 'tests.test_sum > test_subtracts',
      file: 'tests/test_sum.py',
      line: 13,
      message: 'AssertionError: difference\nassert 1 == 2\n +  where 1 = add(2, -1)',
    });
  });

  it('adds up the programs of cargo test', () => {
    expect(readResults(sample('cargo-test.txt'))).toEqual({
      format: 'cargo-test',
      counts: { passed: 1, failed: 2, skipped: 1 },
      failures: [
        {
          name: 'tests > subtracts',
          file: 'src/lib.rs',
          line: 16,
          message: 'assertion `left == right` failed: difference\nleft: 1\nright: 2',
        },
        { name: 'explodes', file: 'tests/outside.rs', line: 4, message: 'a number' },
      ],
    });
  });

  it('finds why Rust could not be compiled', () => {
    expect(readResults(sample('cargo-compile.txt'))).toBeUndefined();
    expect(readProblems(sample('cargo-compile.txt'))).toEqual([
      { file: 'src/lib.rs', line: 23, message: 'mismatched types' },
    ]);
  });
});

describe('results of tests, from samples written after the documentation', () => {
  it('reads the reports of surefire, entities and CDATA included', () => {
    expect(readJunitXml(sample('surefire.xml'))).toEqual({
      format: 'junit-xml',
      counts: { passed: 1, failed: 2, skipped: 1 },
      failures: [
        {
          name: 'com.example.SumTest > subtracts',
          file: 'com/example/SumTest.java',
          line: 16,
          message: 'expected: <2> but was: <1>',
        },
        {
          name: 'com.example.SumTest > explodes',
          file: 'com/example/SumTest.java',
          line: 21,
          message: 'a < b & "c"',
        },
      ],
    });
  });

  it('adds several reports up', () => {
    const one = readJunitXml(sample('surefire.xml'));
    const two = readJunitXml(sample('pytest-junit.xml'));
    if (one === undefined || two === undefined) throw new Error('both are reports');
    expect(mergeResults([one, two])?.counts).toEqual({ passed: 3, failed: 5, skipped: 3 });
    expect(mergeResults([])).toBeUndefined();
  });

  it('reads go test -json: parts tell why their test failed, a package that was not built counts once', () => {
    expect(readResults(sample('go-test.jsonl'))).toEqual({
      format: 'go-test',
      counts: { passed: 1, failed: 3, skipped: 1 },
      failures: [
        {
          name: 'TestSubtracts > negative',
          file: 'sums_test.go',
          line: 14,
          message: 'sums_test.go:14: got 1, want 2',
        },
        {
          name: 'example.com/broken',
          file: 'broken/broken.go',
          line: 3,
          message: 'broken/broken.go:3:9: undefined: nothing',
        },
      ],
    });
  });

  it.each([
    ['src/a.ts(3,7): error TS2322: Type x.', 'src/a.ts', 3, 'TS2322: Type x.'],
    ['src/a.ts:3:7 - error TS2322: Type x.', 'src/a.ts', 3, 'TS2322: Type x.'],
    ['[ERROR] /p/src/A.java:[12,8] cannot find symbol', '/p/src/A.java', 12, 'cannot find symbol'],
    ['/p/src/A.java:12: error: cannot find symbol', '/p/src/A.java', 12, 'cannot find symbol'],
    ['./main.go:3:2: undefined: x', 'main.go', 3, 'undefined: x'],
    ["main.c:4:5: error: expected ';'", 'main.c', 4, "expected ';'"],
  ])('finds the place in "%s"', (line, file, at, message) => {
    expect(readProblems(`noise\n${line}\nnoise`)).toEqual([{ file, line: at, message }]);
  });
});

describe('output that is not what it seems', () => {
  it('knows no results where there are none', () => {
    expect(readResults('')).toBeUndefined();
    expect(readResults('all is well\n{"a": 1}\n')).toBeUndefined();
    expect(readResults('{"Action": 3}\n{')).toBeUndefined();
  });

  it('takes colours and hidden characters out first', () => {
    const coloured = sample('jest.txt').replaceAll('FAIL', '\u001b[31mFAIL\u001b[0m');
    expect(readResults(coloured)).toEqual(readResults(sample('jest.txt')));
    expect(plainText('a\u001b]0;title\u0007b\u202ec\u001b[2Jd\r\ne')).toBe('abcd\ne');
  });

  it('refuses XML with a document type, with broken nesting or without end', () => {
    expect(readXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).toBeUndefined();
    expect(readXml('<a><b></a></b>')).toBeUndefined();
    expect(readXml('<a><b>')).toBeUndefined();
    expect(readXml('<a/>'.repeat(2))).toBeUndefined();
    expect(readXml('<a>'.repeat(1_000) + '</a>'.repeat(1_000))).toBeUndefined();
    expect(readXml('<a b="x > y">&#65;&nope;</a>')).toMatchObject({ name: 'a', text: 'A&nope;' });
  });

  it.each([
    ' ',
    '<a ',
    'at (a:1:1',
    '● a\n',
    'FAILED a - b\n',
    '---- a stdout ----\n',
    '1 passed, ',
    ' FAIL  a\n',
  ])('reads 250 kB of "%s" in less than a second', (piece) => {
    const text = piece.repeat(Math.ceil(250_000 / piece.length));
    const started = performance.now();
    readResults(text);
    readJunitXml(text);
    readProblems(text);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
