import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/base/json';
import { geminiSchema } from '../../../src/core/providers/gemini/schema';

/** What the API refuses, as far as it was seen to refuse it: the place of each fault. */
function faultsIn(schema: JsonValue | undefined, at = 'schema'): string[] {
  if (!isJsonObject(schema)) return [`${at}: no schema`];
  const { type, anyOf, items, properties, required } = schema;
  const inner = [
    ...(Array.isArray(anyOf)
      ? (anyOf as JsonValue[]).flatMap((one, index) => faultsIn(one, `${at}.anyOf[${index}]`))
      : []),
    ...(items === undefined ? [] : faultsIn(items, `${at}.items`)),
    ...Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, value]) =>
      faultsIn(value, `${at}.${name}`),
    ),
  ];
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  const own = [
    (type === undefined) === (anyOf === undefined) && 'a type or alternatives, one of them',
    type === 'ARRAY' && items === undefined && 'items: missing field',
    type !== 'ARRAY' && items !== undefined && 'items only for ARRAY',
    type !== 'OBJECT' && properties !== undefined && 'properties only for OBJECT',
    Array.isArray(required) && !required.every((name) => names.includes(String(name))) && 'required unknown',
    type !== 'STRING' && schema['enum'] !== undefined && 'enum only for STRING',
    Array.isArray(schema['enum']) && schema['enum'].includes('') && 'enum: cannot be empty',
    ['$ref', 'oneOf', 'additionalProperties', 'const', 'allOf'].some((key) => key in schema) &&
      'unknown name',
  ];
  return [...own.flatMap((fault) => (fault === false ? [] : [`${at}: ${fault}`])), ...inner];
}

describe('a schema for Gemini', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a list of anything', { type: 'array' }, { type: 'ARRAY', items: { type: 'STRING' } }],
    [
      'a list with places',
      { type: 'array', items: [{ type: 'string' }] },
      { type: 'ARRAY', items: { type: 'STRING' } },
    ],
    ['anything', {}, { type: 'STRING' }],
    ['a map', { type: 'object', additionalProperties: { type: 'string' } }, { type: 'OBJECT' }],
    [
      'one of many types',
      {
        type: ['object', 'array', 'string', 'null'],
        description: 'd',
        properties: { a: { type: 'integer' } },
      },
      {
        description: 'd',
        nullable: true,
        anyOf: [
          { type: 'OBJECT', properties: { a: { type: 'INTEGER' } }, propertyOrdering: ['a'] },
          { type: 'ARRAY', items: { type: 'STRING' } },
          { type: 'STRING' },
        ],
      },
    ],
    [
      'this or null',
      { anyOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }], description: 'd' },
      { type: 'STRING', maxLength: 3, description: 'd', nullable: true },
    ],
    [
      'an object with rules beside it',
      {
        type: 'object',
        properties: { a: { type: 'string' } },
        anyOf: [{ required: ['a'] }, { required: ['b'] }],
      },
      { type: 'OBJECT', properties: { a: { type: 'STRING' } }, propertyOrdering: ['a'] },
    ],
    [
      'objects of several kinds',
      { type: 'object', oneOf: [{ properties: { a: { const: 1 } } }, { required: ['b'] }] },
      {
        anyOf: [
          { type: 'OBJECT', properties: { a: { type: 'NUMBER' } }, propertyOrdering: ['a'] },
          { type: 'OBJECT' },
        ],
      },
    ],
    ['numbers to choose from', { enum: [1, 2] }, { type: 'NUMBER' }],
    ['texts to choose from', { enum: ['', 'a', null] }, { type: 'STRING', enum: ['a'], nullable: true }],
    ['keywords of another type', { type: 'string', minItems: 1, minimum: 2, items: {} }, { type: 'STRING' }],
  ])('of %s is one that it takes', (_what, given, expected) => {
    expect(geminiSchema(given)).toEqual(expected);
    expect(faultsIn(expected)).toEqual([]);
  });

  it('is one that it takes, whatever was given', () => {
    const schemaOf = (inner: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
      fc.record(
        {
          type: fc.oneof(
            fc.constantFrom('object', 'array', 'string', 'integer', 'number', 'boolean', 'null', 'any'),
            fc.uniqueArray(fc.constantFrom('object', 'array', 'string', 'null'), { maxLength: 3 }),
          ),
          properties: fc.dictionary(fc.constantFrom('a', 'b'), inner, { maxKeys: 2 }),
          items: inner,
          anyOf: fc.array(inner, { maxLength: 2 }),
          oneOf: fc.array(inner, { maxLength: 2 }),
          required: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
          enum: fc.array(fc.constantFrom('', 'x', 1, null, true), { maxLength: 3 }),
          const: fc.constantFrom('x', 1, null),
          additionalProperties: fc.boolean(),
          minItems: fc.constant(1),
        },
        { requiredKeys: [] },
      );
    const schema = schemaOf(schemaOf(schemaOf(fc.constantFrom<JsonValue[]>(true, {}, { type: 'array' }))));
    fc.assert(
      fc.property(schema, (given) => {
        expect(faultsIn(geminiSchema(given))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
