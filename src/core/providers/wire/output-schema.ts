import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';

/* Schemas of answers, in the part of JSON Schema that a vendor's own enforcement takes. */

/** True if every object in it names all it may hold, and every list what it is of, so that a vendor can enforce it. */
export function isClosed(schema: JsonValue): boolean {
  if (Array.isArray(schema)) return (schema as readonly JsonValue[]).every(isClosed);
  if (!isJsonObject(schema)) return true;
  const { properties, type } = schema;
  const isOf = (name: string) => type === name || (Array.isArray(type) && type.includes(name));
  if (isOf('array') && !isJsonObject(schema['items'])) return false;
  if (isOf('object') && (!isJsonObject(properties) || Object.keys(properties).length === 0)) return false;
  if (isJsonObject(schema['additionalProperties']) || schema['additionalProperties'] === true) return false;
  const inner = isJsonObject(properties) ? Object.values(properties) : [];
  return [...inner, schema['items'] ?? null, schema['anyOf'] ?? null].every(isClosed);
}

/** What may not stand in a strict schema: OpenAI refuses the whole request for one of them. */
const NOT_STRICT =
  'allOf oneOf not if then else dependentRequired dependentSchemas patternProperties propertyNames minProperties maxProperties uniqueItems contains minContains maxContains prefixItems unevaluatedItems unevaluatedProperties default'.split(
    ' ',
  );
const TELLS_TYPE = ['type', 'anyOf', 'enum', 'const'];

/** True where each property has a type and is required too: what OpenAI calls strict. */
export function isStrict(schema: JsonValue): boolean {
  if (Array.isArray(schema)) return (schema as readonly JsonValue[]).every(isStrict);
  if (!isJsonObject(schema)) return true;
  const { properties, required } = schema;
  if (NOT_STRICT.some((key) => key in schema) || !TELLS_TYPE.some((key) => key in schema)) return false;
  if (isJsonObject(properties)) {
    const names = Array.isArray(required) ? (required as readonly JsonValue[]) : [];
    if (
      schema['additionalProperties'] !== false ||
      !Object.keys(properties).every((name) => names.includes(name))
    )
      return false;
  }
  const inner = isJsonObject(properties) ? Object.values(properties) : [];
  return [...inner, schema['items'] ?? null, schema['anyOf'] ?? null].every(isStrict);
}

const CHECKS = new Set(
  'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems uniqueItems minProperties maxProperties'.split(
    ' ',
  ),
);

/** Objects closed and limits left out: what is left a vendor can enforce, the rest is checked when the answer is there. */
export function closed(schema: JsonObject): JsonObject {
  const kept = Object.entries(schema)
    .filter(([key]) => !CHECKS.has(key))
    .map(([key, value]) => [key, key === 'properties' ? eachClosed(value) : closedValue(value)] as const);
  const object = Object.fromEntries(kept);
  return isJsonObject(schema['properties']) ? { ...object, additionalProperties: false } : object;
}

/** Names of properties are no keywords. */
function eachClosed(properties: JsonValue): JsonValue {
  if (!isJsonObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, closedValue(value)]));
}

function closedValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(closedValue);
  return isJsonObject(value) ? closed(value) : value;
}

/** Said to a model whose vendor cannot enforce the schema. */
export function askedInWords(schema: JsonObject): string {
  return `Answer with one JSON document and nothing else: no fence, no words around it. It fits this JSON Schema: ${JSON.stringify(schema)}`;
}
