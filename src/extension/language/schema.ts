import { isJsonObject, type JsonObject, type JsonValue } from '../../core/base/json';
import { workflowJsonSchema } from '../../core/workflow/json-schema';

/** The part of the format's schema for a place: ["steps", "[]", "retry"]. Undefined where anything may stand. */
export function schemaAt(path: readonly string[]): JsonObject | undefined {
  let at: JsonObject | undefined = workflowJsonSchema;
  for (const key of path) {
    at = at && (key === '[]' ? itemsOf(at) : propertyOf(at, key));
  }
  return at;
}

/** Keys that may stand here, with what they mean. */
export function keysOf(schema: JsonObject): readonly { readonly key: string; readonly schema: JsonObject }[] {
  return variants(schema).flatMap((variant) => {
    const { properties } = variant;
    if (!isJsonObject(properties)) return [];
    return Object.entries(properties).flatMap(([key, value]) =>
      isJsonObject(value) ? [{ key, schema: value }] : [],
    );
  });
}

/** Values that may stand here, as they are written. */
export function valuesOf(schema: JsonObject): readonly string[] {
  return variants(schema).flatMap((variant) => {
    if (Array.isArray(variant['enum'])) return variant['enum'].map(String);
    if (typeof variant['const'] === 'string') return [variant['const']];
    if (variant['type'] === 'boolean') return ['true', 'false'];
    const { items } = variant;
    return isJsonObject(items) ? valuesOf(items) : [];
  });
}

export function descriptionOf(schema: JsonObject): string | undefined {
  const { description } = schema;
  return typeof description === 'string' ? description : undefined;
}

/** Whether a value of this key goes on below it, so that a line break and two spaces are what comes next. */
export function isNested(schema: JsonObject): 'map' | 'list' | undefined {
  const all = variants(schema);
  if (all.some(({ type, enum: words }) => isScalar(type) || words !== undefined)) return undefined;
  if (all.some(({ type }) => type === 'object')) return 'map';
  return all.some(({ type }) => type === 'array') ? 'list' : undefined;
}

function isScalar(type: JsonValue | undefined): boolean {
  return typeof type === 'string' && type !== 'object' && type !== 'array';
}

function propertyOf(schema: JsonObject, key: string): JsonObject | undefined {
  const named = keysOf(schema).find((candidate) => candidate.key === key)?.schema;
  if (named !== undefined) return named;
  for (const { additionalProperties } of variants(schema))
    if (isJsonObject(additionalProperties)) return additionalProperties;
  return undefined;
}

function itemsOf(schema: JsonObject): JsonObject | undefined {
  for (const { items } of variants(schema)) if (isJsonObject(items)) return items;
  return undefined;
}

/** The schema itself, or the forms it allows. */
function variants(schema: JsonObject): readonly JsonObject[] {
  const forms = schema['oneOf'] ?? schema['anyOf'];
  // "anyOf" also says which keys must be there: those forms allow nothing of their own.
  if (!Array.isArray(forms) || schema['type'] !== undefined) return [schema];
  return forms.filter(isJsonObject).flatMap(variants);
}
