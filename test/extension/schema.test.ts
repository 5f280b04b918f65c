import { describe, expect, it } from 'vitest';
import { descriptionOf, isNested, keysOf, schemaAt, valuesOf } from '../../src/extension/language/schema';

const at = (...path: string[]) => schemaAt(path)!;

describe('what may stand at a place of a workflow file', () => {
  it('offers the models that are current, and takes any other', () => {
    const models = valuesOf(at('steps', '[]', 'model'));
    expect(models).toContain('claude-sonnet-5-5');
    expect(models).not.toContain('gemini-2.0-flash-exp');
    expect(models).not.toContain('gpt-4o');
    expect(isNested(at('steps', '[]', 'model'))).toBeUndefined();
  });

  it('offers providers, for one step, in a list, and for the file', () => {
    const known = ['claude', 'gemini', 'openai', 'vscode', 'local'];
    expect([...new Set(valuesOf(at('steps', '[]', 'provider')))]).toEqual(known);
    expect(valuesOf(at('steps', '[]', 'provider', '[]'))).toEqual(known);
    expect([...new Set(valuesOf(at('providers', 'order')))]).toEqual(known);
  });

  it('offers the parts of a budget, each with what it means', () => {
    const keys = keysOf(at('config', 'budget'));
    expect(keys.map(({ key }) => key)).toEqual(['usd', 'tokens', 'minutes', 'onExceed']);
    for (const { schema } of keys) expect(descriptionOf(schema)).toMatch(/\.$/);
    expect(valuesOf(at('config', 'budget', 'onExceed'))).toEqual(['ask', 'stop']);
    expect(isNested(at('config', 'budget'))).toBe('map');
    expect(valuesOf(at('config', 'routing'))).toEqual(['priority', 'cheapest', 'fastest']);
    expect(valuesOf(at('config', 'responseCache'))).toEqual(['true', 'false']);
  });

  it('offers the keys of the whole file', () => {
    expect(keysOf(schemaAt([])!).map(({ key }) => key)).toContain('providers');
  });
});
