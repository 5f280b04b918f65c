import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';

/**
 * The schema with items for each list that says nothing of its own: OpenAI refuses a request for one such list in one of its
 * tools. Empty items let anything in.
 */
export function withListItems(schema: JsonObject): JsonObject {
  const { type, items, properties, anyOf } = schema;
  const isList = type === 'array' || (Array.isArray(type) && type.includes('array'));
  return {
    ...schema,
    ...(isJsonObject(items) ? { items: withListItems(items) } : isList && { items: {} }),
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, inner(value)])),
    }),
    ...(Array.isArray(anyOf) && { anyOf: (anyOf as readonly JsonValue[]).map(inner) }),
  };
}

function inner(value: JsonValue): JsonValue {
  return isJsonObject(value) ? withListItems(value) : value;
}
