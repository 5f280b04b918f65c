import type { JsonValue } from '../../base/json';
import type { FileResult } from '../analysis';

/** What one file says of the modules it needs. Plain JSON: it crosses threads. */
export interface ModuleFacts {
  readonly imports: readonly ImportFact[];
  /** Names that the file gives to others, as far as they can be counted. */
  readonly exports: number;
}

export interface ImportFact {
  /** As written: "./pricing", "service.orders", "com.shop.Cart". */
  readonly target: string;
  readonly line: number;
  /** value: needed when the module loads. lazy: inside a function. type: gone after compiling. */
  readonly kind: 'value' | 'lazy' | 'type';
}

export const noFacts: ModuleFacts = { imports: [], exports: 0 };

export function packFacts(facts: ModuleFacts): JsonValue {
  return { exports: facts.exports, imports: facts.imports.map((one) => ({ ...one })) };
}

export function factsOf(result: FileResult): ModuleFacts {
  return result.facts === undefined ? noFacts : (result.facts as unknown as ModuleFacts);
}
