import type { JsonValue } from '../../base/json';
import type { FileResult } from '../analysis';

/** What one file tells about packages. Plain JSON: it crosses threads. */
export interface DependencyFacts {
  readonly manifest?: Manifest;
  readonly lockfile?: Lockfile;
  /** Packages that the file loads, by the name under which a package manager knows them. */
  readonly imports?: readonly PackageImport[];
  /** Words in texts and settings that may be names of packages. */
  readonly mentions?: readonly string[];
  /** Names that settings of TypeScript give to places in the folder: "@app/*". */
  readonly aliases?: readonly string[];
}

export type Ecosystem = 'npm' | 'python' | 'go' | 'cargo' | 'maven' | 'ruby' | 'php';

export interface Manifest {
  readonly ecosystem: Ecosystem;
  /** Name of the package itself. */
  readonly name?: string;
  readonly dependencies: readonly Declared[];
  readonly license?: string;
  /** Never published, so that a missing licence or lockfile means something else. */
  readonly isPrivate: boolean;
  readonly isLibrary: boolean;
  /** Folder names and aliases that look like packages and are none. */
  readonly aliases: readonly string[];
  /** Line on which the dependencies begin. */
  readonly line: number;
}

export interface Declared {
  readonly name: string;
  /** As written: "^4.18.2", "==2.31.0", "*". */
  readonly range: string;
  readonly section: 'runtime' | 'development' | 'peer' | 'optional' | 'indirect';
  readonly line: number;
}

export interface Lockfile {
  readonly ecosystem: Ecosystem;
  readonly manager: string;
  /** Of all packages that are locked. Empty where the format is not read. */
  readonly packages: readonly Locked[];
  /** What the manifest said when the lockfile was written, by name. */
  readonly asked?: Readonly<Record<string, string>>;
}

export interface Locked {
  readonly name: string;
  readonly version: string;
  readonly line: number;
  readonly license?: string;
  readonly deprecated?: string;
  /** Fetched in clear text, or without a hash. */
  readonly unsafe?: 'clear-text' | 'no-hash';
  readonly hasInstallScript?: true;
}

export interface PackageImport {
  readonly name: string;
  readonly line: number;
  /** Gone after compiling. */
  readonly isType?: true;
  /** Tried: its absence is expected. */
  readonly isOptional?: true;
}

export const factsOf = (result: FileResult): DependencyFacts =>
  result.facts === undefined ? {} : (result.facts as unknown as DependencyFacts);

export const packFacts = (facts: DependencyFacts): JsonValue =>
  JSON.parse(JSON.stringify(facts)) as JsonValue;

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Whether a folder is another one or lies in it; '' is the workspace. */
export const isUnder = (folder: string, outer: string): boolean =>
  outer === '' || folder === outer || folder.startsWith(`${outer}/`);
