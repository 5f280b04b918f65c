import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/base/json';
import { isJsonObject } from '../../../../src/core/base/json';
import { schemaFaults } from '../../../../src/core/base/schema-faults';
import { safeSchema } from '../../../../src/core/tools/mcp/tool-schema';

function schemaOf(given: JsonObject): JsonObject {
  const safe = safeSchema({ type: 'object', ...given });
  if ('fault' in safe) throw new Error(safe.fault);
  return safe.schema;
}

/** What comes of the schema of one argument. */
const argument = (given: JsonValue): unknown =>
  (schemaOf({ properties: { a: given } })['properties'] as JsonObject)['a'];

describe('the schema of a tool', () => {
  it('keeps what all vendors know', () => {
    const known = {
      properties: {
        name: { type: 'string', description: 'Whose', minLength: 1, maxLength: 5 },
        kind: { type: 'string', enum: ['a', 'b'] },
        many: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 9 }, minItems: 1, maxItems: 3 },
        inner: { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'] },
      },
      required: ['name'],
      additionalProperties: false,
    };
    expect(schemaOf(known)).toEqual({ type: 'object', ...known });
  });

  it('loses what some do not know, and never becomes stricter by it', () => {
    expect(
      schemaOf({
        $schema: 'http://json-schema.org/draft-07/schema#',
        $id: 'x',
        if: {},
        not: { type: 'string' },
        properties: { a: { type: 'string', format: 'uri', pattern: '^x', default: 'x', examples: ['x'] } },
        patternProperties: { '^x': {} },
        additionalProperties: false,
        required: ['a', 'b', 'a', 5],
      }),
    ).toEqual({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] });
  });

  it('has its references followed inside of itself', () => {
    expect(
      schemaOf({
        properties: { a: { $ref: '#/$defs/a~1b%20c', description: 'Own words' } },
        $defs: { 'a/b c': { type: 'array', items: { $ref: '#/definitions/n' } } },
        definitions: { n: { type: 'number' } },
      })['properties'],
    ).toEqual({ a: { type: 'array', items: { type: 'number' }, description: 'Own words' } });
  });

  it('allows anything where it holds itself', () => {
    const tree = {
      type: 'object',
      properties: { left: { $ref: '#/$defs/tree' }, value: { type: 'number' } },
    };
    expect(
      schemaOf({ properties: { tree: { $ref: '#/$defs/tree' } }, $defs: { tree } })['properties'],
    ).toEqual({
      tree: { type: 'object', properties: { left: {}, value: { type: 'number' } } },
    });
  });

  it('has choices, and none at its root', () => {
    expect(argument({ oneOf: [{ type: 'string' }, { type: 'number' }] })).toEqual({
      anyOf: [{ type: 'string' }, { type: 'number' }],
    });
    expect(argument({ anyOf: [{ type: 'string' }], description: 'x' })).toEqual({
      type: 'string',
      description: 'x',
    });
    expect(argument({ const: 'x' })).toEqual({ enum: ['x'] });
    expect(argument({ type: ['string', 'null', 'any'] })).toEqual({ type: ['string', 'null'] });
    expect(
      schemaOf({
        anyOf: [
          { properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
          { properties: { b: { type: 'string' } }, required: ['b'] },
        ],
        properties: { c: { type: 'number' } },
        required: ['c'],
        additionalProperties: false,
      }),
    ).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'number' } },
      required: ['c'],
    });
  });

  it('has the parts that must hold together in one', () => {
    expect(
      argument({
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'number' } }, required: ['b'], additionalProperties: false },
        ],
      }),
    ).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'number' } },
      required: ['a', 'b'],
    });
  });

  it('is open where it is deep', () => {
    let deep: JsonValue = { type: 'string' };
    for (let depth = 0; depth < 25; depth += 1) deep = { type: 'array', items: deep };
    expect(JSON.stringify(argument(deep))).toMatch(/^(\{"type":"array","items":)+\{\}\}+$/);
  });

  it('is what vendors take, whatever a server says', () => {
    const names = fc.constantFrom(
      ...[
        'type',
        'properties',
        'required',
        'items',
        'anyOf',
        'oneOf',
        'allOf',
        'enum',
        'const',
        '$ref',
        '$defs',
      ],
      ...[
        'description',
        'title',
        'additionalProperties',
        'pattern',
        'format',
        'minimum',
        'a',
        '__proto__',
        'x y',
      ],
    );
    const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom<JsonValue>(
          'object',
          'string',
          'array',
          '#',
          '#/$defs/a',
          '#/properties/a',
          'a',
          1,
          true,
          null,
        ),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc
          .array(fc.tuple(names, tie('tree')), { maxLength: 5 })
          .map((entries) => Object.fromEntries(entries) as JsonValue),
      ),
    }));
    let made = 0;
    fc.assert(
      fc.property(tree, tree, tree, (properties, defs, anyOf) => {
        const safe = safeSchema({ type: 'object', properties, $defs: defs, anyOf });
        if ('fault' in safe) return;
        made += 1;
        expect(JSON.stringify(safe.schema).length).toBeLessThanOrEqual(30_000);
        expectTaken(safe.schema, true);
        // What can be read of it can be checked.
        schemaFaults(safe.schema, { a: 1 });
      }),
      { numRuns: 2_000 },
    );
    expect(made).toBeGreaterThan(1_000);
  });
});

const KNOWN = new Set([
  ...['type', 'description', 'enum', 'items', 'properties', 'required', 'additionalProperties', 'anyOf'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
]);

function expectTaken(schema: JsonValue, isRoot = false): void {
  if (!isJsonObject(schema)) throw new Error('A schema is an object.');
  for (const name of Object.keys(schema)) expect(KNOWN).toContain(name);
  if (isRoot) expect(schema['anyOf']).toBeUndefined();
  const {
    properties = {},
    required = [],
    items,
    additionalProperties: rest,
    anyOf = [],
    enum: values,
  } = schema;
  for (const [name, each] of Object.entries(properties as JsonObject)) {
    expect(name).toMatch(/^[a-zA-Z0-9_.-]{1,64}$/);
    expect(name in Object.prototype).toBe(false);
    expectTaken(each);
  }
  for (const name of required as readonly string[])
    expect(Object.keys(properties as JsonObject)).toContain(name);
  if (schema['type'] === 'array') expect(items).toBeDefined();
  if (items !== undefined) expectTaken(items);
  if (rest !== undefined && typeof rest !== 'boolean') expectTaken(rest);
  for (const each of anyOf as readonly JsonValue[]) expectTaken(each);
  if (values !== undefined) expect((values as readonly JsonValue[]).length).toBeGreaterThan(0);
}
