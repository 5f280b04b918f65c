import type { JsonValue } from '../../base/json';
import type { FileResult } from '../analysis';

/** What one file says of the modules it needs. Plain JSON: it crosses threads. */
export interface ModuleFacts {
  readonly imports: readonly ImportFact[];
  /** Names that the file gives to others, as far as they can be counted. */
  readonly exports: number;
  /** What the code itself shows of its design, beside its imports. */
  readonly design?: DesignFacts;
}

export interface DesignFacts {
  /** Remarks that need no other file. */
  /** A package.json that names a package of its own. */
  readonly isPackage?: true;
  readonly remarks: readonly DesignRemark[];
  readonly classes: readonly { readonly name: string; readonly parent?: string; readonly line: number }[];
  /** First line that reads the process environment. */
  readonly environment?: number;
  /** Last parts of paths that stand in texts: files may be loaded by them. */
  readonly mentions: readonly string[];
  /** Hashes of runs of lines, for finding copies: hash, line. */
  readonly runs: readonly (readonly [number, number])[];
}

export interface DesignRemark {
  readonly rule:
    'global-state' | 'patched-builtin' | 'large-class' | 'many-collaborators' | 'exported-variable';
  readonly line: number;
  readonly what: string;
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
  return JSON.parse(JSON.stringify(facts)) as JsonValue;
}

export function factsOf(result: FileResult): ModuleFacts {
  return result.facts === undefined ? noFacts : (result.facts as unknown as ModuleFacts);
}
