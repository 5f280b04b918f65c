import type { Finding } from '../../../model/finding';
import { counted } from '../../walk';
import { isTestPath } from '../../language';
import { folderOf, foldersUp, isSource, isSpecimen, isToolFile } from '../places';
import { isBuiltIn, isLent } from './built-in';
import { isBundler, isGlobalTypes, isLoadedBy, isTool, typedPackage } from './known-tools';
import type { Lock } from './lock';
import { locksFor, type LockIndex } from './lock-coverage';
import type { Declared, NpmManifest } from './package-json';
import type { PackageImport, ScriptUses } from './script-uses';

export interface UsingFile {
  readonly path: string;
  readonly uses: ScriptUses;
  readonly isScript: boolean;
}

export interface PackageUse {
  readonly findings: readonly Finding[];
  readonly unused: number;
  readonly missing: number;
  readonly notes: readonly string[];
}

/** Compares what manifests declare with what files import. `unread`: scripts whose imports nobody knows. */
export function packageUse(
  files: readonly UsingFile[],
  index: LockIndex,
  unread: readonly string[],
): PackageUse {
  const { manifests } = index;
  const used = usedBelow(files, manifests);
  const blind = [...manifests.values()].filter(({ folder }) =>
    unread.some((path) => foldersUp(folderOf(path)).includes(folder)),
  );
  const unused = [...manifests.values()]
    .filter((manifest) => !blind.includes(manifest) && !isSpecimen(manifest.path))
    .flatMap((manifest) => unusedFindings(manifest, used, index));
  const needs = neededPackages(files, index);
  const missing = needs.filter(({ declared }) => declared.length === 0).map(missingFinding);
  return {
    findings: [...unused, ...missing, ...needs.flatMap(developmentFinding)],
    unused: unused.length,
    missing: missing.length,
    notes: blind.map(
      ({ path }) =>
        `${path} was not checked for unused packages: ${counted(unread.length, 'script')} could not be read`,
    ),
  };
}

interface Used {
  /** By the folder of a manifest: what any file below it names. */
  readonly below: ReadonlyMap<string, ReadonlySet<string>>;
  /** What settings and scripts anywhere name: tools look in unexpected places. */
  readonly anywhere: ReadonlySet<string>;
  readonly withScripts: ReadonlySet<string>;
  readonly withTypeScript: ReadonlySet<string>;
}

function usedBelow(files: readonly UsingFile[], manifests: ReadonlyMap<string, NpmManifest>): Used {
  const below = new Map<string, Set<string>>(
    [...manifests.keys()].map((folder) => [folder, new Set<string>()]),
  );
  const anywhere = new Set([...manifests.values()].flatMap((manifest) => manifest.words));
  const withScripts = new Set<string>();
  const withTypeScript = new Set<string>();
  for (const { path, uses, isScript } of files) {
    const names = [...uses.imports.map((one) => one.name), ...uses.mentions];
    if (uses.isTool) for (const name of names) anywhere.add(name);
    for (const folder of foldersUp(folderOf(path))) {
      const set = below.get(folder);
      if (set === undefined) continue;
      for (const name of names) set.add(name);
      if (isScript && !isToolFile(path)) withScripts.add(folder);
      if (/\.[cm]?tsx?$/.test(path)) withTypeScript.add(folder);
    }
  }
  return { below, anywhere, withScripts, withTypeScript };
}

