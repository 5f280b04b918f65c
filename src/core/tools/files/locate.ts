import type { SafeFiles, SafeStat } from '../../host';
import { BatonError, messageOf } from '../../model/errors';
import type { Effect } from '../effect';
import type { ToolScope } from '../tool';
import { resolveToolPath, type PathPlatform } from './resolve-path';
import { visibleText } from './visible-text';

/** A path of the workspace with all links followed. */
export interface Place {
  /** As the model wrote it. */
  readonly requested: string;
  /** Real, below the workspace, forward slashes; "" is the workspace. */
  readonly relative: string;
  /** Real, absolute. */
  readonly path: string;
  /** As asked for, below the workspace, where a link leads from it to `relative`. */
  readonly linkedFrom?: string;
  /** What stands there now. */
  readonly stat: SafeStat | undefined;
  readonly files: SafeFiles;
}

/**
 * Where a path of the workspace really is. Throws "tool-refused" when it leads out of the workspace, by its text or by a link, and
 * names the real target then.
 */
export async function locate(requested: string, scope: ToolScope): Promise<Place> {
  const { host, workspace } = scope;
  const platform = pathPlatform(host.platform);
  const lexical = resolveToolPath(requested, workspace, platform);
  if (lexical.type === 'refused') throw refused(requested, lexical.why);
  const root = await host.files.realPath(workspace);
  if (root === undefined) throw refused(requested, 'The workspace folder is gone.');
  const path = await realPathOf(requested, root, lexical.relative, scope);
  // The system's own answer, not the beginning of the text: "/a/b-evil" begins with "/a/b".
  const real = resolveToolPath(path, root, platform);
  if (real.type === 'refused') throw refused(requested, `It leads to ${visibleText(path)}. ${real.why}`);
  const files = host.files.within(root);
  return {
    requested,
    relative: real.relative,
    path,
    ...(real.relative !== lexical.relative && { linkedFrom: lexical.relative }),
    stat: await looked(requested, () => files.stat(real.relative)),
    files,
  };
}

function pathPlatform(platform: string): PathPlatform {
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}

/** The real path of the deepest part that exists, and the rest behind it. */
async function realPathOf(
  requested: string,
  root: string,
  relative: string,
  { host }: ToolScope,
): Promise<string> {
  const missing: string[] = [];
  const names = relative === '' ? [] : relative.split('/');
  for (;;) {
    const candidate = names.length === 0 ? root : host.files.join(root, ...names);
    const found = await looked(requested, () => host.files.realPath(candidate));
    if (found !== undefined) return missing.length === 0 ? found : host.files.join(found, ...missing);
    // A link to nothing: writing through it would create what it names.
    if ((await looked(requested, () => host.files.stat(candidate)))?.kind === 'symlink')
      throw refused(requested, 'It is a link to something that does not exist.');
    const name = names.pop();
    if (name === undefined) throw refused(requested, 'The workspace folder is gone.');
    missing.unshift(name);
  }
}

/** What the system cannot follow (a circle of links, a folder without rights) is refused, not a fault of Baton. */
async function looked<T>(requested: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof BatonError && error.code === 'eloop')
      throw refused(requested, 'Its links lead in a circle.');
    throw refused(requested, visibleText(messageOf(error)));
  }
}

export function refused(requested: string, why: string): BatonError {
  return new BatonError(
    'tool-refused',
    `The path "${visibleText(requested.slice(0, 300))}" is refused. ${why}`,
  );
}

/** What a call does to a place. By each of its names when a link leads there: either may be one that is guarded. */
export function effectsAt(
  type: 'read' | 'list' | 'write' | 'delete',
  place: Place,
  scope: ToolScope,
): Effect[] {
  const isShared = place.stat?.kind === 'file' && place.stat.links > 1;
  const shared = isShared ? { hardLinked: true as const } : {};
  const names = [place.relative, ...(place.linkedFrom === undefined ? [] : [place.linkedFrom])];
  return names.map((relative) => {
    const path =
      relative === place.relative
        ? place.path
        : scope.host.files.join(scope.workspace, ...relative.split('/'));
    return type === 'read' || type === 'list'
      ? { type, path, ...shared }
      : { type, path, relative, ...shared };
  });
}

/** How a person is shown a place. */
export function shownPlace(place: Place): { path: string; resolved: string } {
  return { path: visibleText(place.requested), resolved: visibleText(place.path) };
}
