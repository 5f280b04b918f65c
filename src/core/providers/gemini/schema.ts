import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';

/** Keywords of JSON Schema that the API's own schema has too; it refuses every other one. */
const KEPT = [
  'description',
  'title',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
];
const FORMATS = new Set(['enum', 'date-time', 'float', 'double', 'int32', 'int64']);

/** The part of a JSON Schema that Gemini takes. What is left out is checked when the answer is there. */
export function geminiSchema(schema: JsonObject): JsonObject {
  const types = typesOf(schema);
  const real = types.filter((type) => type !== 'null');
  const alternatives = listOf(schema['anyOf']).concat(listOf(schema['oneOf'])).filter(isJsonObject);
  const choices = alternatives.filter((choice) => choice['type'] !== 'null');
  const isNullable =
    schema['nullable'] === true || real.length < types.length || choices.length < alternatives.length;
  const [only] = choices;
  // "This or null" is one kind that may be null.
  if (choices.length === 1 && only !== undefined && alternatives.length > 1)
    return { ...geminiSchema(only), ...described(schema), nullable: true };
  return {
    ...Object.fromEntries(KEPT.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]]))),
    ...(real.length === 1 && { type: (real[0] ?? '').toUpperCase() }),
    ...(real.length > 1 && { anyOf: real.map((type) => ({ type: type.toUpperCase() })) }),
    ...(isNullable && { nullable: true }),
    ...formatOf(schema),
    ...enumOf(schema),
    ...(choices.length > 1 && { anyOf: choices.map(geminiSchema) }),
    ...(isJsonObject(schema['items']) && { items: geminiSchema(schema['items']) }),
    ...propertiesOf(schema),
  };
}

function described(schema: JsonObject): JsonObject {
  return typeof schema['description'] === 'string' ? { description: schema['description'] } : {};
}

function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return (type as readonly JsonValue[]).filter((name) => typeof name === 'string');
  if (isJsonObject(schema['properties'])) return ['object'];
  if (schema['items'] !== undefined) return ['array'];
  const values = valuesOf(schema);
  return values.length > 0 && values.every((value) => typeof value === 'string') ? ['string'] : [];
}

function formatOf(schema: JsonObject): JsonObject {
  const { format } = schema;
  return typeof format === 'string' && FORMATS.has(format) ? { format } : {};
}

/** Only texts can be listed. */
function enumOf(schema: JsonObject): JsonObject {
  const values = valuesOf(schema).filter((value) => value !== null);
  return values.length > 0 && values.every((value) => typeof value === 'string') ? { enum: values } : {};
}

function valuesOf(schema: JsonObject): readonly JsonValue[] {
  return schema['const'] === undefined ? listOf(schema['enum']) : [schema['const']];
}

function propertiesOf(schema: JsonObject): JsonObject {
  const { properties } = schema;
  if (!isJsonObject(properties) || Object.keys(properties).length === 0) return {};
  const entries = Object.entries(properties).flatMap(([name, value]) =>
    isJsonObject(value) ? [[name, geminiSchema(value)] as const] : [],
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
