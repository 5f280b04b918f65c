/*
 * owns: the schema of a server's tool in the part of JSON Schema that every vendor takes.
 * must stay true: what comes out is ours, word by word: no reference, no pattern, no name that an object has by itself; and it is
 * no stricter than what the server said, since the server judges the arguments again.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import { hasHidden } from '../policy/visible-text';
import { serverLine } from './server-words';

/** Characters, as it comes and as it goes. */
const LARGEST = 30_000;
/** Parts after references were followed: a few lines of them can stand for millions. */
const MOST_PARTS = 1_000;
const DEEPEST = 12;
const LONGEST_DESCRIPTION = 300;
const MOST_CHOICES = 200;
/** What all vendors take as the name of a property. */
const PROPERTY = /^[a-zA-Z0-9_.-]{1,64}$/;
const TYPES = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
const LIMITS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'];

/** The schema as models get it, or why there is none. `given` is plain JSON of few levels. */
export function safeSchema(given: unknown): { readonly schema: JsonObject } | { readonly fault: string } {
  if (!isJsonObject(given)) return { fault: 'says nothing of its arguments' };
  if (JSON.stringify(given).length > LARGEST) return { fault: 'has a schema of more than 30 kB' };
  if (given['type'] !== 'object') return { fault: 'takes arguments that are no object' };
  try {
    const schema = rootOf(reduced(given, { root: given, trail: [], parts: { left: MOST_PARTS } }));
    return JSON.stringify(schema).length > LARGEST
      ? { fault: 'has a schema of more than 30 kB' }
      : { schema };
  } catch (error) {
    if (error instanceof UnusableSchema) return { fault: error.message };
    throw error;
  }
}

class UnusableSchema extends Error {}

interface Place {
  readonly root: JsonObject;
  /** References and levels on the way here. */
  readonly trail: readonly string[];
  readonly parts: { left: number };
}

/** No vendor takes a choice at the root: what any of them may hold is allowed. */
function rootOf(schema: JsonObject): JsonObject {
  const choices = objectsIn(schema['anyOf']);
  const properties = [...choices, schema].reduce<JsonObject>(
    (sum, { properties: more }) => ({ ...sum, ...objectOr(more) }),
    {},
  );
  const isClosed = schema['additionalProperties'] === false && choices.length === 0;
  return {
    type: 'object',
    ...pick(schema, ['description']),
    properties,
    ...pick(schema, ['required']),
    ...(isClosed && { additionalProperties: false }),
  };
}

function reduced(given: JsonValue | undefined, place: Place): JsonObject {
  if (!isJsonObject(given)) return {};
  place.parts.left -= 1;
  if (place.parts.left < 0) throw new UnusableSchema('has a schema of too many parts');
  if (place.trail.length > DEEPEST) return {};
  const reference = given['$ref'] ?? given['$dynamicRef'] ?? given['$recursiveRef'];
  const own = described(given);
  if (reference !== undefined) return { ...referred(reference, place), ...own };
  const inner: Place = { ...place, trail: [...place.trail, ''] };
  const plain = { ...typed(given), ...own, ...enumerated(given), ...numbers(given) };
  const whole = objectsIn(given['allOf']).reduce<JsonObject>(
    (sum, part) => merged(sum, reduced(part, inner)),
    { ...plain, ...itemsOf(given, inner), ...propertiesOf(given, inner) },
  );
  const choices = [...listOf(given['anyOf']), ...listOf(given['oneOf'])].map((one) => reduced(one, inner));
  const [only] = choices;
  if (choices.length === 1 && only !== undefined) return merged(only, whole);
  return choices.length === 0 ? whole : { ...whole, anyOf: choices };
}

