/* Paths as text: where one stands in the workspace. Links are followed by the tools, before policy sees a path. */

/**
 * An absolute path relative to an absolute folder, with forward slashes: '' for the folder itself, undefined outside of it.
 * Letters' case counts, except on Windows and macOS, whose file systems mostly do not tell them apart.
 */
export function relativeInside(folder: string, path: string, platform: string): string | undefined {
  const root = segmentsOf(folder, platform);
  const parts = segmentsOf(path, platform);
  if (root === undefined || parts === undefined || parts.length < root.length) return undefined;
  const same = (a: string | undefined, b: string | undefined) =>
    a === b || (foldsCase(platform) && a?.toLowerCase() === b?.toLowerCase());
  return root.every((segment, index) => same(segment, parts[index]))
    ? parts.slice(root.length).join('/')
    : undefined;
}

/** A relative path without "." and ".."; undefined when it is absolute, leaves its folder or names no file. */
export function plainRelative(relative: string, platform: string): string | undefined {
  if (isAbsolutePath(relative) || relative.includes('\0') || /^[A-Za-z]:/.test(relative)) return undefined;
  const segments = resolveDots(splitPath(relative, platform));
  return segments === undefined ? undefined : segments.join('/');
}

export function isAbsolutePath(path: string): boolean {
  return /^(?:[/\\~]|[A-Za-z]:[/\\])/.test(path);
}

function segmentsOf(path: string, platform: string): string[] | undefined {
  if (!/^(?:\/|[A-Za-z]:[/\\]|\\\\)/.test(path) || path.includes('\0')) return undefined;
  return resolveDots(splitPath(path, platform));
}

function splitPath(path: string, platform: string): string[] {
  return path.split(platform === 'win32' ? /[/\\]+/ : /\/+/).filter((segment) => segment !== '');
}

function resolveDots(segments: readonly string[]): string[] | undefined {
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.pop() === undefined) return undefined;
  }
  return kept;
}

function foldsCase(platform: string): boolean {
  return platform === 'win32' || platform === 'darwin';
}
