import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { SourceFile } from '../analysis';
import { readJson } from '../text/json-text';
import type { Declared, Lockfile, Locked, Manifest } from './dependency-facts';

const sections: readonly (readonly [string, Declared['section']])[] = [
  ['dependencies', 'runtime'],
  ['devDependencies', 'development'],
  ['peerDependencies', 'peer'],
  ['optionalDependencies', 'optional'],
];

/** package.json; undefined when it cannot be read. Duplicate keys come out as dependencies declared twice. */
export function nodeManifest(file: SourceFile): { manifest: Manifest; mentions: string[] } | undefined {
  const { value, lines, duplicates } = readJson(file.text);
  if (!isJsonObject(value)) return undefined;
  const dependencies: Declared[] = [];
  for (const [key, section] of sections) {
    for (const [name, range] of Object.entries(objectAt(value, key))) {
      if (typeof range !== 'string') continue;
      const line = lines.get(`${key}/${name}`) ?? 1;
      dependencies.push({ name, range, section, line });
      for (const duplicate of duplicates) {
        // The line of a key is that of its last place; the same name elsewhere in the file is another matter.
        if (duplicate.key === name && duplicate.line === line)
          dependencies.push({ name, range, section, line });
      }
    }
  }
  const license = value['license'] ?? value['licenses'];
  const manifest: Manifest = {
    ecosystem: 'npm',
    ...(typeof value['name'] === 'string' ? { name: value['name'] } : {}),
    dependencies,
    ...(license === undefined
      ? {}
      : { license: typeof license === 'string' ? license : JSON.stringify(license) }),
    isPrivate: value['private'] === true,
    isLibrary:
      ['main', 'exports', 'module', 'types', 'bin'].some((key) => value[key] !== undefined) &&
      value['private'] !== true,
    aliases: Object.keys(objectAt(value, 'imports')),
    line: lines.get('dependencies') ?? lines.get('devDependencies') ?? 1,
  };
  return { manifest, mentions: mentionsOf(value) };
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isJsonObject(found) ? found : {};
}

/** Words of the scripts and of everything else that is no list of dependencies: tools are configured there. */
function mentionsOf(value: JsonObject): string[] {
  const rest = Object.entries(value).filter(
    ([key]) =>
      !sections.some(([name]) => name === key) &&
      !/^(?:name|description|keywords|author|contributors|repository|homepage|bugs)$/.test(key),
  );
  return wordsOf(rest.map(([, inner]) => inner));
}

export function wordsOf(value: JsonValue): string[] {
  const words = new Set<string>();
  const visit = (inner: JsonValue, depth: number): void => {
    if (depth > 20 || words.size > 3_000) return;
    if (typeof inner === 'string')
      for (const word of inner.match(/@?[\w.-]+(?:\/[\w.-]+)*/g) ?? []) words.add(word);
    else if (Array.isArray(inner)) for (const item of inner as readonly JsonValue[]) visit(item, depth + 1);
    else if (isJsonObject(inner)) {
      for (const [key, item] of Object.entries(inner)) {
        words.add(key);
        visit(item, depth + 1);
      }
    }
  };
  visit(value, 0);
  return [...words];
}

/** package-lock.json and npm-shrinkwrap.json, of any version; yarn.lock and pnpm-lock.yaml as far as names and versions go. */
export function nodeLockfile(file: SourceFile): Lockfile {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  if (name === 'yarn.lock') return yarnLock(file);
  if (name === 'pnpm-lock.yaml') return pnpmLock(file);
  if (name === 'bun.lock') return { ecosystem: 'npm', manager: 'bun', packages: [] };
  return npmLock(file);
}

