import type { JsonValue } from '../base/json';

/** What an action came to, before its report is stored. */
export interface LocalWork {
  readonly output: JsonValue;
  readonly summary: string;
  /** The report for people, and where it belongs. */
  readonly markdown: string;
  readonly path: string;
}
