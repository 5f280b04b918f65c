import type { Finding } from '../../model/finding';

/**
 * What is known about the code of a workspace. An editor answers from its language servers; where there is none, a parser
 * answers for the few languages that it reads. Paths are relative to the workspace, with forward slashes.
 */
export interface CodeIntelligence {
  /** Who answers, and for which languages: told with every answer, for a fallback knows less. */
  readonly source: CodeSource;
  /** Declarations, by a part of their name and in one file or folder; either may be left out, not both. */
  symbols(query: SymbolQuery, signal: AbortSignal): Promise<Found<CodeSymbol>>;
  /** Where a name is declared. */
  definitions(query: NameQuery, signal: AbortSignal): Promise<Found<CodeSymbol>>;
  /** Where a name is used, declarations left out. */
  references(query: NameQuery, signal: AbortSignal): Promise<Found<CodeReference>>;
  /** Faults in one file or in the files of a folder. */
  diagnostics(path: string, signal: AbortSignal): Promise<Found<Finding>>;
}

export interface CodeSource {
  readonly kind: 'editor' | 'parser';
  /** "editor: TypeScript, ..." or "parser: ...". */
  readonly name: string;
  /** As people call them; empty: whatever the editor has extensions for. */
  readonly languages: readonly string[];
}

export interface SymbolQuery {
  /** A part of the name, in any case. */
  readonly name?: string;
  /** A file or a folder. */
  readonly path?: string;
}

export interface NameQuery {
  readonly name: string;
  /** The file where the name stands, to tell apart what bears the same name; with `line`, 1-based, exactly which. */
  readonly path?: string;
  readonly line?: number;
}

export interface Found<T> {
  readonly items: readonly T[];
  /** True when more was found or could have been: the search is bounded. */
  readonly isPartial: boolean;
  /** Who answered this time, where it is not who is asked as a rule. */
  readonly source?: CodeSource;
}

export type SymbolKind =
  | 'function'
  | 'method'
  | 'class'
  | 'interface'
  | 'type'
  | 'enum'
  | 'variable'
  | 'constant'
  | 'namespace'
  | 'property'
  | 'parameter';

export interface CodeSymbol extends CodePlace {
  readonly name: string;
  readonly kind: SymbolKind;
  /** The class, function or namespace that it stands in. */
  readonly container?: string;
  readonly isExported: boolean;
}

export interface CodePlace {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

export interface CodeReference extends CodePlace {
  /** The line that it stands in, trimmed, at most 200 characters. */
  readonly text: string;
}