function unusedFindings(manifest: NpmManifest, used: Used, index: LockIndex): Finding[] {
  // Without a script of its own a manifest only gathers packages for others.
  if (!used.withScripts.has(manifest.folder)) return [];
  const names = used.below.get(manifest.folder) ?? new Set<string>();
  const declared = new Set(manifest.declared.map((one) => one.name));
  const peers = new Set(
    manifest.declared.filter((one) => one.section === 'peerDependencies').map((one) => one.name),
  );
  const locks = locksFor(manifest, index).flatMap(({ lock }) => (lock === undefined ? [] : [lock]));
  const isNamed = (name: string): boolean => names.has(name) || used.anywhere.has(name);
  return manifest.declared.flatMap((one): Finding[] => {
    if (one.section !== 'dependencies' && one.section !== 'devDependencies') return [];
    const typed = typedPackage(one.name);
    const isUsed =
      typed === undefined
        ? isNamed(one.name) ||
          peers.has(one.name) ||
          isTool(one.name) ||
          isLoadedBy(one.name, declared) ||
          commandsOf(one, locks).some((command) => used.anywhere.has(command))
        : isGlobalTypes(typed) ||
          isBuiltIn(typed) ||
          declared.has(typed) ||
          isNamed(typed) ||
          isNamed(one.name);
    if (isUsed) return [];
    return [
      {
        rule: 'dependencies/unused',
        severity: one.section === 'dependencies' ? 'medium' : 'low',
        message:
          typed === undefined
            ? `"${one.name}" is declared, but no file that was read imports or names it.`
            : `"${one.name}" has the types of "${typed}", which nothing here uses.`,
        advice: 'Remove it, unless something loads it in a way that cannot be seen here.',
        file: manifest.path,
        line: one.line,
      },
    ];
  });
}

/** Names under which the scripts may call a package. */
function commandsOf(one: Declared, locks: readonly Lock[]): string[] {
  const known = locks.flatMap((lock) =>
    lock.packages.filter(({ name }) => name === one.name).flatMap(({ bin }) => bin ?? []),
  );
  return [...known, one.name.slice(one.name.indexOf('/') + 1)];
}

/** One package that files of one manifest import. */
interface Need {
  readonly name: string;
  readonly manifest: NpmManifest;
  /** How it is declared there or above. */
  readonly declared: readonly Declared[];
  /** The weightiest import comes first. */
  readonly imports: readonly (PackageImport & { readonly path: string })[];
  /** It is in the lockfile all the same. */
  readonly isLocked: boolean;
}

function neededPackages(files: readonly UsingFile[], index: LockIndex): Need[] {
  const known = namesOfTheFolder(files, index);
  const needs = new Map<
    string,
    { manifest: NpmManifest; name: string; imports: (PackageImport & { path: string })[] }
  >();
  for (const { path, uses } of files) {
    const [manifest] = manifestsAbove(path, index);
    if (manifest === undefined || isSpecimen(path)) continue;
    for (const one of uses.imports) {
      if (known(one.name, path)) continue;
      const key = `${manifest.folder}\n${one.name}`;
      const need = needs.get(key);
      if (need === undefined) needs.set(key, { manifest, name: one.name, imports: [{ ...one, path }] });
      else need.imports.push({ ...one, path });
    }
  }
  return [...needs.values()].map(({ manifest, name, imports }) => ({
    name,
    manifest,
    declared: manifestsAbove(`${manifest.folder === '' ? '' : `${manifest.folder}/`}x`, index).flatMap(
      (above) => above.declared.filter((one) => one.name === name || typedPackage(one.name) === name),
    ),
    imports: imports
      .map((one, at) => ({ one, at }))
      .sort((a, b) => weight(b.one) - weight(a.one) || a.at - b.at)
      .map(({ one }) => one),
    isLocked: locksFor(manifest, index).some(
      ({ lock }) => lock?.packages.some((one) => one.name === name) ?? false,
    ),
  }));
}

const weight = ({ path, kind }: PackageImport & { path: string }): number =>
  (isSource(path) ? 10 : 0) + (kind === 'value' ? 2 : kind === 'lazy' ? 1 : 0);

const manifestsAbove = (path: string, { manifests }: LockIndex): NpmManifest[] =>
  foldersUp(folderOf(path)).flatMap((folder) => manifests.get(folder) ?? []);