function referred(reference: JsonValue, place: Place): JsonObject {
  if (typeof reference !== 'string' || !reference.startsWith('#'))
    throw new UnusableSchema('has a schema that refers to another place');
  // What holds itself has no end, and an anchor may stand anywhere: from there on anything goes.
  if (place.trail.includes(reference) || (reference !== '#' && !reference.startsWith('#/'))) return {};
  let target: JsonValue | undefined = place.root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const key = decoded(step);
    target =
      isJsonObject(target) && Object.hasOwn(target, key)
        ? target[key]
        : Array.isArray(target)
          ? (target as readonly JsonValue[])[Number(key)]
          : undefined;
  }
  if (!isJsonObject(target)) throw new UnusableSchema('has a schema that refers to nothing');
  return reduced(target, { ...place, trail: [...place.trail, reference] });
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return step;
  }
}

function typed({ type }: JsonObject): JsonObject {
  const types = (Array.isArray(type) ? (type as readonly JsonValue[]) : [type]).filter(
    (name): name is string => typeof name === 'string' && TYPES.has(name),
  );
  const [only] = types;
  if (only === undefined) return {};
  return { type: types.length === 1 ? only : types };
}

function described({ description, title }: JsonObject): JsonObject {
  const text = typeof description === 'string' ? description : title;
  const words = typeof text === 'string' ? serverLine(text, LONGEST_DESCRIPTION) : '';
  return words === '' ? {} : { description: words };
}

function enumerated(schema: JsonObject): JsonObject {
  const values = Object.hasOwn(schema, 'const') ? [schema['const'] ?? null] : listOf(schema['enum']);
  if (values.length === 0 || values.length > MOST_CHOICES) return {};
  if (values.some((value) => typeof value === 'object' && value !== null)) return {};
  if (values.some((value) => typeof value === 'string' && hasHidden(value)))
    throw new UnusableSchema('has a schema with characters that cannot be seen');
  return { enum: values };
}

function numbers(schema: JsonObject): JsonObject {
  return pick(
    schema,
    LIMITS.filter((name) => typeof schema[name] === 'number' && Number.isFinite(schema[name])),
  );
}

function itemsOf(schema: JsonObject, place: Place): JsonObject {
  const isList = schema['type'] === 'array' || listOf(schema['type']).includes('array');
  const { items } = schema;
  return isJsonObject(items) ? { items: reduced(items, place) } : isList ? { items: {} } : {};
}

function propertiesOf(schema: JsonObject, place: Place): JsonObject {
  const { properties, additionalProperties: rest } = schema;
  const entries = isJsonObject(properties) ? Object.entries(properties) : [];
  const kept = entries
    .filter(([, value]) => value !== false)
    .map(([name, value]) => {
      if (!PROPERTY.test(name) || name in Object.prototype)
        throw new UnusableSchema('has an argument whose name cannot be used');
      return [name, reduced(value, place)] as const;
    });
  const names = new Set(kept.map(([name]) => name));
  const required = [...new Set(listOf(schema['required']))].filter(
    (name) => typeof name === 'string' && names.has(name),
  );
  return {
    ...(kept.length > 0 && { properties: Object.fromEntries(kept) }),
    ...(required.length > 0 && { required }),
    // Names that fit a pattern are not listed, and would be refused.
    ...(typeof rest === 'boolean' &&
      schema['patternProperties'] === undefined && { additionalProperties: rest }),
    ...(isJsonObject(rest) && { additionalProperties: reduced(rest, place) }),
  };
}

/** Both must hold; where they say different things of the same, the second one is taken. */
function merged(a: JsonObject, b: JsonObject): JsonObject {
  const required = [...new Set([...listOf(a['required']), ...listOf(b['required'])])];
  const properties = { ...objectOr(a['properties']), ...objectOr(b['properties']) };
  // Neither is closed to what the other one names.
  const both = Object.entries({ ...a, ...b }).filter(([name]) => name !== 'additionalProperties');
  return {
    ...Object.fromEntries(both),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}

function pick(schema: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = schema[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function objectOr(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return listOf(value).filter(isJsonObject);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
