import type { FileResult } from '../analysis';
import { factsOf, type ImportFact } from './module-facts';

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  readonly kind: ImportFact['kind'];
  /** As written. */
  readonly target: string;
}

export interface Resolved {
  readonly edges: readonly Edge[];
  /** Relative imports that lead nowhere. */
  readonly missing: readonly { readonly from: string; readonly target: string; readonly line: number }[];
}

const scriptEndings = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.d.ts',
  '.json',
  '.vue',
  '.svelte',
];
const indexNames = [
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.jsx',
  '/index.mjs',
  '/index.cjs',
  '/index.d.ts',
];

/** Which file each import means, as far as the folder tells. Packages from outside are left out. */
export function resolveModules(results: readonly FileResult[], paths: readonly string[]): Resolved {
  const known = new Set(paths);
  const folders = new Set(paths.flatMap(foldersOf));
  const bySuffix = javaSuffixes(paths);
  const edges: Edge[] = [];
  const missing: { from: string; target: string; line: number }[] = [];
  for (const result of results) {
    const covered = new Set<number>();
    for (const fact of factsOf(result).imports) {
      const to = resolve(result, fact, known, bySuffix, covered);
      if (to === result.path) continue;
      if (to !== undefined) {
        covered.add(fact.line);
        edges.push({ from: result.path, to, line: fact.line, kind: fact.kind, target: fact.target });
      } else if (isMissing(result, fact, folders)) {
        missing.push({ from: result.path, target: fact.target, line: fact.line });
      }
    }
  }
  return { edges, missing };
}

function resolve(
  result: FileResult,
  fact: ImportFact,
  known: ReadonlySet<string>,
  bySuffix: ReadonlyMap<string, string>,
  covered: ReadonlySet<number>,
): string | undefined {
  if (result.language === 'python') return resolvePython(result.path, fact, known, covered);
  if (result.language === 'java') return bySuffix.get(`${fact.target.replace(/\./g, '/')}`);
  return resolveScript(result.path, fact.target, known);
}

function resolveScript(from: string, target: string, known: ReadonlySet<string>): string | undefined {
  const bare = target.replace(/[?#].*$/, '');
  const candidates = bare.startsWith('.')
    ? [join(folderOf(from), bare)]
    : // The two aliases that project templates set up.
      /^[@~]\//.test(bare)
      ? [`src/${bare.slice(2)}`, bare.slice(2), `app/${bare.slice(2)}`]
      : [];
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    const found = fileFor(candidate, known);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fileFor(candidate: string, known: ReadonlySet<string>): string | undefined {
  // TypeScript writes the ending that the output will have.
  const source = candidate.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  // Declarations of bundles are named after the script: `x.js` beside `x.d.ts`.
  const declared = candidate.replace(/\.[cm]?jsx?$/, '');
  for (const base of new Set([candidate, source, declared])) {
    for (const ending of scriptEndings) if (known.has(base + ending)) return base + ending;
  }
  const folder = candidate.replace(/\/$/, '');
  for (const name of indexNames) {
    const path = folder === '' ? name.slice(1) : folder + name;
    if (known.has(path)) return path;
  }
  return undefined;
}

function resolvePython(
  from: string,
  fact: ImportFact,
  known: ReadonlySet<string>,
  covered: ReadonlySet<number>,
): string | undefined {
  const [name = '', whole] = fact.target.split('#');
  // `from a import b` where a.b was found: the package is only passed through.
  if (whole !== undefined && covered.has(fact.line)) return undefined;
  const dots = /^\.*/.exec(name)?.[0].length ?? 0;
  const rest = name.slice(dots).replace(/\./g, '/');
  const bases = dots > 0 ? [up(folderOf(from), dots - 1)] : rootsOf(from);
  for (const base of bases) {
    if (base === undefined) continue;
    const stem = [base, rest].filter((part) => part !== '').join('/');
    for (const path of [`${stem}.py`, `${stem}/__init__.py`]) if (stem !== '' && known.has(path)) return path;
  }
  return undefined;
}

/** Where an absolute import may begin: any folder above the file, the nearest last. */
function rootsOf(from: string): string[] {
  const parts = folderOf(from)
    .split('/')
    .filter((part) => part !== '');
  return ['', 'src', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

function javaSuffixes(paths: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const name = /(?:^|\/)(?:src\/(?:main|test)\/(?:java|kotlin)|src|java|kotlin)\/(.+)\.(?:java|kt)$/.exec(
      path,
    )?.[1];
    if (name !== undefined) found.set(name, path);
  }
  return found;
}

function isMissing(result: FileResult, fact: ImportFact, folders: ReadonlySet<string>): boolean {
  const isScript = result.language === 'javascript' || result.language === 'typescript';
  if (!isScript || fact.kind === 'lazy' || !/^\.\.?\//.test(fact.target)) return false;
  // What a build makes is not there before the build; what a bundler loads has endings of its own.
  if (/(?:^|[/.])(?:dist|build|out|lib|generated|gen|__generated__|pkg|types?)(?:[/.]|$)/i.test(fact.target))
    return false;
  if (/[?#!]|\.(?!(?:[cm]?[jt]sx?|json)$)[a-z0-9]+$/i.test(fact.target.replace(/^[./]+/, ''))) return false;
  const place = join(folderOf(result.path), fact.target);
  if (place === undefined) return false;
  // A folder that is there may hold its entry anywhere; a folder that is not there may be ignored by git.
  return folders.has(folderOf(place)) && !folders.has(place);
}

/** Every folder above a path, the workspace ("") included. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function up(folder: string, levels: number): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  return levels > parts.length ? undefined : parts.slice(0, parts.length - levels).join('/');
}

/** A relative path from a folder; undefined when it leaves the workspace. */
function join(folder: string, relative: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