/** Names that need no declaration: of hosts, of the folder's own packages, folders and aliases. */
function namesOfTheFolder(
  files: readonly UsingFile[],
  index: LockIndex,
): (name: string, from: string) => boolean {
  const own = new Set([...index.manifests.values()].flatMap(({ name }) => name ?? []));
  const ambient = new Set<string>();
  const prefixes: string[] = [];
  for (const alias of files.flatMap(({ uses }) => uses.ambient)) {
    if (alias === '*') continue;
    if (alias.includes('*')) prefixes.push(alias.slice(0, alias.indexOf('*')));
    else ambient.add(alias);
  }
  const tops = new Set<string>();
  for (const path of index.paths) {
    const parts = path.split('/');
    for (const part of parts.slice(0, -1)) tops.add(part);
    tops.add((parts.at(-1) ?? '').replace(/\.\w+$/, ''));
  }
  const mentionedByTools = new Set(
    files.filter(({ uses }) => uses.isTool).flatMap(({ uses }) => uses.mentions),
  );
  const engines = [...index.manifests.values()].flatMap((manifest) => manifest.engines);
  return (name, from) =>
    isBuiltIn(name) ||
    isLent(name, engines) ||
    own.has(name) ||
    ambient.has(name) ||
    prefixes.some((prefix) => prefix !== '' && `${name}/`.startsWith(prefix)) ||
    (tops.has(name) && !isDeclaredAbove(name, from, index)) ||
    (mentionedByTools.has(name) &&
      isSource(from) &&
      !isDeclaredAbove(name, from, index) &&
      isAliasLike(name));
}

/** A short word that the settings name may stand for a folder. */
const isAliasLike = (name: string): boolean =>
  /^@?[\w-]+$/.test(name) &&
  name.length < 12 &&
  /^@|^(?:app|src|lib|core|shared|common|components|utils|assets|styles|views|store|api|config|types|hooks|pages|features|modules|services|models|root|test|tests)$/.test(
    name,
  );

const isDeclaredAbove = (name: string, from: string, index: LockIndex): boolean =>
  manifestsAbove(from, index).some((manifest) => manifest.declared.some((one) => one.name === name));

function missingFinding({ name, imports, isLocked }: Need): Finding {
  const [first] = imports;
  const users = new Set(imports.map((one) => one.path)).size;
  const isShipped =
    first !== undefined && isSource(first.path) && !/(?:^|\/)(?:test|tests)\b/.test(first.path);
  const severity = !isShipped || first.kind === 'type' ? 'low' : first.kind === 'lazy' ? 'medium' : 'high';
  const luck = isLocked ? ' It is there only because another package needs it.' : '';
  return {
    rule: 'dependencies/missing',
    severity,
    message: `"${name}" is imported${users > 1 ? ` by ${users} files` : ''}, but no manifest declares it.${luck}`,
    advice: 'Declare it with the version that is meant.',
    ...(first === undefined ? {} : { file: first.path, line: first.line }),
  };
}

/** A package that is there only for developing, needed by what runs at the user's. */
function developmentFinding({ name, manifest, declared, imports }: Need): Finding[] {
  if (declared.length === 0 || declared.some((one) => one.section !== 'devDependencies')) return [];
  if (!declared.some((one) => one.name === name)) return [];
  if (
    manifest.declared.some((one) => isBundler(one.name)) ||
    !manifest.declared.some((one) => one.section === 'dependencies')
  ) {
    return [];
  }
  const first = imports.find(({ path, kind }) => kind === 'value' && isShipped(path, manifest.folder));
  if (first === undefined) return [];
  return [
    {
      rule: 'dependencies/development-only',
      severity: 'low',
      message: `"${name}" is needed here at run time, but stands in devDependencies.`,
      advice: 'Move it to dependencies.',
      file: first.path,
      line: first.line,
    },
  ];
}

function isShipped(path: string, folder: string): boolean {
  const own = folder === '' ? path : path.slice(folder.length + 1);
  const isPlace = /^(?:src|lib|app|server|bin|api|routes|controllers|services|middleware)\//.test(own);
  return (
    isSource(own) && !isTestPath(own) && (isPlace || /^(?:index|main|server|app|cli)\.[cm]?[jt]s$/.test(own))
  );
}
