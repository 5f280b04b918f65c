export const BUILD_SYSTEMS = [
  'npm',
  'pnpm',
  'yarn',
  'maven',
  'gradle',
  'cargo',
  'go',
  'pytest',
  'make',
] as const;
export type BuildSystem = (typeof BUILD_SYSTEMS)[number];

export type Purpose = 'test' | 'build';

/** One way of building or testing a folder. */
export interface ProjectCommand {
  readonly system: BuildSystem;
  /** A program and its arguments: no shell reads them. */
  readonly command: readonly string[];
  /** What the command runs in turn, where the project itself says it: a script of package.json. */
  readonly script?: string;
  /** Where the system leaves reports of its tests, below the folder of each module. */
  readonly reports?: 'target/surefire-reports' | 'build/test-results/test';
}
