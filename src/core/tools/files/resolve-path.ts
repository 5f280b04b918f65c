/*
 * owns: what a path that a model wrote means, by the rules of one system, without looking at the disk.
 * does not own: links (locate), who may touch what (policy).
 * must stay true: a path is inside only if every system call on the result stays below the workspace as long as no link is met.
 */
import { isProtected } from '../policy/protected-files';

export type PathPlatform = 'linux' | 'darwin' | 'win32';

export type ResolvedPath =
  | {
      readonly type: 'inside';
      /** Below the workspace, forward slashes, no dots; "" is the workspace itself. */
      readonly relative: string;
      /** True when a person has to be asked before it is changed. */
      readonly isProtected: boolean;
    }
  | {
      readonly type: 'refused';
      /** One sentence for the model and for people. */
      readonly why: string;
    };

const LONGEST_PATH = 4_096;
const LONGEST_NAME = 255;

/** C0, C1, direction marks, invisible characters, tags and halves of characters: they make a name look like another one. */
const DECEIVING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/u;

/** Judges a path by the rules of a system. `workspace` is the folder's absolute path in that system's spelling. */
export function resolveToolPath(requested: string, workspace: string, platform: PathPlatform): ResolvedPath {
  const fault =
    textFault(requested) ?? (platform === 'win32' ? windowsFault(requested, workspace) : undefined);
  if (fault !== undefined) return refused(fault);
  const home = split(workspace, platform);
  const given = split(requested, platform);
  const start = given.isAbsolute ? [] : home.names;
  const names: string[] = [...start];
  for (const name of given.names) {
    if (name === '..') {
      if (names.pop() === undefined) return refused('It leads out of the workspace.');
    } else names.push(name);
  }
  const isInside = home.names.every((name, at) => names[at] !== undefined && same(name, names[at], platform));
  if (!isInside) return refused('It leads out of the workspace.');
  const inner = names.slice(home.names.length);
  return judgeNames(inner, platform);
}

function judgeNames(names: readonly string[], platform: PathPlatform): ResolvedPath {
  const relative = names.join('/');
  const isGuarded = relative !== '' && isProtected(relative, platform);
  for (const name of names) {
    if (new TextEncoder().encode(name).length > LONGEST_NAME) return refused('A name in it is too long.');
    const fault =
      platform === 'win32'
        ? windowsNameFault(name, isGuarded)
        : platform === 'darwin' && name.toLowerCase() === '..namedfork'
          ? 'It names a second stream of a file.'
          : undefined;
    if (fault !== undefined) return refused(fault);
  }
  // Windows drops the spaces: the name that it really touches is the one that is shown and judged.
  const real = platform === 'win32' ? names.map((name) => name.replace(/ +$/, '')).join('/') : relative;
  return { type: 'inside', relative: real, isProtected: isGuarded };
}

function textFault(path: string): string | undefined {
  if (path.trim() === '') return 'It is empty.';
  if (path.length > LONGEST_PATH) return 'It is too long.';
  if (DECEIVING.test(path)) return 'It holds characters that cannot be seen.';
  const first = path.split(/[/\\]/, 1)[0] ?? '';
  // A shell would put a folder there; taken as a name it would surprise whoever wrote it.
  if (
    first.startsWith('~') ||
    /^\$(?:\{.*\}?|[A-Z_][A-Z0-9_]*)$/.test(first) ||
    (/^%[^%]+%/.test(first) && !/^%[0-9a-f]{2}/i.test(first))
  )
    return 'It begins with a shortcut of a shell, which is not followed; name it relative to the workspace.';
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return 'It is an address, no path.';
  if (/^[/\\]{2}/.test(path)) return 'It names another machine or a device.';
  return undefined;
}

function windowsFault(path: string, workspace: string): string | undefined {
  if (/^[/\\]\?\?/.test(path)) return 'It names a device.';
  const drive = /^([a-z]):/i.exec(path)?.[1]?.toLowerCase();
  if (drive !== undefined) {
    if (!/^[a-z]:[/\\]/i.test(path)) return 'It is relative to the folder of a drive.';
    if (drive !== /^([a-z]):/i.exec(workspace)?.[1]?.toLowerCase()) return 'It leads out of the workspace.';
  } else if (/^[/\\]/.test(path) && /^[/\\]{2}/.test(workspace)) return 'It leads out of the workspace.';
  const rest = drive === undefined ? path : path.slice(2);
  if (rest.includes(':')) return 'It names a second stream of a file.';
  if (/[<>"|?*]/.test(rest)) return 'It holds a character that Windows does not allow in names.';
  return undefined;
}

/** Names that Windows opens as something else than what they say. */
function windowsNameFault(name: string, isGuarded: boolean): string | undefined {
  const bare = name.replace(/[ .]+$/, '');
  if (
    /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?: *\..*)?$/i.test(bare)
  )
    return 'It names a device.';
  if (/^[^.]{1,8}~[0-9]{1,6}(?:\.[^.]{0,3})?$/.test(bare)) return 'It is the short form of another name.';
  // Three dots and more are a name that Windows takes as this very folder.
  if (/^\.{3,}$/.test(name)) return undefined;
  if (bare === '' || name.endsWith('.')) return 'A name in it ends with a dot, which Windows drops.';
  if (name.endsWith(' ') && !isGuarded) return 'A name in it ends with a space, which Windows drops.';
  return undefined;
}

interface SplitPath {
  readonly isAbsolute: boolean;
  /** Without "." and what is empty; ".." is kept. */
  readonly names: readonly string[];
}

function split(path: string, platform: PathPlatform): SplitPath {
  const text = platform === 'win32' ? path.replaceAll('\\', '/').replace(/^[a-z]:/i, '') : path;
  return {
    isAbsolute: text.startsWith('/'),
    names: text.split('/').filter((name) => name !== '' && name !== '.'),
  };
}

/** Whether two spellings are the same name there. */
function same(one: string, other: string, platform: PathPlatform): boolean {
  return foldName(one, platform) === foldName(other, platform);
}

/** The spelling under which a system looks a name up. */
function foldName(name: string, platform: PathPlatform): string {
  return platform === 'linux' ? name : name.normalize('NFC').toLowerCase();
}

function refused(why: string): ResolvedPath {
  return { type: 'refused', why };
}
