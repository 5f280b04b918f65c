import { describe, expect, it } from 'vitest';
import { unansweredInWords, type Unanswered } from '../../../src/core/model/unanswered';

const one = (title: string, standing: Unanswered['standing'], why: string): Unanswered => ({
  provider: title.toLowerCase(),
  title,
  standing,
  why,
});
const many = (count: number, standing: Unanswered['standing'], why: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => one(`Provider ${at + 1}`, standing, why(at)));

describe('who did not answer, in words', () => {
  it('puts who was asked first, and counts who is switched off', () => {
    expect(
      unansweredInWords([
        one('Groq', 'off', 'switched off'),
        one('Gemini', 'unable', 'no key'),
        one('Claude', 'failed', 'is overloaded (3 requests)'),
        one('Mistral', 'off', 'switched off'),
      ]),
    ).toBe('Claude is overloaded (3 requests); Gemini: no key; 2 others are switched off');
  });

  it('names a lone one that is switched off', () => {
    expect(unansweredInWords([one('Groq', 'off', 'switched off')])).toBe('Groq is switched off');
  });

  it('says it when all of them are switched off', () => {
    expect(unansweredInWords(many(12, 'off', () => 'switched off'))).toBe(
      'all 12 providers are switched off',
    );
  });

  it('tells a reason that many share once', () => {
    expect(unansweredInWords(many(12, 'unable', () => 'no key'))).toBe(
      'Provider 1, Provider 2, Provider 3 and 9 more: no key',
    );
    expect(unansweredInWords(many(4, 'unable', () => 'no key'))).toBe(
      'Provider 1, Provider 2, Provider 3, Provider 4: no key',
    );
  });

  it('stays short when each of a dozen has a reason of its own', () => {
    const words = unansweredInWords(many(12, 'unable', (at) => `reason ${at + 1}`));
    expect(words.split('; ')).toHaveLength(5);
    expect(words).toMatch(/; 8 others cannot be asked either$/);
  });
});
