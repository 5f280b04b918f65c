import { describe, expect, it } from 'vitest';
import { defaultModelOf, factsFor, factsOfModel } from '../../../src/core/providers/model-facts';
import { MODELS, TABLE_DATE } from '../../../src/core/providers/model-table';
import { describeModel } from '../../../src/core/providers/model-words';
import { modelWarnings } from '../../../src/core/providers/model-warnings';

const at = (day: string) => ({ prices: {}, now: Date.parse(`${day}T12:00:00Z`) });
const DATE = /^\d{4}-\d\d-\d\d$/;

describe('the table of models', () => {
  it('says of each row where and when it was read, and has each id once', () => {
    const ids = MODELS.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const facts of MODELS) {
      expect(facts.source).toMatch(/^https:\/\//);
      expect(facts.asOf).toMatch(DATE);
      expect(facts.asOf <= TABLE_DATE).toBe(true);
      expect(facts.context).toBeGreaterThanOrEqual(facts.maxOutput);
      if (facts.endsOn !== undefined) expect(facts.endsOn).toMatch(DATE);
    }
  });

  it('names a successor that is current for every model that ends', () => {
    for (const { id, status, successor } of MODELS) {
      if (status === 'current') continue;
      expect([id, factsOfModel(successor ?? '')?.status]).toEqual([id, 'current']);
    }
  });

  it('prices every model that still answers, output never below input', () => {
    for (const { id, status, price } of MODELS) {
      if (status === 'retired') continue;
      expect([id, price !== undefined && price.input > 0 && price.output >= price.input]).toEqual([id, true]);
      expect(price!.cachedInput ?? 0).toBeLessThanOrEqual(price!.input);
    }
  });

  it.each([
    ['claude-sonnet-4-5-20250929', 'deprecated', 'claude-sonnet-5-5', '2026-11-30'],
    ['gemini-2.0-flash-exp', 'retired', 'gemini-3.8-flash', undefined],
    ['gpt-4o', 'deprecated', 'gpt-6-luna', '2027-01-14'],
    ['gpt-5', 'deprecated', 'gpt-6.1-terra', '2026-12-11'],
    ['gpt-4', 'retired', 'gpt-6.1-terra', '2026-10-23'],
    ['gpt-3.5-turbo', 'retired', 'gpt-6.1-terra', '2026-10-23'],
    ['claude-3-5-sonnet-20241022', 'retired', 'claude-sonnet-5-5', '2025-10-28'],
    ['claude-sonnet-4-20250514', 'retired', 'claude-sonnet-5-5', '2026-06-15'],
    ['gemini-1.5-pro', 'retired', 'gemini-3.8-flash', undefined],
  ])('knows %s, which older files name', (id, status, successor, endsOn) => {
    expect(factsOfModel(id)).toMatchObject({ status, successor });
    expect(factsOfModel(id)!.endsOn).toBe(endsOn);
  });

  it('finds a model by what the vendor also calls it', () => {
    expect(factsOfModel('claude-sonnet-4-5')!.id).toBe('claude-sonnet-4-5-20250929');
    expect(factsOfModel('models/gemini-3.8-flash')!.id).toBe('gemini-3.8-flash');
    expect(factsOfModel('gpt-4o-2024')).toBeUndefined();
    expect(factsOfModel('toString')).toBeUndefined();
  });

  it('has a current, priced, able default for each vendor, and none for servers of a person', () => {
    for (const kind of ['anthropic', 'gemini', 'openai'] as const) {
      const facts = factsOfModel(defaultModelOf(kind)!)!;
      expect(facts).toMatchObject({
        vendor: kind,
        status: 'current',
        abilities: { tools: true, structuredOutput: true },
      });
      expect(modelWarnings(facts.id, facts, { tools: true, structuredOutput: true, output: 4096 })).toEqual(
        [],
      );
    }
    expect(defaultModelOf('compatible')).toBeUndefined();
    expect(defaultModelOf('vscode')).toBeUndefined();
  });
});

describe('a model in words', () => {
  it.each([
    [
      'claude-haiku-5-5',
      'Claude Haiku 5.5: 1M tokens of context, $0.10 in and $0.50 out per million tokens, $0.50 and $2.50 above 100k (as of 2026-10-16).',
    ],
    [
      'gpt-4o',
      'GPT-4o: 128k tokens of context, $2.50 in and $10.00 out per million tokens (as of 2026-10-28). GPT-4o ends on 2027-01-14 (as of 2026-10-28). Use "gpt-6-luna".',
    ],
    [
      'gemini-2.0-flash-exp',
      'Gemini 2.0 Flash (experiment). Gemini 2.0 Flash (experiment) is retired: requests for it fail. Use "gemini-3.8-flash".',
    ],
  ])('%s', (id, words) => {
    expect(describeModel(factsOfModel(id)!)).toBe(words);
  });
});

