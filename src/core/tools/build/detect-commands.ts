import { isJsonObject, type JsonValue } from '../../base/json';
import type { SafeFiles } from '../../host';
import { BatonError } from '../../model/errors';
import { BUILD_SYSTEMS, type BuildSystem, type ProjectCommand, type Purpose } from './build-system';

/** The names in a folder, and its small files by name. */
export interface ProjectFolder {
  readonly names: ReadonlySet<string>;
  /** Undefined when there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly platform: string;
}

export interface CommandWish {
  readonly purpose: Purpose;
  /** One test, file or package, as the system names it. */
  readonly target?: string;
}

const LARGEST_FILE = 500_000;

/** `folder`: relative to the root of `files`, "" for the root itself. Throws "tool-arguments" when there is no such folder. */
export async function projectFolder(
  files: SafeFiles,
  folder: string,
  platform: string,
): Promise<ProjectFolder> {
  const entries = await files.list(folder);
  if (entries === undefined)
    throw new BatonError('tool-arguments', `There is no folder "${folder}" in the workspace.`);
  return {
    names: new Set(entries.map((entry) => entry.name)),
    platform,
    read: async (path) => {
      const file = await files
        .read(folder === '' ? path : `${folder}/${path}`, LARGEST_FILE)
        // A link or a folder of that name is no file of a project.
        .catch(() => undefined);
      return file === undefined ? undefined : new TextDecoder().decode(file.bytes);
    },
  };
}

/** Every way that the files of the folder tell, the likeliest first. Nothing is run and nothing is guessed. */
export async function detectCommands(folder: ProjectFolder, wish: CommandWish): Promise<ProjectCommand[]> {
  const found: ProjectCommand[] = [];
  for (const system of BUILD_SYSTEMS) {
    const command = await detect[system](folder, wish);
    if (command !== undefined) found.push({ ...command, system });
  }
  return found;
}

type Detected = Omit<ProjectCommand, 'system'> | undefined;
type Detector = (folder: ProjectFolder, wish: CommandWish) => Promise<Detected> | Detected;

const detect: Readonly<Record<BuildSystem, Detector>> = {
  npm: (folder, wish) =>
    folder.names.has('pnpm-lock.yaml') || folder.names.has('yarn.lock')
      ? undefined
      : scriptCommand('npm', folder, wish),
  pnpm: (folder, wish) =>
    folder.names.has('pnpm-lock.yaml') ? scriptCommand('pnpm', folder, wish) : undefined,
  yarn: (folder, wish) =>
    folder.names.has('yarn.lock') && !folder.names.has('pnpm-lock.yaml')
      ? scriptCommand('yarn', folder, wish)
      : undefined,
  maven: (folder, { purpose, target }) => {
    if (!folder.names.has('pom.xml')) return undefined;
    const [wrapper, wrapped] = folder.platform === 'win32' ? ['mvnw.cmd', 'mvnw.cmd'] : ['mvnw', './mvnw'];
    const program = folder.names.has(wrapper) ? wrapped : 'mvn';
    if (purpose === 'build') return { command: [program, '-B', '-DskipTests', 'package'] };
    const only = target === undefined ? [] : [`-Dtest=${target}`, '-Dsurefire.failIfNoSpecifiedTests=false'];
    return { command: [program, '-B', ...only, 'test'], reports: 'target/surefire-reports' };
  },
  gradle: (folder, { purpose, target }) => {
    const files = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'];
    if (!files.some((name) => folder.names.has(name))) return undefined;
    const [wrapper, wrapped] =
      folder.platform === 'win32' ? ['gradlew.bat', 'gradlew.bat'] : ['gradlew', './gradlew'];
    const program = folder.names.has(wrapper) ? wrapped : 'gradle';
    if (purpose === 'build') return { command: [program, '--console=plain', 'assemble'] };
    const only = target === undefined ? [] : ['--tests', target];
    return {
      // Gradle keeps the results of tests whose inputs did not change; cleaned first, all of them run.
      command: [program, '--console=plain', '--continue', 'cleanTest', 'test', ...only],
      reports: 'build/test-results/test',
    };
  },
  cargo: (folder, { purpose, target }) => {
    if (!folder.names.has('Cargo.toml')) return undefined;
    if (purpose === 'build') return { command: ['cargo', 'build'] };
    return { command: ['cargo', 'test', '--no-fail-fast', ...(target === undefined ? [] : ['--', target])] };
  },
  go: (folder, { purpose, target }) => {
    if (!folder.names.has('go.mod')) return undefined;
    if (purpose === 'build') return { command: ['go', 'build', './...'] };
    return { command: ['go', 'test', '-json', target ?? './...'] };
  },
  pytest: async (folder, { purpose, target }) => {
    if (!(await isPython(folder))) return undefined;
    if (purpose === 'build') {
      const hasBackend = (await folder.read('pyproject.toml'))?.includes('[build-system]') === true;
      return hasBackend ? { command: [...python(folder), '-m', 'build'] } : undefined;
    }
    const only = target === undefined ? [] : [target];
    return { command: [...python(folder), '-m', 'pytest', '-rfE', '--tb=short', ...only] };
  },
  make: async (folder, { purpose, target }) => {
    const name = ['GNUmakefile', 'makefile', 'Makefile'].find((one) => folder.names.has(one));
    if (name === undefined || target !== undefined) return undefined;
    const rules = (await folder.read(name)) ?? '';
    const goal = (purpose === 'test' ? ['test', 'check'] : ['build', 'all']).find((one) =>
      new RegExp(`^${one}[ \\t]*:(?!=)`, 'm').test(rules),
    );
    return goal === undefined ? undefined : { command: ['make', goal] };
  },
};

