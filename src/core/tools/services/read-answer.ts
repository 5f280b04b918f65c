import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import { plainLine } from '../web/plain-text';

/* Parts of an answer whose shape nobody promised: what is not there or is something else reads as empty. */

export function listAt(value: unknown, ...path: readonly string[]): readonly JsonObject[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}

/** On one line, without characters that are not seen. */
export function textAt(value: unknown, limit: number, ...path: readonly string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? plainLine(found, limit) : '';
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function valueAt(value: unknown, ...path: readonly string[]): JsonValue | undefined {
  let found: unknown = value;
  for (const name of path)
    found = isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  return found as JsonValue | undefined;
}
