import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsOfModel } from '../../../src/core/providers/model-facts';
import { estimateTokens, priced, worstCase } from '../../../src/core/providers/pricing';
import type { ChatRequest } from '../../../src/core/providers/provider';
import { processorTime } from '../../support/processor-time';

const request = (more: Partial<ChatRequest> = {}): Omit<ChatRequest, 'model'> => ({
  messages: [{ role: 'user', text: 'Say something.' }],
  tools: [],
  maxOutputTokens: 1000,
  ...more,
});
const usage = (inputTokens: number, outputTokens: number, cachedInputTokens?: number) => ({
  inputTokens,
  outputTokens,
  ...(cachedInputTokens !== undefined && { cachedInputTokens }),
  estimated: false,
});

describe('what a call cost', () => {
  const facts = { price: { input: 2, output: 10, cachedInput: 0.5 } };

  it('is counted per million tokens, cached input at its own price', () => {
    expect(priced(usage(1_000_000, 100_000), facts).usd).toBeCloseTo(3, 10);
    expect(priced(usage(1_000_000, 0, 400_000), facts).usd).toBeCloseTo(1.2 + 0.2, 10);
  });

  it('is absent where no price is known, never 0', () => {
    expect(priced(usage(10, 10), undefined)).not.toHaveProperty('usd');
    expect(priced(usage(10, 10), {})).not.toHaveProperty('usd');
  });

  it('is 0 for a model that the person says is free', () => {
    expect(priced(usage(10, 10), { price: { input: 0, output: 0 } }).usd).toBe(0);
  });

  it('counts a long prompt at the price of long prompts, the whole of it', () => {
    const haiku = factsOfModel('claude-haiku-5-5');
    expect(priced(usage(100_000, 1_000_000), haiku).usd).toBeCloseTo(0.01 + 0.5, 10);
    expect(priced(usage(100_001, 1_000_000), haiku).usd).toBeCloseTo(0.0500005 + 2.5, 6);
  });

  it('never counts more cached input than there was input', () => {
    expect(priced(usage(100, 0, 1_000_000), facts).usd).toBeCloseTo((100 * 0.5) / 1e6, 12);
  });
});

describe('the worst case of a request', () => {
  it('is its input and the longest answer, priced where there is a price', () => {
    const facts = { price: { input: 1, output: 10 } };
    const worst = worstCase(request(), facts);
    expect(worst.outputTokens).toBe(1000);
    expect(worst.usd).toBeCloseTo((worst.inputTokens * 1 + 1000 * 10) / 1e6, 12);
    expect(worstCase(request(), undefined)).not.toHaveProperty('usd');
  });

  it('grows with everything that is sent', () => {
    const plain = worstCase(request(), undefined).inputTokens;
    const words = 'words '.repeat(100);
    const more: Partial<ChatRequest>[] = [
      { system: words },
      { messages: [{ role: 'user', text: words }] },
      { messages: [{ role: 'assistant', text: words, toolCalls: [] }] },
      {
        messages: [
          { role: 'assistant', text: '', toolCalls: [{ id: '1', name: 'f', arguments: { a: words } }] },
        ],
      },
      { messages: [{ role: 'tool', results: [{ id: '1', name: 'f', text: words, isError: false }] }] },
      { tools: [{ name: 'f', description: words, parameters: {} }] },
      { output: { name: 'o', schema: { description: words } } },
    ];
    for (const one of more)
      expect(worstCase(request(one), undefined).inputTokens).toBeGreaterThan(plain + 150);
  });

  it('is at least a token for 3.6 letters, in any language', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const worst = worstCase(request({ messages: [{ role: 'user', text }] }), undefined);
        expect(worst.inputTokens).toBeGreaterThanOrEqual(Math.ceil(text.length / 3.6));
      }),
      { verbose: 1 },
    );
    // What tokenizers really make of these: signs and ideographs are about one each.
    expect(estimateTokens('日本語の文章です')).toBeGreaterThanOrEqual(6);
    expect(worstCase(request({ system: '{}[]();:,.!?' }), undefined).inputTokens).toBeGreaterThan(12);
  });

  it('holds back for a cache that is written and for a prompt that turns out long', () => {
    const sonnet = factsOfModel('claude-sonnet-5-5');
    const { inputTokens, outputTokens, usd } = worstCase(request(), sonnet);
    expect(usd).toBeCloseTo((inputTokens * 2.5 + outputTokens * 10) / 1e6, 12);
    const long = worstCase(request({ system: 'word '.repeat(200_000) }), factsOfModel('gpt-6-luna'));
    expect(long.inputTokens).toBeGreaterThan(272_000);
    expect(long.usd).toBeCloseTo((long.inputTokens * 0.25 + 1000 * 0.75) / 1e6, 10);
  });

  it('of any request covers what that request can cost at the estimate', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 2_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (text, maxOutputTokens, share) => {
          const facts = factsOfModel('claude-haiku-5-5');
          const worst = worstCase(request({ system: text, maxOutputTokens }), facts);
          const real = priced(usage(Math.floor(worst.inputTokens * share), maxOutputTokens), facts);
          expect(real.usd!).toBeLessThanOrEqual(worst.usd! + 1e-12);
        },
      ),
    );
  });

  it('is estimated in well under a second for a megabyte', () => {
    const text = 'word 12, '.repeat(120_000);
    const times = Array.from({ length: 5 }, () => processorTime(() => estimateTokens(text)));
    expect(Math.min(...times)).toBeLessThan(200);
  });
});
