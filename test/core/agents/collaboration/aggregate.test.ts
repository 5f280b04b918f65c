import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/core/model/finding';
import { aggregate, usageOf } from '../../../../src/core/agents/collaboration/aggregate';

const SEED = Number(process.env['SEED'] ?? 20_260);

const finding = (over: Partial<Finding> = {}): Finding => ({
  rule: 'sql/injection',
  severity: 'medium',
  message: 'The query is put together from text.',
  file: 'src/db.ts',
  line: 3,
  ...over,
});

describe('aggregate', () => {
  it('makes one of what several found at one place, at its worst, and keeps who found it', () => {
    const { findings, counts, duplicates } = aggregate([
      { source: 'quality', findings: [finding({ advice: 'Use parameters.' })] },
      {
        source: 'security',
        findings: [finding({ severity: 'high', message: 'Worse.', file: './src\\db.ts' })],
      },
      { source: 'quality', findings: [finding()] },
    ]);
    expect(findings).toEqual(
      [finding({ severity: 'high', message: 'Worse.', advice: 'Use parameters.' })].map((one) => ({
        ...one,
        sources: ['quality', 'security'],
      })),
    );
    expect(counts).toEqual({ high: 1, medium: 0, low: 0, info: 0 });
    expect(duplicates).toBe(2);
  });

  it('keeps apart what is another rule, file or line, or another remark about a whole file', () => {
    const { rule, severity, message, file } = finding();
    const whole: Finding = { rule, severity, message, file: file ?? '' };
    const { findings } = aggregate([
      {
        source: 'security',
        findings: [
          finding(),
          finding({ rule: 'other' }),
          finding({ file: 'b.ts' }),
          finding({ line: 4 }),
          whole,
          { ...whole, message: 'Something else.' },
        ],
      },
    ]);
    expect(findings).toHaveLength(6);
  });

  it('gives the same findings in whatever order the agents finished, the worst first', () => {
    const some = fc.record({
      rule: fc.constantFrom('a', 'b', 'c'),
      severity: fc.constantFrom<Finding['severity'][]>('high', 'medium', 'low', 'info'),
      message: fc.constant('m'),
      file: fc.constantFrom('x.ts', 'y.ts'),
      line: fc.integer({ min: 1, max: 3 }),
    });
    const parts = fc.array(fc.record({ source: fc.constantFrom('p', 'q', 'r'), findings: fc.array(some) }));
    fc.assert(
      fc.property(parts, (given) => {
        const plain = (of: typeof given) =>
          aggregate(of).findings.map(({ sources, ...rest }) => ({ ...rest, sources: [...sources].sort() }));
        expect(plain([...given].reverse())).toEqual(plain(given));
        const { findings, duplicates } = aggregate(given);
        const all = given.flatMap((part) => part.findings);
        expect(findings.length + duplicates).toBe(all.length);
        for (const one of all)
          expect(
            findings.filter((f) => f.rule === one.rule && f.file === one.file && f.line === one.line),
          ).toHaveLength(1);
        const ranks = findings.map(({ severity }) => ['high', 'medium', 'low', 'info'].indexOf(severity));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

describe('usage of several', () => {
  it('adds up, and says when a price is missing', () => {
    expect(usageOf([])).toEqual({ durationMs: 0 });
    expect(usageOf([{ durationMs: 5 }, { usd: 0.1, inputTokens: 3, outputTokens: 1 }, { usd: 0.2 }])).toEqual(
      {
        durationMs: 5,
        inputTokens: 3,
        outputTokens: 1,
        usd: 0.3,
      },
    );
    expect(usageOf([{ usd: 0.1, inputTokens: 3 }, { inputTokens: 4 }])).toMatchObject({ estimated: true });
  });
});
