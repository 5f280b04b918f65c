import ignore, { type Ignore } from 'ignore';
import { throwIfAborted } from '../../base/abort';
import type { FileStat, SafeFiles } from '../../host';
import { BatonError } from '../../model/errors';

export interface TreeEntry {
  /** Below the workspace, forward slashes. */
  readonly path: string;
  readonly kind: FileStat['kind'];
  /** 1 for what lies in the folder where the walk began. */
  readonly depth: number;
}

export interface TreeWalk {
  readonly files: SafeFiles;
  /** Below the workspace; "" is the workspace. */
  readonly start: string;
  readonly maxDepth: number;
  /** True: also what `.gitignore` names, and other people's code. */
  readonly includesIgnored: boolean;
  readonly signal: AbortSignal;
}

const MOST_ENTRIES = 200_000;
const LARGEST_RULES = 200_000;
/** Never a project's own, and large. */
const FOREIGN: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules']);

interface Rules {
  readonly base: string;
  readonly ignore: Ignore;
}

/** What lies below a folder, sorted by name, a folder before what it holds. Links are told, never followed. */
export async function* walkTree(walk: TreeWalk): AsyncGenerator<TreeEntry> {
  const rules: Rules[] = [];
  if (!walk.includesIgnored) {
    // The rules above the folder hold in it too.
    const parts = walk.start.split('/').filter((part) => part !== '');
    for (let depth = 0; depth < parts.length; depth += 1)
      rules.push(...(await rulesOf(walk.files, parts.slice(0, depth).join('/'))));
  }
  const count = { entries: 0 };
  yield* enter(walk, walk.start, rules, 1, count);
}

async function* enter(
  walk: TreeWalk,
  folder: string,
  outer: readonly Rules[],
  depth: number,
  count: { entries: number },
): AsyncGenerator<TreeEntry> {
  throwIfAborted(walk.signal);
  const entries = await listQuietly(walk.files, folder);
  const rules =
    !walk.includesIgnored && entries.some((entry) => entry.name === '.gitignore')
      ? [...outer, ...(await rulesOf(walk.files, folder))]
      : outer;
  for (const { name, kind } of entries) {
    if (++count.entries > MOST_ENTRIES) return;
    const path = folder === '' ? name : `${folder}/${name}`;
    const isFolder = kind === 'directory';
    if (!walk.includesIgnored && (FOREIGN.has(name) || isIgnored(rules, isFolder ? `${path}/` : path)))
      continue;
    yield { path, kind, depth };
    if (isFolder && depth < walk.maxDepth) yield* enter(walk, path, rules, depth + 1, count);
  }
}

/** A folder that vanished, moved or may not be read is empty here: the tree is being worked on. */
async function listQuietly(files: SafeFiles, folder: string) {
  try {
    return (await files.list(folder)) ?? [];
  } catch (error) {
    if (error instanceof BatonError) return [];
    throw error;
  }
}

async function rulesOf(files: SafeFiles, folder: string): Promise<Rules[]> {
  const path = folder === '' ? '.gitignore' : `${folder}/.gitignore`;
  const file = await files.read(path, LARGEST_RULES).catch(() => undefined);
  if (file === undefined) return [];
  const text = new TextDecoder().decode(file.bytes).split('\n').filter(isQuick).join('\n');
  return [{ base: folder === '' ? '' : `${folder}/`, ignore: ignore().add(text) }];
}

/** A rule becomes a regular expression; one with many stars could look at a long name for ever, so it does not count. */
function isQuick(rule: string): boolean {
  const stars = rule.match(/\*+/g)?.length ?? 0;
  return (
    rule.length <= 1_000 &&
    stars <= 4 &&
    rule.split('/').every((part) => (part.match(/\*+/g)?.length ?? 0) <= 3)
  );
}

/** The innermost rule file that has an opinion decides, as in git. */
function isIgnored(rules: readonly Rules[], path: string): boolean {
  for (const rule of [...rules].reverse()) {
    const verdict = rule.ignore.test(path.slice(rule.base.length));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}
