import ignore, { type Ignore } from 'ignore';
import { throwIfAborted } from '../base/abort';
import type { DirectoryEntry, HostFiles } from '../host';
import { languageOf } from './language';
import type { Selection } from './selection';

export interface FoundFile {
  /** Relative to the workspace, forward slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface Walk {
  /** Sorted by path. */
  readonly files: readonly FoundFile[];
  /** For people: what was left out, and why. */
  readonly notes: readonly string[];
  /** The folder holds more than the limits allow: what is absent here proves nothing. */
  readonly isCut: boolean;
}

/** Files that rules can read, names looked at, and folders inside of folders. */
export interface WalkLimits {
  readonly files: number;
  readonly entries: number;
  readonly depth: number;
}

export const walkLimits: WalkLimits = { files: 20_000, entries: 200_000, depth: 40 };

/** Never looked into: other people's code, version control, caches. */
const foreignFolders: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  '.git',
  '.hg',
  '.svn',
  '.yarn',
  '.pnpm-store',
  '__pycache__',
  'site-packages',
  '.venv',
  'venv',
  '.tox',
  '.nox',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.gradle',
  '.terraform',
  '.cache',
  '.next',
  '.nuxt',
  '.svelte-kit',
  '.turbo',
  '.parcel-cache',
  '.nyc_output',
  '.idea',
  '.vscode-test',
  'coverage',
  'vendor',
]);

/** Build output where the sources stand beside it; else it is all there is to look at. */
const outputFolders: ReadonlySet<string> = new Set([
  'dist',
  'out',
  'build',
  'target',
  'lib-cov',
  'storybook-static',
]);
const sourceMarks: ReadonlySet<string> = new Set([
  'src',
  'Cargo.toml',
  'pom.xml',
  'build.gradle',
  'tsconfig.json',
]);

interface Rules {
  readonly base: string;
  readonly ignore: Ignore;
}

/** A folder that waits to be looked into, with the rules that hold above it. */
interface Waiting {
  readonly folder: string;
  readonly outer: readonly Rules[];
  readonly depth: number;
}

/**
 * Lists the files of a folder that are its own: what `.gitignore` names, other people's code and build output are left
 * out, symbolic links are not followed (so there are no loops and no ways out). Bounded by `limits`.
 */
export async function walk(
  files: HostFiles,
  workspace: string,
  selection: Selection,
  signal: AbortSignal,
  limits: WalkLimits = walkLimits,
): Promise<Walk> {
  const walker = new Walker(files, workspace, selection, signal, limits);
  for (const root of selection.roots) await walker.start(root);
  return walker.result();
}

class Walker {
  private readonly found = new Map<string, FoundFile>();
  private readonly unreadable: string[] = [];
  /** Files found that rules can read. */
  private readable = 0;
  private entries = 0;
  private links = 0;
  private full = false;

  constructor(
    private readonly files: HostFiles,
    private readonly workspace: string,
    private readonly selection: Selection,
    private readonly signal: AbortSignal,
    private readonly limits: WalkLimits,
  ) {}

  async start(root: string): Promise<void> {
    const full = root === '' ? this.workspace : this.files.join(this.workspace, root);
    const [real, home] = [await this.files.realPath(full), await this.files.realPath(this.workspace)];
    const inside =
      real !== undefined && home !== undefined && !this.files.relative(home, real).startsWith('..');
    if (real !== undefined && !inside) {
      this.unreadable.push(`${root} leads out of the folder`);
      return;
    }
    const stat = await this.files.stat(full);
    if (root !== '' && stat?.kind === 'file') {
      this.found.set(root, { path: root, size: stat.size });
      return;
    }
    if (root !== '' && stat === undefined) {
      this.unreadable.push(`${root} does not exist`);
      return;
    }
    // The rules above the root hold below it, too.
    const rules: Rules[] = [];
    const parts = root.split('/').filter((part) => part !== '');
    for (let depth = 0; depth < parts.length; depth++) {
      const base = parts.slice(0, depth).join('/');
      rules.push(...(await this.rulesOf(base)));
    }
    // Level by level: where a limit cuts, a folder full of data may not hide the sources that stand beside it.
    let level: readonly Waiting[] = [{ folder: root, outer: rules, depth: parts.length }];
    while (level.length > 0) {
      const below: Waiting[] = [];
      for (const waiting of level) below.push(...(await this.enter(waiting)));
      level = below;
    }
  }

  result(): Walk {
    const sorted = [...this.found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    const notes = this.unreadable.sort().slice(0, 20);
    if (this.links > 0) notes.push(`${counted(this.links, 'symbolic link')} not followed`);
    if (this.full)
      notes.push(
        `Only ${counted(this.found.size, 'file')} of the folder were looked at: it is too large. Name its parts with "paths"`,
      );
    return { files: sorted, notes, isCut: this.full };
  }

  /** Finds the files of one folder, and gives the folders in it. */
  private async enter({ folder, outer, depth }: Waiting): Promise<Waiting[]> {
    throwIfAborted(this.signal);
    const below: Waiting[] = [];
    if (this.full) return below;
    if (depth > this.limits.depth) {
      this.unreadable.push(`${folder} is nested too deep`);
      return below;
    }
    const entries = await this.list(folder);
    const names = new Set(entries.map((entry) => entry.name));
    const rules = names.has('.gitignore') ? [...outer, ...(await this.rulesOf(folder))] : outer;
    const hasSources = [...sourceMarks].some((name) => names.has(name));
    for (const entry of entries) {
      if (++this.entries > this.limits.entries || this.readable >= this.limits.files) {
        this.full = true;
        return below;
      }
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.kind === 'symlink') this.links++;
      else if (entry.kind === 'directory') {
        const skipped = foreignFolders.has(entry.name) || (hasSources && outputFolders.has(entry.name));
        if (!skipped && !isIgnored(rules, `${path}/`))
          below.push({ folder: path, outer: rules, depth: depth + 1 });
      } else if (entry.kind === 'file' && !isIgnored(rules, path) && this.selection.wants(path)) {
        const stat = await this.files.stat(this.files.join(this.workspace, path));
        if (stat !== undefined) this.found.set(path, { path, size: stat.size });
        if (languageOf(path) !== 'binary') this.readable++;
      }
    }
    return below;
  }

  private async list(folder: string): Promise<DirectoryEntry[]> {
    try {
      const entries = await this.files.list(
        folder === '' ? this.workspace : this.files.join(this.workspace, folder),
      );
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      this.unreadable.push(`${folder === '' ? 'The folder' : folder} could not be read`);
      return [];
    }
  }

  private async rulesOf(folder: string): Promise<Rules[]> {
    const bytes = await this.files
      .read(this.files.join(this.workspace, folder, '.gitignore'), { length: 200_000 })
      .catch(() => undefined);
    if (bytes === undefined) return [];
    return [
      { base: folder === '' ? '' : `${folder}/`, ignore: ignore().add(new TextDecoder().decode(bytes)) },
    ];
  }
}

/** The innermost rule file that has an opinion decides, as in git. */
function isIgnored(rules: readonly Rules[], path: string): boolean {
  for (let at = rules.length - 1; at >= 0; at--) {
    const rule = rules[at];
    if (rule === undefined) continue;
    const verdict = rule.ignore.test(path.slice(rule.base.length));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
