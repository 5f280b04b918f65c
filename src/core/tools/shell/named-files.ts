import type { Host } from '../../host';
import { BatonError } from '../../model/errors';
import { visibleText } from '../policy/visible-text';
import { relativeInside } from '../policy/workspace-path';

/** A file that a command names, as it was when the command was shown. */
export interface NamedFile {
  /** Real path, absolute. */
  readonly path: string;
  /** Of its bytes; absent for a folder and for what is too big to be a script. */
  readonly hash?: string;
}

const MOST_CANDIDATES = 1_100;
/** More than any tool of an agent can write. */
const LARGEST_SCRIPT = 8_000_000;

/**
 * The files and folders that the words of a command name, links followed. Where the last part does not exist yet, the folder
 * that it would stand in counts: that too may be a link out of the workspace.
 */
export async function namedFiles(
  words: readonly string[],
  cwd: string,
  host: Host,
): Promise<readonly NamedFile[]> {
  const candidates = [...new Set(words.flatMap(pathsIn))].slice(0, MOST_CANDIDATES);
  const found = new Map<string, NamedFile>();
  for (const candidate of candidates) {
    const path = await deepestReal(candidate, cwd, host);
    if (path === undefined || found.has(path)) continue;
    const hash = await hashOf(path, host);
    found.set(path, { path, ...(hash === undefined ? {} : { hash }) });
  }
  // The order of words is no news.
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The rough words of a shell text, to find the scripts that it names. */
export function roughWords(text: string): readonly string[] {
  return text.split(/[\s'"`;|&<>(){}$]+/).filter((word) => word !== '');
}

/** "a", "--flag=a", "HEAD:a" and "-Ia" may all name a. */
function pathsIn(word: string): readonly string[] {
  const parts = [word, ...word.split(/[=:,@]/)];
  if (/^-[A-Za-z]./.test(word)) parts.push(word.slice(2));
  return parts.filter((part) => part !== '' && part.length < 4_096 && !part.includes('\0'));
}

async function deepestReal(candidate: string, cwd: string, host: Host): Promise<string | undefined> {
  const isAbsolute = relativeInside(
    host.platform === 'win32' ? candidate.slice(0, 3) : '/',
    candidate,
    host.platform,
  );
  let path = isAbsolute === undefined ? host.files.join(cwd, candidate) : candidate;
  const isPath = /[/\\]/.test(candidate);
  for (let depth = 0; depth < 64; depth++) {
    const real = await host.files.realPath(path).catch(() => undefined);
    if (real !== undefined) return real;
    // What is written to it would be made where the link points, and nobody can tell where that is by then.
    if ((await host.files.stat(path).catch(() => undefined))?.kind === 'symlink')
      throw new BatonError('tool-refused', `${visibleText(candidate)} is a link that leads to nothing.`);
    const parent = host.files.dirname(path);
    if (!isPath || parent === path) return undefined;
    path = parent;
  }
  return undefined;
}

async function hashOf(path: string, host: Host): Promise<string | undefined> {
  const stat = await host.files.stat(path).catch(() => undefined);
  if (stat?.kind !== 'file' || stat.size > LARGEST_SCRIPT) return undefined;
  const bytes = await host.files.read(path).catch(() => undefined);
  return bytes === undefined ? undefined : host.sha256(bytes);
}
