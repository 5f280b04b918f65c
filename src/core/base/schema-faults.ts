import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json';

const MAX_FAULTS = 5;

/**
 * What of a value does not fit a JSON Schema, one sentence each; empty when it fits. Knows type, enum, const, properties,
 * required, additionalProperties, items, minimum, maximum, minLength, maxLength, minItems and maxItems; other words are not checked.
 */
export function schemaFaults(schema: JsonObject, value: JsonValue): string[] {
  const faults: string[] = [];
  check(schema, value, 'output', faults);
  return faults.slice(0, MAX_FAULTS);
}

function check(schema: JsonObject, value: JsonValue, path: string, faults: string[]): void {
  if (faults.length >= MAX_FAULTS) return;
  const { type } = schema;
  const types = typeof type === 'string' ? [type] : Array.isArray(type) ? type : [];
  if (types.length > 0 && !types.some((name) => hasType(value, name as JsonValue))) {
    faults.push(`${path} must be ${types.join(' or ')}, not ${typeOf(value)}`);
    return;
  }
  if (Array.isArray(schema['enum']) && !schema['enum'].some((allowed) => equal(allowed as JsonValue, value)))
    faults.push(`${path} must be one of ${JSON.stringify(schema['enum'])}`);
  if (Object.hasOwn(schema, 'const') && !equal(schema['const'] ?? null, value))
    faults.push(`${path} must be ${JSON.stringify(schema['const'])}`);
  if (typeof value === 'number') limits(schema, value, 'minimum', 'maximum', path, faults);
  if (typeof value === 'string')
    limits(schema, value.length, 'minLength', 'maxLength', `the length of ${path}`, faults);
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    limits(schema, items.length, 'minItems', 'maxItems', `the number of items of ${path}`, faults);
    const { items: each } = schema;
    if (isJsonObject(each)) items.forEach((item, index) => check(each, item, `${path}[${index}]`, faults));
  } else if (isJsonObject(value)) checkObject(schema, value, path, faults);
}

function checkObject(schema: JsonObject, value: JsonObject, path: string, faults: string[]): void {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly JsonValue[]) : [];
  for (const name of required)
    if (typeof name === 'string' && !Object.hasOwn(value, name)) faults.push(`${path}.${name} is missing`);
  const rest = schema['additionalProperties'];
  for (const [name, inner] of Object.entries(value)) {
    const declared = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isJsonObject(declared)) check(declared, inner, `${path}.${name}`, faults);
    else if (declared === undefined && rest === false) faults.push(`${path}.${name} is not expected`);
    else if (declared === undefined && isJsonObject(rest)) check(rest, inner, `${path}.${name}`, faults);
  }
}

function limits(
  schema: JsonObject,
  value: number,
  least: string,
  most: string,
  what: string,
  faults: string[],
): void {
  const minimum = schema[least];
  const maximum = schema[most];
  if (typeof minimum === 'number' && value < minimum) faults.push(`${what} must be at least ${minimum}`);
  if (typeof maximum === 'number' && value > maximum) faults.push(`${what} must be at most ${maximum}`);
}

function hasType(value: JsonValue, name: JsonValue): boolean {
  if (name === 'integer') return typeof value === 'number' && Number.isInteger(value);
  return typeOf(value) === name;
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function equal(a: JsonValue, b: JsonValue): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
