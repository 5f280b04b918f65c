/** One package as a lockfile fixes it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly line: number;
  readonly licence?: string;
  /** The message of its makers. */
  readonly deprecated?: string;
  readonly hasInstallScript?: true;
  /** Fetched without encryption. */
  readonly plainHttp?: true;
  /** From a registry, with no checksum. */
  readonly unchecked?: true;
  readonly isDev?: true;
  readonly bin?: readonly string[];
}

export type PackageManager = 'npm' | 'yarn' | 'pnpm' | 'bun';

export interface Lock {
  readonly path: string;
  readonly folder: string;
  readonly manager: PackageManager;
  readonly packages: readonly LockedPackage[];
  /** Whether the lockfile records licences at all: older ones do not. */
  readonly knowsLicences: boolean;
  /**
   * What each manifest asked for when the lockfile was written, by its folder relative to the lockfile ("" for its own):
   * name -> ranges. Absent where the format does not tell.
   */
  readonly asked?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Yarn's way to tell it: "name@range" of everything anyone asked for. */
  readonly requests?: readonly string[];
}
