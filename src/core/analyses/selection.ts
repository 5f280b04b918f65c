import picomatch from 'picomatch';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json';
import { BatonError } from '../model/errors';

/** Which part of a folder a step looks at: `with: { paths, include, exclude }`. */
export interface Selection {
  /** Folders or files relative to the workspace; [''] is all of it. */
  readonly roots: readonly string[];
  /** Whether a file is wanted, by its path relative to the workspace. */
  wants(path: string): boolean;
  readonly partial: boolean;
}

/** Throws "invalid-with" when an option is no path or list of paths, or leads out of the folder. */
export function readSelection(options: JsonObject): Selection {
  const roots = texts(options, 'paths').map(insidePath);
  const include = globs(texts(options, 'include'));
  const exclude = globs(texts(options, 'exclude'));
  return {
    roots: roots.length === 0 ? [''] : roots,
    wants: (path) => (include === undefined || include(path)) && !(exclude?.(path) ?? false),
    partial: roots.some((root) => root !== '') || include !== undefined || exclude !== undefined,
  };
}

function texts(options: JsonObject, name: string): string[] {
  const value: JsonValue | undefined = isJsonObject(options) ? options[name] : undefined;
  if (value === undefined || value === null || value === '') return [];
  const list = typeof value === 'string' ? [value] : value;
  if (Array.isArray(list) && list.every((item) => typeof item === 'string' && item.length <= 500)) {
    return list as string[];
  }
  throw new BatonError('invalid-with', `with.${name} is a path or a list of paths`);
}

function insidePath(path: string): string {
  const parts = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (/^(?:\/|[A-Za-z]:)/.test(path) || parts.includes('..')) {
    throw new BatonError('invalid-with', `with.paths leads out of the folder: ${path}`);
  }
  return parts.join('/');
}

function globs(patterns: readonly string[]): ((path: string) => boolean) | undefined {
  if (patterns.length === 0) return undefined;
  const matchers = patterns.map((pattern) => {
    const plain = pattern.replace(/^\.?\//, '').replace(/\/$/, '/**');
    // Extended globs may backtrack without end, and nobody needs them here.
    return picomatch(plain, { dot: true, noextglob: true, basename: !plain.includes('/'), maxLength: 500 });
  });
  return (path) => matchers.some((matches) => matches(path));
}
