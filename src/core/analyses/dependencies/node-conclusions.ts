import type { Finding } from '../../model/finding';
import { isTestPath } from '../language';
import {
  folderOf,
  type Declared,
  type Lockfile,
  type Manifest,
  type PackageImport,
} from './dependency-facts';
import { knownFlaw, lowestVersion } from './known-flaws';
import { givenUp, hostModules, impostors, lookAlike } from './node-names';

/** One package.json with everything that belongs to it. */
export interface NodePackage {
  readonly path: string;
  readonly manifest: Manifest;
  /** In its folder or above it. */
  readonly lockfiles: readonly { readonly path: string; readonly lockfile: Lockfile }[];
  /** Manifests of folders above: a workspace shares their packages. */
  readonly above: readonly Manifest[];
  readonly imports: readonly { readonly path: string; readonly one: PackageImport }[];
  readonly mentions: ReadonlySet<string>;
  /** Names of all packages of the folder. */
  readonly siblings: ReadonlySet<string>;
  /** Only a part was looked at, so what is not used here may be used elsewhere. */
  readonly isPartial: boolean;
  readonly hasCode: boolean;
  /** The files are there that need packages for development. */
  readonly hasDevelopment: boolean;
  readonly aliases: readonly string[];
}

export function concludeNodePackage(one: NodePackage): { findings: Finding[]; notes: string[] } {
  const findings: Finding[] = [];
  const notes: string[] = [];
  for (const declared of one.manifest.dependencies) findings.push(...judgeDeclared(one, declared));
  findings.push(...duplicates(one));
  if (!one.isPartial) {
    findings.push(...unused(one), ...missing(one));
  }
  const lock = lockfile(one);
  findings.push(...lock.findings, ...licence(one));
  notes.push(...lock.notes);
  return { findings, notes };
}

const at = (path: string, line: number): { file: string; line: number } => ({ file: path, line });

function judgeDeclared({ path, lockfiles }: NodePackage, declared: Declared): Finding[] {
  const { name, range, section, line } = declared;
  const findings: Finding[] = [];
  const say = (rule: string, severity: Finding['severity'], message: string, advice: string) =>
    findings.push({ rule: `dependencies/${rule}`, severity, message, advice, ...at(path, line) });
  const why = section === 'peer' ? undefined : whyUnpinned(range);
  if (why !== undefined) say('unpinned', 'medium', `"${name}": "${range}" ${why}.`, 'Name a version.');
  if (impostors.has(name))
    say(
      'impostor',
      'high',
      `"${name}" was published to be taken for another package.`,
      'Remove it, and look at what it did.',
    );
  else {
    const near = lookAlike(name);
    if (near !== undefined)
      say(
        'look-alike',
        'medium',
        `"${name}" is one letter away from "${near}".`,
        'Check that it is the one that is meant.',
      );
  }
  const instead = givenUp[name];
  if (instead !== undefined) say('given-up', 'low', `"${name}" is no longer maintained.`, `Use ${instead}.`);
  const lockedAs = lockfiles
    .flatMap(({ lockfile }) => lockfile.packages)
    .find((one) => one.name === name)?.version;
  const version = lockedAs ?? lowestVersion(range);
  const flaw = version === undefined ? undefined : knownFlaw('npm', name, version);
  if (flaw !== undefined) {
    say(
      'known-flaw',
      // A range mostly brings the newest version it allows.
      lockedAs === undefined && /^[\^~>]/.test(range.trim()) ? 'low' : 'high',
      `"${name}" ${lockedAs === undefined ? `may be ${version}` : `is ${version}`}, which has a published flaw (${flaw.id}).`,
      flaw.fixed === undefined ? 'Replace it.' : `Use ${flaw.fixed} or newer.`,
    );
  }
  return findings;
}

