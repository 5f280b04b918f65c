import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faults, read } from './reading';

const valid = 'steps: [{key: a, run: ls}]\n';
const repeat = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join('');

/** Texts that would cost a careless reader its memory, its stack or its time, and what each is refused for. */
const bombs: readonly (readonly [string, () => string, string])[] = [
  ['open brackets without end', () => '['.repeat(100_000), '1:51 too-deep'],
  ['brackets in brackets', () => '['.repeat(100_000) + ']'.repeat(100_000), '1:51 too-deep'],
  ['braces in braces', () => '{a: '.repeat(50_000), '1:201 too-deep'],
  ['lists in lists', () => `${'- '.repeat(5_000)}x`, '1:101 too-deep'],
  ['mappings in mappings', () => repeat(500, (i) => `${' '.repeat(i)}a:\n`), '51:51 too-deep'],
  ['20,000 keys', () => repeat(20_000, (i) => `k${i}: 1\n`), '1001:1 too-many-keys'],
  ['1,001 keys in braces', () => `x: {${repeat(1_001, (i) => `k${i}: 1, `)}}`, '1:8895 too-many-keys'],
  ['1,001 keys deep down', () => `a: {b: [{${repeat(1_001, (i) => `k${i}: 1, `)}}]}`, '1:8900 too-many-keys'],
  [
    'laughs in laughs',
    () => `a0: &a0 [x]\n${repeat(9, (i) => `a${i + 1}: &a${i + 1} [${repeat(9, () => `*a${i}, `)}]\n`)}`,
    '4:20 too-many-aliases',
  ],
  ['21 aliases', () => `x-a: &a 1\nx-b: [${repeat(21, () => '*a, ')}]\n${valid}`, '2:87 too-many-aliases'],
  [
    'aliases that double a long text',
    () => `a0: &a0 ${'x'.repeat(100_000)}\n${repeat(9, (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`)}`,
    '4:10 too-many-aliases',
  ],
  ['more than 4 MB', () => `name: "${'x'.repeat(5_000_000)}"\n${valid}`, '1:1 too-large'],
  ['more than 4 MB of bytes', () => `name: "${'é'.repeat(2_500_000)}"\n${valid}`, '1:1 too-large'],
];

describe('a bomb', () => {
  it.each(bombs)('of %s is refused with its place, in bounded time', (_name, make, expected) => {
    const begin = performance.now();
    const parsed = read(make());
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(faults(parsed)).toContain(expected);
    expect(parsed.definition).toBeUndefined();
  });

  it.each([
    ['deep lists', '['.repeat(100_000), '1:51 too-deep'],
    ['deep objects', '{"a":'.repeat(100_000), '1:251 too-deep'],
    ['many keys', `{${repeat(2_000, (i) => `"k${i}":1,`)}"z":1}`, '1:8892 too-many-keys'],
    ['4 MB', `"${'x'.repeat(5_000_000)}"`, '1:1 too-large'],
  ])('of %s in JSON is refused, too', (_name, text, expected) => {
    const parsed = read(text, 'workflows/a.json');
    expect(faults(parsed)).toContain(expected);
  });

  it('of faults is told up to a point', () => {
    const parsed = read(`steps:\n${repeat(900, (i) => `  - {key: s${i}, agent: nobody, action: x}\n`)}`);
    expect(parsed.diagnostics).toHaveLength(501);
    expect(parsed.diagnostics.at(-1)).toMatchObject({
      code: 'more-faults',
      message: '400 more are not told.',
    });
  });
});

describe('a large honest file', () => {
  it('is within the limits: 50 levels, 1,000 keys, 20 aliases, 2,000 steps', () => {
    const deep = `${'['.repeat(47)}${']'.repeat(47)}`;
    const keys = repeat(1_000, (i) => `k${i}: 1, `);
    const aliases = repeat(20, () => '*a, ');
    const text = `x-a: &a 1\nx-b: [${aliases}]\nx-c: {${keys}}\nx-d: {e: ${deep}}\nsteps:\n${repeat(
      2_000,
      (i) => `  - {key: s${i}, run: ls${i === 0 ? '' : `, dependsOn: [s${i - 1}]`}}\n`,
    )}`;
    const parsed = read(text);
    expect(faults(parsed)).toEqual([]);
    expect(parsed.plan!.levels).toHaveLength(2_000);
  });

  it('may name far results in many prompts', () => {
    const text = `steps:\n  - {key: s0, run: ls}\n${repeat(
      1_500,
      (i) => `  - {key: s${i + 1}, prompt: "{{ steps.s0.output }}", dependsOn: [s${i}]}\n`,
    )}`;
    const begin = performance.now();
    expect(faults(read(text))).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});

describe('any text', () => {
  const words = [
    'name: a\n',
    'steps:\n',
    '  - key: a\n',
    '    run: ls\n',
    '    dependsOn: [a, b]\n',
    '    if: ${{ always() }}\n',
    '    prompt: "{{ steps.a.output }}"\n',
    'phases:\n',
    '  - id: x\n',
    '    timeout: 5\n',
    'inputs: {x: {type: choice}}\n',
    'config: {parallelism: 2}\n',
    '&a ',
    '*a ',
    '!file x ',
    '- ',
    '? ',
    ': ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '|\n',
    '>\n',
    '\t',
    '# x\n',
    '---\n',
    '%TAG ! x\n',
    '<<: ',
    '~',
    '.nan',
    '\\u0000',
    '{{',
    '}}',
    '__proto__: ',
    'approval: {when: before}\n',
    'retry: [{on: any}]\n',
    '\ud800',
  ];
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join('')),
    fc.json(),
  );

  it('never makes the parser throw, and gives the same answer each time', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('a.baton.yaml', 'workflows/a.yaml', 'a.json'), (source, path) => {
        const parsed = read(source, path);
        expect(read(source, path)).toEqual(parsed);
        expect(parsed.diagnostics.map(({ code }) => code)).not.toContain('internal');
        const hasErrors = parsed.diagnostics.some(({ severity }) => severity === 'error');
        expect(parsed.definition === undefined).toBe(hasErrors);
        for (const { range } of parsed.diagnostics) {
          expect(range.start.line).toBeGreaterThan(0);
          expect(range.start.column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('that is a workflow, cut anywhere, is refused or read, and nothing else', () => {
    const whole =
      'name: a\ninputs: {x: 1}\nsteps:\n  - key: one\n    run: [ls, "{{ inputs.x }}"]\n  - key: two\n    dependsOn: [one]\n    if: ${{ steps.one.output.ok }}\n    prompt: |\n      Look at {{ steps.one.output }}\n    approval: {show: [diff]}\n';
    for (let end = 0; end <= whole.length; end++) {
      expect(read(whole.slice(0, end)).diagnostics.map(({ code }) => code)).not.toContain('internal');
    }
  });

  it('cannot reach the objects of the program', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    read('__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\nsteps: [{key: a, run: ls}]\n');
    read(
      '{"__proto__": {"polluted": 1}, "steps": [{"key": "a", "with": {"__proto__": {"polluted": 1}}}]}',
      'a.json',
    );
    read('steps:\n  - {key: __proto__, run: ls}\n  - {key: constructor, run: ls, dependsOn: [__proto__]}\n');
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
