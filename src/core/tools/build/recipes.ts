import type { Host } from '../../host';
import type { Place } from '../files/locate';

/** A file of a project that says what its builds and tests do, as it was when the command was shown. */
export interface Recipe {
  /** Relative to the workspace, forward slashes. */
  readonly path: string;
  /** Of its bytes; absent for a link, a folder and what is too large to be one. */
  readonly hash?: string;
}

/** More than any tool of an agent can write. */
const LARGEST = 8_000_000;

const NAMES = new Set([
  ...['package.json', '.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', 'pnpm-workspace.yaml'],
  ...['pom.xml', 'mvnw', 'mvnw.cmd', 'build.gradle', 'build.gradle.kts', 'settings.gradle'],
  ...['settings.gradle.kts', 'gradle.properties', 'gradlew', 'gradlew.bat'],
  ...['Cargo.toml', 'build.rs', 'go.mod', 'go.work', 'GNUmakefile', 'makefile', 'Makefile'],
  ...['pyproject.toml', 'setup.py', 'setup.cfg', 'tox.ini', 'pytest.ini', '.pytest.ini', 'conftest.py'],
]);
/** Settings of test runners and bundlers are programs. */
const SETTINGS = /^\.?[a-z][a-z-]*(?:rc|\.config|\.conf|file)\.[cm]?[jt]s$/;

/** Those of one folder, by name. What the code under test does is the project's own affair; how it is run is what a person sees. */
export async function recipesIn(
  { files, relative }: Pick<Place, 'files' | 'relative'>,
  names: ReadonlySet<string>,
  host: Pick<Host, 'sha256'>,
): Promise<readonly Recipe[]> {
  const found = [...names].filter((name) => NAMES.has(name) || SETTINGS.test(name)).sort();
  return Promise.all(
    found.map(async (name): Promise<Recipe> => {
      const path = relative === '' ? name : `${relative}/${name}`;
      // A link or a folder of that name is no recipe.
      const file = await files.read(path, LARGEST).catch(() => undefined);
      if (file === undefined || file.size > file.bytes.length) return { path };
      return { path, hash: host.sha256(file.bytes) };
    }),
  );
}
