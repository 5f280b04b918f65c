import picomatch from 'picomatch';
import type { Finding } from '../../../model/finding';
import { counted } from '../../walk';
import { foldersUp, inFolder, nameOf } from '../places';
import type { Lock, PackageManager } from './lock';
import type { Declared, NpmManifest } from './package-json';

/** Which lockfile holds the versions of which manifest, and where the two have parted. */
export interface LockIndex {
  /** Lockfiles by folder; those that could not be read are there by their manager alone. */
  readonly byFolder: ReadonlyMap<string, readonly { readonly path: string; readonly lock?: Lock }[]>;
  readonly manifests: ReadonlyMap<string, NpmManifest>;
  readonly paths: ReadonlySet<string>;
}

const managers: Readonly<Record<string, PackageManager>> = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'yarn.lock': 'yarn',
  'pnpm-lock.yaml': 'pnpm',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
};

export function indexLocks(
  locks: readonly Lock[],
  manifests: ReadonlyMap<string, NpmManifest>,
  paths: readonly string[],
): LockIndex {
  const read = new Map(locks.map((lock) => [lock.path, lock]));
  const byFolder = new Map<string, { path: string; lock?: Lock }[]>();
  for (const path of paths) {
    if (managers[nameOf(path)] === undefined) continue;
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const lock = read.get(path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), lock === undefined ? { path } : { path, lock }]);
  }
  return { byFolder, manifests, paths: new Set(paths) };
}

/** Lockfiles that hold the versions of a manifest: beside it, or above it where it is part of a workspace there. */
export function locksFor(
  manifest: NpmManifest,
  index: LockIndex,
): readonly { readonly path: string; readonly lock?: Lock }[] {
  for (const folder of foldersUp(manifest.folder)) {
    const locks = index.byFolder.get(folder);
    if (locks === undefined) continue;
    if (folder === manifest.folder) return locks;
    const within = folder === '' ? manifest.folder : manifest.folder.slice(folder.length + 1);
    if (locks.some(({ lock }) => lock?.asked?.[within] !== undefined) || isMember(within, folder, index))
      return locks;
  }
  return [];
}

function isMember(within: string, folder: string, { manifests, paths }: LockIndex): boolean {
  if (paths.has(inFolder(folder, 'pnpm-workspace.yaml')) || paths.has(inFolder(folder, 'lerna.json')))
    return true;
  const globs = manifests.get(folder)?.workspaces ?? [];
  return globs.some(
    (glob) =>
      glob.length < 300 && picomatch.isMatch(within, glob.replace(/^\.\/|\/$/g, ''), { noextglob: true }),
  );
}

export function coverageFindings(manifest: NpmManifest, index: LockIndex): Finding[] {
  const installed = manifest.declared.filter((one) => one.section !== 'peerDependencies');
  const locks = locksFor(manifest, index);
  if (locks.length === 0) return installed.length === 0 ? [] : [noLockfile(manifest, installed)];
  return [
    ...severalLockfiles(locks, manifest),
    ...locks.flatMap(({ lock }) => outOfStep(manifest, lock, installed)),
  ];
}

function noLockfile(manifest: NpmManifest, installed: readonly Declared[]): Finding {
  return {
    rule: 'dependencies/no-lockfile',
    severity: manifest.isLibrary ? 'low' : 'medium',
    message: `No lockfile holds the versions of ${counted(installed.length, 'dependency').replace(/dependencys$/, 'dependencies')}: each install may bring others.`,
    advice: 'Commit the lockfile that the package manager writes.',
    file: manifest.path,
    line: installed[0]?.line ?? manifest.line,
  };
}

function severalLockfiles(locks: readonly { readonly path: string }[], manifest: NpmManifest): Finding[] {
  const own = locks.filter(({ path }) => path === inFolder(manifest.folder, nameOf(path)));
  const kinds = new Set(own.map(({ path }) => managers[nameOf(path)]));
  const [first, second] = own;
  if (kinds.size < 2 || first === undefined || second === undefined) return [];
  return [
    {
      rule: 'dependencies/several-lockfiles',
      severity: 'medium',
      message: `Lockfiles of ${kinds.size} package managers stand side by side: ${own.map(({ path }) => nameOf(path)).join(', ')}.`,
      advice: 'Keep the one of the package manager that is used.',
      file: second.path,
      line: 1,
    },
  ];
}

function outOfStep(manifest: NpmManifest, lock: Lock | undefined, installed: readonly Declared[]): Finding[] {
  // Overrides change what the lockfile records, each manager in its own way.
  if (lock === undefined || manifest.overrides) return [];
  const recorded = recordedRanges(lock, manifest);
  if (recorded === undefined) return [];
  return installed.flatMap((one): Finding[] => {
    if (/^(?:file|link|portal|workspace|catalog|patch):/.test(one.range)) return [];
    const ranges = recorded(one.name);
    if (ranges === 'unknown' || ranges.includes(one.range)) return [];
    const said = ranges.length === 0 ? 'does not have it' : `was made for "${ranges[0]}"`;
    return [
      {
        rule: 'dependencies/lockfile-out-of-step',
        severity: 'medium',
        message: `"${one.name}" is asked for as "${one.range}", but ${nameOf(lock.path)} ${said}.`,
        advice: 'Install again, and commit the lockfile with the manifest.',
        file: manifest.path,
        line: one.line,
      },
    ];
  });
}

type Recorded = (name: string) => readonly string[] | 'unknown';

function recordedRanges(lock: Lock, manifest: NpmManifest): Recorded | undefined {
  const within =
    manifest.folder === lock.folder
      ? ''
      : manifest.folder.slice(lock.folder === '' ? 0 : lock.folder.length + 1);
  if (lock.asked !== undefined) {
    const asked = lock.asked[within];
    if (asked === undefined) return undefined;
    const byName = new Map<string, string[]>();
    for (const [key, range] of Object.entries(asked)) {
      const name = key.slice(key.indexOf('/') + 1);
      byName.set(name, [...(byName.get(name) ?? []), range]);
    }
    return (name) => byName.get(name) ?? [];
  }
  if (lock.requests === undefined) return undefined;
  const byName = new Map<string, string[]>();
  for (const request of lock.requests) {
    const at = request.indexOf('@', 1);
    const name = request.slice(0, at);
    byName.set(name, [...(byName.get(name) ?? []), request.slice(at + 1).replace(/^npm:/, '')]);
  }
  return (name) => {
    const ranges = byName.get(name) ?? [];
    // Repositories and addresses are written in more than one way.
    return ranges.some((range) => /[:#/]/.test(range)) ? 'unknown' : ranges;
  };
}
