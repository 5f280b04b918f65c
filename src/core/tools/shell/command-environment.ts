import type { Host } from '../../host';
import { isReadingGit } from '../policy/command-programs';
import { relativeInside } from '../policy/workspace-path';

export interface CommandEnvironment {
  /** Added to the cleaned environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Words that are put behind git's command. */
  readonly words: readonly string[];
}

/** git's settings that name programs, for this call without them. They come before what a repository's settings say. */
const GIT_SETTINGS: readonly (readonly [string, string])[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.pager', 'cat'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['protocol.ext.allow', 'never'],
  ['submodule.recurse', 'false'],
  ['log.showSignature', 'false'],
];
/** Their programs are named by a repository's settings too, but have a flag of their own. */
const GIT_DIFFING = new Set(['diff', 'log', 'show', 'whatchanged']);

/**
 * What every command gets: no pager that waits, no program out of the workspace by its bare name, and, for a git that only
 * reads, no program that a repository's settings name.
 */
export function commandEnvironment(
  command: string | readonly string[],
  workspace: string,
  host: Host,
): CommandEnvironment {
  const common = { PAGER: 'cat', GIT_PAGER: 'cat', GIT_TERMINAL_PROMPT: '0', ...searchPath(workspace, host) };
  if (typeof command === 'string' || !isReadingGit(command)) return { variables: common, words: [] };
  const settings = GIT_SETTINGS.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    variables: {
      ...common,
      GIT_OPTIONAL_LOCKS: '0',
      GIT_CONFIG_COUNT: String(GIT_SETTINGS.length),
      ...(Object.fromEntries(settings) as Record<string, string>),
    },
    words: GIT_DIFFING.has(command[1] ?? '') ? ['--no-ext-diff', '--no-textconv'] : [],
  };
}

/** The person's search path without folders of the workspace: `git` must not become a file that an agent wrote. */
function searchPath(workspace: string, host: Host): Record<string, string> {
  // Windows looks into the current folder first, unless told not to.
  if (host.platform === 'win32') return { NoDefaultCurrentDirectoryInExePath: '1' };
  const path = host.env('PATH');
  if (path === undefined) return {};
  const kept = path
    .split(':')
    .filter(
      (folder) => folder.startsWith('/') && relativeInside(workspace, folder, host.platform) === undefined,
    );
  return { PATH: kept.join(':') };
}