function whyUnpinned(range: string): string | undefined {
  const text = range.trim();
  if (/^(?:|\*|x|X|latest|next|beta|canary|alpha|dev|master|main)$/.test(text))
    return 'takes whatever is newest';
  if (/^>=?\s*\d/.test(text) && !/</.test(text)) return 'has no upper end';
  if (/^(?:git(?:\+\w+)?:|git@|https?:|github:|gitlab:|bitbucket:|[\w-]+\/[\w.-]+(?:#|$))/.test(text)) {
    if (/^http:/.test(text)) return 'comes over the network in clear text';
    if (/#(?:semver:|v?\d+\.\d+|[0-9a-f]{7,40}$)/.test(text) || /^https:.*\d+\.\d+\.\d+.*\.tgz/.test(text))
      return undefined;
    return 'follows a branch';
  }
  return undefined;
}

function duplicates({ path, manifest }: NodePackage): Finding[] {
  const first = new Map<string, Declared>();
  const findings: Finding[] = [];
  for (const declared of manifest.dependencies) {
    const known = first.get(declared.name);
    if (known === undefined) {
      first.set(declared.name, declared);
      continue;
    }
    // A peer is also a development dependency, that is how it is tested.
    const sections = [known.section, declared.section];
    if (sections.includes('peer') && sections.includes('development')) continue;
    if (sections.includes('optional') && known.section !== declared.section) continue;
    findings.push({
      rule: 'dependencies/duplicate',
      severity: 'medium',
      message: `"${declared.name}" is declared twice${known.range === declared.range ? '' : `, as "${known.range}" and as "${declared.range}"`}.`,
      advice: 'Keep one of them.',
      ...at(path, declared.line),
    });
  }
  return findings;
}

/** Found by tools on their own, or of use without being named anywhere. */
const implicit =
  /^(?:@types\/|eslint|@eslint|@?typescript-eslint|rollup-plugin-|@rollup\/|jest-|ts-jest$|karma-|grunt-|gulp-|stylelint|prettier|typescript$|husky$|lint-staged$|tslib$|ts-node$|tsx$|@babel\/|babel-|postcss|autoprefixer|tailwindcss|@commitlint|npm-run-all|concurrently|cross-env|rimraf|nodemon|core-js|regenerator-runtime|sass$|less$|webpack-cli|@angular\/|react-dom$|react-native|expo|pg$|mysql2?$|sqlite3$|tedious$|reflect-metadata$|zone\.js$|pino-pretty$|jsdom$|happy-dom$|source-map-support$|@swc\/|esbuild$|vite$|@vitejs\/)/;

function unused({ path, manifest, imports, mentions, hasCode, hasDevelopment }: NodePackage): Finding[] {
  if (!hasCode) return [];
  const used = new Set(imports.map(({ one }) => one.name));
  return manifest.dependencies.flatMap((declared): Finding[] => {
    const { name, section, line } = declared;
    if (section === 'peer' || section === 'optional' || used.has(name) || implicit.test(name)) return [];
    if (section === 'development' && !hasDevelopment) return [];
    const short = name.replace(/^@[^/]+\//, '');
    const isNamed = [...mentions].some(
      (word) =>
        word === name ||
        word === short ||
        word.startsWith(`${name}/`) ||
        word.includes(`node_modules/${name}`),
    );
    if (isNamed || (section === 'development' && [...mentions].some((word) => word.includes(short))))
      return [];
    return [
      {
        rule: 'dependencies/unused',
        severity: section === 'runtime' ? 'medium' : 'low',
        message: `"${name}" is declared, and nothing uses it.`,
        advice: 'Remove it, if nothing loads it by another way.',
        ...at(path, line),
      },
    ];
  });
}

const bundlers =
  /^(?:webpack|rollup|esbuild|vite|parcel|tsup|@vercel\/ncc|browserify|snowpack|@rspack\/core|next|nuxt|react-scripts|electron)$/;

function missing(one: NodePackage): Finding[] {
  const { manifest, above, imports, siblings } = one;
  const all = [manifest, ...above];
  const declared = new Map(
    all.flatMap((each) => each.dependencies.map((dependency) => [dependency.name, dependency] as const)),
  );
  const runtime = new Set(
    all.flatMap((each) =>
      each.dependencies.filter(({ section }) => section !== 'development').map(({ name }) => name),
    ),
  );
  const isBundled = all.some((each) => each.dependencies.some(({ name }) => bundlers.test(name)));
  const aliases = new Set([...one.aliases, ...all.flatMap((each) => each.aliases)]);
  const told = new Set<string>();
  const findings: Finding[] = [];
  for (const { path, one: used } of imports) {
    const { name } = used;
    if (
      told.has(name) ||
      name === manifest.name ||
      siblings.has(name) ||
      hostModules.has(name) ||
      isAlias(name, aliases)
    )
      continue;
    const types = `@types/${name.startsWith('@') ? name.slice(1).replace('/', '__') : name}`;
    if (!declared.has(name)) {
      if (used.isOptional === true || declared.has(types) || (used.isType === true && isTestPath(path)))
        continue;
      told.add(name);
      findings.push({
        rule: 'dependencies/missing',
        severity: isTestPath(path) ? 'low' : 'high',
        message: `"${name}" is loaded but declared nowhere.`,
        advice: 'Declare it, or it is only there by chance.',
        ...at(path, used.line),
      });
    } else if (
      !runtime.has(name) &&
      !isBundled &&
      used.isType !== true &&
      used.isOptional !== true &&
      isShipped(path)
    ) {
      told.add(name);
      findings.push({
        rule: 'dependencies/development-only',
        severity: 'medium',
        message: `"${name}" is needed at run time but declared for development only.`,
        advice: 'Move it to "dependencies".',
        ...at(path, used.line),
      });
    }
  }
  return findings;
}

const isAlias = (name: string, aliases: ReadonlySet<string>): boolean =>
  /^(?:@\/|~|#|@$|virtual:|\$|astro:|\w+:)/.test(name) ||
  [...aliases].some(
    (alias) =>
      name === alias ||
      alias.replace(/\/?\*$/, '') === name ||
      (alias.endsWith('/*') && name.startsWith(alias.slice(0, -1))),
  );

const isShipped = (path: string): boolean =>
  !isTestPath(path) &&
  /(?:^|\/)(?:src|lib|app|server|api|index)(?:\/|\.)/.test(path) &&
  !/\.config\.|\.d\.ts$|(?:^|\/)(?:scripts?|tools?|docs?|examples?|stories)\//.test(path) &&
  !/[jt]est\.|setup/i.test(path);

function lockfile({ path, manifest, lockfiles }: NodePackage): { findings: Finding[]; notes: string[] } {
  const findings: Finding[] = [];
  const installs = manifest.dependencies.filter(({ section }) => section !== 'peer');
  if (lockfiles.length === 0) {
    if (installs.length === 0) return { findings, notes: [] };
    if (manifest.isLibrary)
      return { findings, notes: [`${path} has no lockfile: what is installed may differ from day to day`] };
    findings.push({
      rule: 'dependencies/no-lockfile',
      severity: 'medium',
      message: 'There is no lockfile, so what is installed changes from day to day.',
      advice: 'Commit the lockfile of the package manager.',
      ...at(path, manifest.line),
    });
    return { findings, notes: [] };
  }
  const own = lockfiles.filter((lock) => folderOf(lock.path) === folderOf(path));
  const managers = [...new Set(own.map((lock) => lock.lockfile.manager))];
  if (managers.length > 1) {
    findings.push({
      rule: 'dependencies/several-lockfiles',
      severity: 'low',
      message: `There are lockfiles of ${managers.join(' and ')}, and they will drift apart.`,
      advice: 'Keep the one of the package manager in use.',
      ...at(own[1]?.path ?? path, 1),
    });
  }
  for (const lock of own) findings.push(...locked(path, manifest, lock.path, lock.lockfile));
  return { findings, notes: [] };
}

function locked(
  path: string,
  manifest: Manifest,
  lockPath: string,
  { packages, asked }: Lockfile,
): Finding[] {
  const findings: Finding[] = [];
  for (const declared of manifest.dependencies) {
    const { name, range, section, line } = declared;
    if (section === 'peer' || /^(?:file|link|workspace|portal):/.test(range)) continue;
    const then = asked?.[name];
    if (asked !== undefined && then !== range && !(section === 'optional' && then === undefined)) {
      findings.push({
        rule: 'dependencies/lockfile-behind',
        severity: 'medium',
        message:
          then === undefined
            ? `The lockfile does not know "${name}".`
            : `The lockfile was made for "${name}": "${then}", here stands "${range}".`,
        advice: 'Install again and commit the lockfile.',
        ...at(path, line),
      });
    }
  }
  const direct = new Map(manifest.dependencies.map((declared) => [declared.name, declared]));
  const versions = new Map<string, Set<string>>();
  for (const one of packages) {
    const known = versions.get(one.name);
    if (known === undefined) versions.set(one.name, new Set([one.version]));
    else known.add(one.version);
    if (one.unsafe !== undefined) {
      findings.push({
        rule: one.unsafe === 'clear-text' ? 'dependencies/clear-text' : 'dependencies/no-hash',
        severity: one.unsafe === 'clear-text' ? 'high' : 'medium',
        message:
          one.unsafe === 'clear-text'
            ? `"${one.name}" is fetched over the network in clear text.`
            : `"${one.name}" has no hash, so nobody would notice another content.`,
        advice: 'Install again from the registry.',
        ...at(lockPath, one.line),
      });
    }
    if (one.license !== undefined && isCopyleft(one.license) && !isCopyleft(manifest.license ?? '')) {
      findings.push({
        rule: 'dependencies/licence-copyleft',
        severity: 'medium',
        message: `"${one.name}" is under ${one.license}, which asks the same of what it becomes part of.`,
        advice: 'Check whether that is wanted.',
        ...at(direct.has(one.name) ? path : lockPath, direct.get(one.name)?.line ?? one.line),
      });
    }
    const declared = direct.get(one.name);
    if (one.deprecated !== undefined && declared !== undefined && givenUp[one.name] === undefined) {
      findings.push({
        rule: 'dependencies/given-up',
        severity: 'low',
        message: `"${one.name}" is deprecated by its makers: ${one.deprecated}`,
        ...at(path, declared.line),
      });
    }
  }
  findings.push(...installScripts(lockPath, packages));
  for (const [name, known] of versions) {
    const declared = direct.get(name);
    if (declared === undefined || known.size < 2) continue;
    findings.push({
      rule: 'dependencies/several-versions',
      severity: 'info',
      message: `"${name}" is installed in ${known.size} versions: ${[...known].sort().join(', ')}.`,
      ...at(path, declared.line),
    });
  }
  return findings;
}

function installScripts(lockPath: string, packages: Lockfile['packages']): Finding[] {
  const running = packages.filter((one) => one.hasInstallScript === true);
  const [first] = running;
  if (first === undefined) return [];
  const names = [...new Set(running.map((one) => one.name))];
  return [
    {
      rule: 'dependencies/install-scripts',
      severity: 'info',
      message: `${running.length === 1 ? '1 package runs' : `${running.length} packages run`} a script when ${running.length === 1 ? 'it is' : 'they are'} installed: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}.`,
      ...at(lockPath, first.line),
    },
  ];
}

const isCopyleft = (license: string): boolean =>
  /\b(?:A?GPL|SSPL|EUPL|OSL)\b/i.test(license.replace(/-/g, ' ')) && !/LGPL|MIT|Apache|BSD/i.test(license);

function licence({ path, manifest, above }: NodePackage): Finding[] {
  // A member of a workspace is covered by the whole.
  if (
    manifest.license !== undefined ||
    manifest.isPrivate ||
    above.some((one) => one.license !== undefined) ||
    manifest.name === undefined
  )
    return [];
  return [
    {
      rule: 'dependencies/licence-missing',
      severity: 'low',
      message: 'No licence is named, so nobody may use it.',
      advice: 'Name one, or "UNLICENSED" when that is meant.',
      ...at(path, 1),
    },
  ];
}