async function scriptCommand(
  manager: 'npm' | 'pnpm' | 'yarn',
  folder: ProjectFolder,
  { purpose, target }: CommandWish,
): Promise<Detected> {
  if (!folder.names.has('package.json')) return undefined;
  const manifest = (await folder.read('package.json')) ?? '';
  const script = scriptOf(manifest, purpose);
  if (script === undefined) return undefined;
  const only = target === undefined ? [] : manager === 'npm' ? ['--', target] : [target];
  // Whoever runs "test" runs these as well.
  const around = (name: string) => scriptOf(manifest, name);
  const all = [around(`pre${purpose}`), script, around(`post${purpose}`)];
  const whole = all.filter((one) => one !== undefined).join(' && ');
  return { command: [manager, 'run', purpose, ...only], script: whole };
}

function scriptOf(manifest: string, name: string): string | undefined {
  try {
    const value = JSON.parse(manifest) as JsonValue;
    const scripts = isJsonObject(value) ? value['scripts'] : undefined;
    const script =
      isJsonObject(scripts) && Object.prototype.hasOwnProperty.call(scripts, name)
        ? scripts[name]
        : undefined;
    // What `npm init` writes is no test.
    return typeof script === 'string' && script.trim() !== '' && !/no test specified/.test(script)
      ? script
      : undefined;
  } catch {
    return undefined;
  }
}

async function isPython(folder: ProjectFolder): Promise<boolean> {
  const names = [
    'pytest.ini',
    'pyproject.toml',
    'setup.py',
    'setup.cfg',
    'tox.ini',
    'conftest.py',
    'requirements.txt',
    'uv.lock',
  ];
  if (names.some((name) => folder.names.has(name))) return true;
  return [...folder.names].some((name) => /^test_.*\.py$|_test\.py$/.test(name));
}

/** The interpreter of the project, else of the system. */
function python(folder: ProjectFolder): string[] {
  if (folder.names.has('uv.lock')) return ['uv', 'run', 'python'];
  if (folder.names.has('poetry.lock')) return ['poetry', 'run', 'python'];
  const environment = ['.venv', 'venv'].find((name) => folder.names.has(name));
  if (folder.platform === 'win32')
    return [environment === undefined ? 'python' : `${environment}\\Scripts\\python.exe`];
  return [environment === undefined ? 'python3' : `./${environment}/bin/python`];
}
