import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json';
import type { SourceFile } from '../../analysis';
import { readJson } from '../../text/json-text';
import { folderOf } from '../places';

export type Section = 'dependencies' | 'devDependencies' | 'optionalDependencies' | 'peerDependencies';

export const sections: readonly Section[] = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
];

export interface Declared {
  readonly name: string;
  readonly range: string;
  readonly section: Section;
  readonly line: number;
}

/** What a package.json says of packages. */
export interface NpmManifest {
  readonly path: string;
  /** "" for the workspace itself. */
  readonly folder: string;
  readonly name?: string;
  readonly isPrivate: boolean;
  /** Made to be installed by others, as far as one can tell. */
  readonly isLibrary: boolean;
  readonly hasLicence: boolean;
  /** Line to show for remarks about the whole. */
  readonly line: number;
  readonly workspaces: readonly string[];
  readonly declared: readonly Declared[];
  /** Named twice within one section: the later one wins without a word. */
  readonly twice: readonly { readonly name: string; readonly line: number }[];
  /** What scripts and settings mention, word by word. */
  readonly words: readonly string[];
  /** "node", "vscode", ... */
  readonly engines: readonly string[];
  /** Some versions are decided elsewhere in the file. */
  readonly overrides: boolean;
}

/** Undefined when the text is no JSON object: the lint says so. */
export function readPackageJson(file: SourceFile): NpmManifest | undefined {
  const { value, lines, duplicates } = readJson(file.text);
  if (!isJsonObject(value)) return undefined;
  const declared = sections.flatMap((section) =>
    entries(value[section]).map(([name, range]): Declared => ({
      name,
      range: typeof range === 'string' ? range : '',
      section,
      line: lines.get(`${section}/${name}`) ?? lines.get(section) ?? 1,
    })),
  );
  const twice = duplicates
    .filter(({ key, line }) => declared.some((one) => one.name === key && one.line === line))
    .map(({ key, line }) => ({ name: key, line }));
  const { name, private: isPrivate } = value;
  return {
    path: file.path,
    folder: folderOf(file.path),
    ...(typeof name === 'string' ? { name } : {}),
    isPrivate: isPrivate === true || isPrivate === 'true',
    isLibrary:
      isPrivate !== true &&
      typeof name === 'string' &&
      ['main', 'module', 'exports', 'types', 'typings', 'files', 'bin', 'publishConfig'].some(
        (key) => key in value,
      ),
    hasLicence: isGiven(value['license']) || isGiven(value['licenses']) || isGiven(value['licence']),
    line: lines.get('name') ?? 1,
    workspaces: workspacesOf(value['workspaces']),
    declared,
    twice,
    words: wordsOf(value),
    engines: entries(value['engines']).map(([engine]) => engine),
    overrides: 'overrides' in value || 'resolutions' in value || isJsonObject(value['pnpm']),
  };
}

const isGiven = (value: JsonValue | undefined): boolean =>
  (typeof value === 'string' && value.trim() !== '') ||
  isJsonObject(value) ||
  (Array.isArray(value) && value.length > 0);

function entries(value: JsonValue | undefined): [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

function workspacesOf(value: JsonValue | undefined): string[] {
  const list = isJsonObject(value) ? value['packages'] : value;
  return Array.isArray(list) ? (list as JsonValue[]).filter((one) => typeof one === 'string') : [];
}

/** Prose and addresses: a package named there is not used there. */
const prose: ReadonlySet<string> = new Set([
  ...sections,
  'name',
  'version',
  'description',
  'displayName',
  'keywords',
  'author',
  'contributors',
  'maintainers',
  'repository',
  'homepage',
  'bugs',
  'license',
  'categories',
  'contributes',
  'files',
  'funding',
  'engines',
  'overrides',
  'resolutions',
  'peerDependenciesMeta',
  'workspaces',
  'packageManager',
]);

function wordsOf(manifest: JsonObject): string[] {
  const words = new Set<string>();
  const see = (value: JsonValue): void => {
    if (typeof value === 'string') for (const word of value.match(/[@\w][@\w./-]*/g) ?? []) words.add(word);
    else if (Array.isArray(value)) (value as readonly JsonValue[]).forEach(see);
    else if (isJsonObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        words.add(key);
        see(inner);
      }
    }
  };
  for (const [key, value] of Object.entries(manifest)) {
    if (prose.has(key)) continue;
    words.add(key);
    see(value);
  }
  return [...words].sort();
}