function npmLock(file: SourceFile): Lockfile {
  const { value, lines } = readJson(file.text);
  const base = { ecosystem: 'npm', manager: 'npm' } as const;
  if (!isJsonObject(value)) return { ...base, packages: [] };
  const packages: Locked[] = [];
  const modern = objectAt(value, 'packages');
  for (const [path, entry] of Object.entries(modern)) {
    if (path === '' || !isJsonObject(entry) || entry['link'] === true) continue;
    const at = path.lastIndexOf('node_modules/');
    if (at < 0) continue;
    const own = typeof entry['name'] === 'string' ? entry['name'] : path.slice(at + 'node_modules/'.length);
    packages.push(locked(own, entry, lines.get(`packages/${path}`) ?? 1));
  }
  if (packages.length === 0) old(objectAt(value, 'dependencies'), 'dependencies', lines, packages, 0);
  const root = modern[''];
  if (!isJsonObject(root)) return { ...base, packages };
  const asked: Record<string, string> = {};
  for (const [key] of sections) {
    for (const [dependency, range] of Object.entries(objectAt(root, key))) {
      if (typeof range === 'string') asked[dependency] = range;
    }
  }
  return { ...base, packages, asked };
}

/** The nested form of npm 6 and earlier. */
function old(
  entries: JsonObject,
  path: string,
  lines: ReadonlyMap<string, number>,
  packages: Locked[],
  depth: number,
): void {
  for (const [name, entry] of Object.entries(entries)) {
    if (!isJsonObject(entry)) continue;
    packages.push(locked(name, entry, lines.get(`${path}/${name}`) ?? 1));
    if (depth < 20)
      old(objectAt(entry, 'dependencies'), `${path}/${name}/dependencies`, lines, packages, depth + 1);
  }
}

function locked(name: string, entry: JsonObject, line: number): Locked {
  const text = (key: string): string | undefined => (typeof entry[key] === 'string' ? entry[key] : undefined);
  const resolved = text('resolved') ?? '';
  const isRemote = /^https?:/.test(resolved);
  const unsafe = resolved.startsWith('http:')
    ? 'clear-text'
    : isRemote && text('integrity') === undefined
      ? 'no-hash'
      : undefined;
  const [license, deprecated] = [text('license'), text('deprecated')];
  return {
    name,
    version: text('version') ?? '',
    line,
    ...(license === undefined ? {} : { license }),
    ...(deprecated === undefined ? {} : { deprecated: deprecated.slice(0, 120) }),
    ...(unsafe === undefined ? {} : { unsafe }),
    ...(entry['hasInstallScript'] === true ? { hasInstallScript: true as const } : {}),
  };
}

function yarnLock(file: SourceFile): Lockfile {
  const packages: Locked[] = [];
  file.lines.forEach((line, index) => {
    const name = /^"?(@?[^@\s",]+)@[^:]*:$/.exec(line.slice(0, 500))?.[1];
    if (name === undefined) return;
    const version = /^\s+version:?\s+"?([^"\s]+)"?/.exec(file.lines[index + 1] ?? '')?.[1];
    const resolved = /^\s+resolved\s+"([^"]+)"/.exec(file.lines[index + 2] ?? '')?.[1] ?? '';
    if (version !== undefined) {
      packages.push({
        name,
        version,
        line: index + 1,
        ...(resolved.startsWith('http:') ? { unsafe: 'clear-text' as const } : {}),
      });
    }
  });
  return { ecosystem: 'npm', manager: 'yarn', packages };
}

function pnpmLock(file: SourceFile): Lockfile {
  const packages: Locked[] = [];
  let inside = false;
  file.lines.forEach((line, index) => {
    if (/^\S/.test(line)) inside = /^packages:/.test(line);
    const match = inside
      ? /^ {2}'?\/?((?:@[^/@]+\/)?[^/@'(]+)[@/](\d[^:'(]*)/.exec(line.slice(0, 300))
      : null;
    if (match !== null) packages.push({ name: match[1] ?? '', version: match[2] ?? '', line: index + 1 });
  });
  return { ecosystem: 'npm', manager: 'pnpm', packages };
}
