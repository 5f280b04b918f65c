import ignore, { type Ignore } from 'ignore';
import { throwIfAborted } from '../base/abort';
import type { DirectoryEntry, HostFiles } from '../host';
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
}

export const walkLimits = { files: 20_000, entries: 200_000, depth: 40 };

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

/**
 * Lists the files of a folder that are its own: what `.gitignore` names, other people's code and build output are left
 * out, symbolic links are not followed (so there are no loops and no ways out). Bounded by `walkLimits`.
 */
export async function walk(
  files: HostFiles,
  workspace: string,
  selection: Selection,
  signal: AbortSignal,
): Promise<Walk> {
  const walker = new Walker(files, workspace, selection, signal);
  for (const root of selection.roots) await walker.start(root);
  return walker.result();
}

class Walker {
  private readonly found = new Map<string, FoundFile>();
  private readonly unreadable: string[] = [];
  private entries = 0;
  private links = 0;
  private full = false;

  constructor(
    private readonly files: HostFiles,
    private readonly workspace: string,
    private readonly selection: Selection,
    private readonly signal: AbortSignal,
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
    await this.enter(root, rules, parts.length);
  }

  result(): Walk {
    const sorted = [...this.found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    const notes = this.unreadable.sort().slice(0, 20);
    if (this.links > 0) notes.push(`${counted(this.links, 'symbolic link')} not followed`);
    if (this.full)
      notes.push(`Only the first ${this.found.size} files were looked at: the folder is too large`);
    return { files: sorted, notes };
  }

  private async enter(folder: string, outer: readonly Rules[], depth: number): Promise<void> {
    throwIfAborted(this.signal);
    if (this.full) return;
    if (depth > walkLimits.depth) {
      this.unreadable.push(`${folder} is nested too deep`);
      return;
    }
    const entries = await this.list(folder);
    const names = new Set(entries.map((entry) => entry.name));
    const rules = names.has('.gitignore') ? [...outer, ...(await this.rulesOf(folder))] : outer;
    const hasSources = [...sourceMarks].some((name) => names.has(name));
    for (const entry of entries) {
      if (++this.entries > walkLimits.entries || this.found.size >= walkLimits.files) {
        this.full = true;
        return;
      }
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.kind === 'symlink') this.links++;
      else if (entry.kind === 'directory') {
        const skipped = foreignFolders.has(entry.name) || (hasSources && outputFolders.has(entry.name));
        if (!skipped && !isIgnored(rules, `${path}/`)) await this.enter(path, rules, depth + 1);
      } else if (entry.kind === 'file' && !isIgnored(rules, path) && this.selection.wants(path)) {
        const stat = await this.files.stat(this.files.join(this.workspace, path));
        if (stat !== undefined) this.found.set(path, { path, size: stat.size });
      }
    }
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
