import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';

/*
 * The API's own schema is a strict part of JSON Schema: each has a type, lists say of what, and a keyword that does not belong to
 * the type is refused, with it the whole request and every tool in it.
 */

/** The part of a JSON Schema that Gemini takes. What is left out is checked when the answer is there. */
export function geminiSchema(schema: JsonObject): JsonObject {
  const types = typesOf(schema);
  const real = types.filter((type) => type !== 'null');
  const alternatives = listOf(schema['anyOf']).concat(listOf(schema['oneOf'])).filter(isJsonObject);
  const choices = alternatives.filter((choice) => choice['type'] !== 'null');
  const isNullable =
    schema['nullable'] === true || real.length < types.length || choices.length < alternatives.length;
  const around = { ...kept(schema, ['title', 'description']), ...(isNullable && { nullable: true }) };
  // Where there is a type, what stands beside it says more than its alternatives do.
  const hasOwn = real.length > 0 && (real[0] !== 'object' || isJsonObject(schema['properties']));
  if (choices.length > 0 && !hasOwn) {
    const typed = real.length === 0 ? choices : choices.map((choice) => ({ type: 'object', ...choice }));
    const [only] = typed;
    // "This or null" is one kind that may be null.
    if (typed.length === 1 && only !== undefined) return { ...geminiSchema(only), ...around };
    return { ...around, anyOf: typed.map(geminiSchema) };
  }
  const [first = 'string', ...more] = real;
  if (more.length > 0) return { ...around, anyOf: real.map((type) => ofType(type, schema)) };
  return { ...around, ...ofType(first, schema) };
}

function ofType(type: string, schema: JsonObject): JsonObject {
  switch (type) {
    case 'object':
      return { type: 'OBJECT', ...propertiesOf(schema) };
    case 'array': {
      const { items } = schema;
      const inner = isJsonObject(items) ? geminiSchema(items) : { type: 'STRING' };
      return { type: 'ARRAY', items: inner, ...kept(schema, ['minItems', 'maxItems']) };
    }
    case 'integer':
      return { type: 'INTEGER', ...formatOf(schema, ['int32', 'int64']), ...kept(schema, RANGE) };
    case 'number':
      return { type: 'NUMBER', ...formatOf(schema, ['float', 'double']), ...kept(schema, RANGE) };
    case 'boolean':
      return { type: 'BOOLEAN' };
    default:
      return {
        type: 'STRING',
        ...formatOf(schema, ['enum', 'date-time']),
        ...enumOf(schema),
        ...kept(schema, ['minLength', 'maxLength', 'pattern']),
      };
  }
}

const RANGE = ['minimum', 'maximum'];

function kept(schema: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]])));
}

function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return (type as readonly JsonValue[]).filter((name) => typeof name === 'string');
  if (isJsonObject(schema['properties'])) return ['object'];
  if (schema['items'] !== undefined) return ['array'];
  return [...new Set(valuesOf(schema).map((value) => (value === null ? 'null' : typeof value)))];
}

function formatOf({ format }: JsonObject, known: readonly string[]): JsonObject {
  return typeof format === 'string' && known.includes(format) ? { format } : {};
}

/** Only texts can be listed, and none that is empty. */
function enumOf(schema: JsonObject): JsonObject {
  const values = valuesOf(schema).filter((value) => value !== null && value !== '');
  return values.length > 0 && values.every((value) => typeof value === 'string') ? { enum: values } : {};
}

function valuesOf(schema: JsonObject): readonly JsonValue[] {
  return schema['const'] === undefined ? listOf(schema['enum']) : [schema['const']];
}

function propertiesOf(schema: JsonObject): JsonObject {
  const { properties } = schema;
  if (!isJsonObject(properties) || Object.keys(properties).length === 0) return {};
  const entries = Object.entries(properties).map(
    ([name, value]) => [name, geminiSchema(isJsonObject(value) ? value : {})] as const,
  );
  const names = entries.map(([name]) => name);
  const required = listOf(schema['required']).filter(
    (name) => typeof name === 'string' && names.includes(name),
  );
  return {
    properties: Object.fromEntries(entries),
    propertyOrdering: names,
    ...(required.length > 0 && { required }),
  };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