describe('facts for a person', () => {
  it('let the own price win, most exact name first', () => {
    const prices = { 'gpt-6-luna': { input: 7, output: 8 }, 'azure/gpt-6-luna': { input: 1, output: 2 } };
    const of = (provider: string) =>
      factsFor({ provider, model: 'gpt-6-luna' }, { ...at('2026-11-21'), prices })!.price;
    expect(of('openai')).toEqual({ input: 7, output: 8 });
    expect(of('azure')).toEqual({ input: 1, output: 2 });
  });

  it('let one price stand for everything of a provider', () => {
    const prices = { 'ollama/*': { input: 0, output: 0 }, 'ollama/big': { input: 1, output: 1 } };
    const priceOf = (model: string, provider = 'ollama') =>
      factsFor({ provider, model }, { ...at('2026-11-21'), prices })?.price?.input;
    expect([priceOf('llama3.3'), priceOf('big'), priceOf('llama3.3', 'jan')]).toEqual([0, 1, undefined]);
  });

  it('price a model that nobody else knows, and hold nothing against it', () => {
    const prices = { 'llama3.3': { input: 0, output: 0 } };
    const facts = factsFor({ provider: 'ollama', model: 'llama3.3' }, { ...at('2026-11-21'), prices })!;
    expect(facts.price).toEqual({ input: 0, output: 0 });
    expect(modelWarnings('llama3.3', facts, { tools: true, input: 1e9, output: 1e9 })).toEqual([]);
    expect(factsFor({ provider: 'ollama', model: 'other' }, { ...at('2026-11-21'), prices })).toBeUndefined();
  });

  it('knows no price for an editor model that bears a vendor’s name, unless the person gives one', () => {
    const ref = { provider: 'vscode', model: 'gpt-6-luna' };
    expect(factsFor(ref, { ...at('2026-11-21'), prices: {} })).not.toHaveProperty('price');
    const prices = { 'vscode/*': { input: 1, output: 2 } };
    expect(factsFor(ref, { ...at('2026-11-21'), prices })?.price).toEqual({ input: 1, output: 2 });
  });

  it('hold an announced price from its day on', () => {
    const ref = { provider: 'gemini', model: 'gemini-3.8-flash' };
    expect(factsFor(ref, at('2026-12-31'))!.price).toMatchObject({ input: 0.75, output: 3.75 });
    expect(factsFor(ref, at('2027-01-01'))!.price).toMatchObject({ input: 1.5, output: 7.5 });
  });

  it('call a model retired from the day it ends', () => {
    const ref = { provider: 'openai', model: 'gpt-4o' };
    expect(factsFor(ref, at('2027-01-13'))!.status).toBe('deprecated');
    expect(factsFor(ref, at('2027-01-14'))!.status).toBe('retired');
  });
});

describe('warnings about a model', () => {
  const luna = factsOfModel('gpt-6-luna')!;
  const codes = (...[id, facts, needs]: Parameters<typeof modelWarnings>) =>
    modelWarnings(id, facts, needs).map(({ code }) => code);

  it('tell what is unknown, retired, deprecated or unpriced', () => {
    expect(codes('who', undefined)).toEqual(['unknown-model']);
    expect(codes('m', factsOfModel('gemini-2.0-flash-exp'))).toEqual(['retired-model']);
    expect(codes('m', factsOfModel('gpt-4o'))).toEqual(['deprecated-model']);
    const { price, ...unpriced } = luna;
    expect(price).toBeDefined();
    expect(codes('m', unpriced)).toEqual(['unpriced-model']);
  });

  it('tell what is too large and what is missing', () => {
    expect(codes('m', luna, { input: 1_040_000, output: 20_000 })).toEqual(['small-context']);
    expect(codes('m', luna, { output: 128_001 })).toEqual(['answer-limit']);
    expect(codes('m', luna, { temperature: true })).toEqual(['missing-ability']);
    expect(codes('m', factsOfModel('gpt-6.1-sol'), { tools: true })).toEqual(['missing-ability']);
    const plain = { ...luna, abilities: { ...luna.abilities, structuredOutput: false } };
    expect(codes('m', plain, { structuredOutput: true })).toEqual(['missing-ability']);
  });
});
