import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json';
import type { SourceFile } from '../../analysis';
import { readJson } from '../../text/json-text';
import { folderOf, nameOf } from '../places';
import type { Lock, LockedPackage } from './lock';
import { readPnpmLock } from './pnpm-lock';
import { readYarnLock } from './yarn-lock';

/** A lockfile of the npm world, or undefined when it is none or cannot be read. */
export function readLock(file: SourceFile): Lock | undefined {
  switch (nameOf(file.path)) {
    case 'package-lock.json':
    case 'npm-shrinkwrap.json':
      return readPackageLock(file);
    case 'yarn.lock':
      return readYarnLock(file);
    case 'pnpm-lock.yaml':
      return readPnpmLock(file);
    case 'bun.lock':
      return {
        path: file.path,
        folder: folderOf(file.path),
        manager: 'bun',
        packages: [],
        knowsLicences: false,
      };
    default:
      return undefined;
  }
}

function readPackageLock(file: SourceFile): Lock | undefined {
  const { value, lines } = readJson(file.text);
  if (!isJsonObject(value)) return undefined;
  const base = { path: file.path, folder: folderOf(file.path), manager: 'npm' as const };
  const { packages } = value;
  if (!isJsonObject(packages)) {
    const found: LockedPackage[] = [];
    readTree(value['dependencies'], 'dependencies', 1, lines, found);
    return { ...base, packages: found, knowsLicences: false };
  }
  const found: LockedPackage[] = [];
  const asked: Record<string, Record<string, string>> = {};
  for (const [key, entry] of Object.entries(packages)) {
    if (!isJsonObject(entry)) continue;
    const at = key.lastIndexOf('node_modules/');
    if (at < 0) asked[key] = rangesOf(entry);
    else if (entry['link'] !== true) {
      const name = text(entry['name']) ?? key.slice(at + 'node_modules/'.length);
      found.push(lockedPackage(name, entry, lines.get(`packages/${key}`) ?? 1));
    }
  }
  return { ...base, packages: found, knowsLicences: found.some((one) => one.licence !== undefined), asked };
}

/** Lockfiles of npm 6 and before: packages within packages. */
function readTree(
  tree: JsonValue | undefined,
  path: string,
  above: number,
  lines: ReadonlyMap<string, number>,
  found: LockedPackage[],
): void {
  if (!isJsonObject(tree)) return;
  for (const [name, entry] of Object.entries(tree)) {
    if (!isJsonObject(entry)) continue;
    const line = lines.get(`${path}/${name}`) ?? above;
    found.push(lockedPackage(name, entry, line));
    readTree(entry['dependencies'], `${path}/${name}/dependencies`, line, lines, found);
  }
}

function lockedPackage(name: string, entry: JsonObject, line: number): LockedPackage {
  const resolved = text(entry['resolved']) ?? '';
  const licence = licenceOf(entry['license']);
  const deprecated = text(entry['deprecated']);
  const isFetched = /^https?:/.test(resolved) && !/\.git(?:#|$)/.test(resolved);
  const bin = entry['bin'];
  return {
    name,
    version: text(entry['version']) ?? '',
    line,
    ...(licence === undefined ? {} : { licence }),
    ...(deprecated === undefined ? {} : { deprecated: deprecated.slice(0, 200) }),
    ...(entry['hasInstallScript'] === true ? { hasInstallScript: true } : {}),
    ...(isPlainHttp(resolved) ? { plainHttp: true } : {}),
    ...(isFetched &&
    entry['integrity'] === undefined &&
    entry['inBundle'] !== true &&
    entry['bundled'] !== true
      ? { unchecked: true }
      : {}),
    ...(entry['dev'] === true || entry['devOptional'] === true ? { isDev: true } : {}),
    ...(isJsonObject(bin) ? { bin: Object.keys(bin) } : {}),
  };
}

export const isPlainHttp = (address: string): boolean =>
  /^http:\/\/(?!localhost\b|127\.|\[::1\])/.test(address) ||
  address.startsWith('git://') ||
  address.startsWith('git+http:');

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

function licenceOf(value: JsonValue | undefined): string | undefined {
  if (Array.isArray(value)) return (value as JsonValue[]).map((one) => licenceOf(one) ?? '').join(' OR ');
  return isJsonObject(value) ? text(value['type']) : text(value);
}

function rangesOf(entry: JsonObject): Record<string, string> {
  const ranges: Record<string, string> = {};
  for (const section of ['peerDependencies', 'devDependencies', 'dependencies', 'optionalDependencies']) {
    const list = entry[section];
    if (!isJsonObject(list)) continue;
    for (const [name, range] of Object.entries(list)) {
      if (typeof range === 'string') ranges[`${section}/${name}`] = range;
    }
  }
  return ranges;
}
