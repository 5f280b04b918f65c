import { describe, expect, it } from 'vitest';
import { schemaFaults } from '../../../src/core/base/schema-faults';
import type { JsonObject, JsonValue } from '../../../src/core/base/json';

describe('a result and its schema', () => {
  it.each<[string, JsonObject, JsonValue, string[]]>([
    [
      'a fitting object',
      { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
      { a: 'x' },
      [],
    ],
    ['a missing field', { type: 'object', required: ['a'] }, {}, ['output.a is missing']],
    ['a wrong type', { type: 'string' }, 7, ['output must be string, not number']],
    ['null, where nothing else is said', { type: 'string' }, null, ['output must be string, not null']],
    ['one of several types', { type: ['string', 'null'] }, null, []],
    ['an integer', { type: 'integer' }, 1.5, ['output must be integer, not number']],
    [
      'a list',
      { type: 'array', items: { type: 'number' } },
      [1, 'two'],
      ['output[1] must be number, not string'],
    ],
    ['a choice', { enum: ['a', { b: 1 }] }, { b: 1 }, []],
    ['a bad choice', { enum: ['a'] }, 'b', ['output must be one of ["a"]']],
    ['a constant', { const: { a: [1] } }, { a: [1] }, []],
    [
      'a field nobody expects',
      { properties: {}, additionalProperties: false },
      { a: 1 },
      ['output.a is not expected'],
    ],
    [
      'other fields of one kind',
      { additionalProperties: { type: 'number' } },
      { a: 'x' },
      ['output.a must be number, not string'],
    ],
    ['limits', { type: 'number', minimum: 2, maximum: 3 }, 4, ['output must be at most 3']],
    ['lengths', { type: 'string', minLength: 2 }, 'x', ['the length of output must be at least 2']],
    [
      'too few items',
      { type: 'array', minItems: 1 },
      [],
      ['the number of items of output must be at least 1'],
    ],
    ['a name every object has', { required: ['constructor'] }, {}, ['output.constructor is missing']],
  ])('%s', (_name, schema, value, expected) => {
    expect(schemaFaults(schema, value)).toEqual(expected);
  });

  it('stops after a handful of faults', () => {
    const value = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, index]));
    expect(schemaFaults({ additionalProperties: { type: 'string' } }, value)).toHaveLength(5);
  });
});
