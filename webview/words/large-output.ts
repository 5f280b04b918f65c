import type { JsonValue } from '../../src/core/base/json';
import { isJsonObject } from '../../src/core/base/json';

/** What stands in an event for an output that is too large to travel: the whole lies in the artifact store. */
export interface StoredOutput {
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  readonly preview: string;
}

/** The stand-in that a value is; undefined for a value that is whole. */
export function storedOutput(value: JsonValue): StoredOutput | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 3) return undefined;
  const { $artifact: hash, size, preview } = value;
  return typeof hash === 'string' && typeof size === 'number' && typeof preview === 'string'
    ? { hash, size, preview }
    : undefined;
}
