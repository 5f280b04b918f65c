import type { Host } from '../../host';
import type { ArtifactRef } from '../../model/artifact';
import { BatonError } from '../../model/errors';
import type { Step } from '../../model/workflow';
import type { ArtifactStore } from '../../storage/run-store';

const MOST_FILES = 100;
const LARGEST_FILE = 20 * 1024 * 1024;
const MOST_ENTRIES = 50_000;
/** Folders that hold no step's results and may hold very much. */
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules']);

export interface CollectTask {
  readonly host: Pick<Host, 'files'>;
  readonly artifacts: ArtifactStore;
  readonly workspace: string;
  readonly step: Pick<Step, 'output'>;
}

/**
 * The files of the workspace that `output.artifacts` names, stored as they are now. Throws "artifacts" when they are too many or
 * too large: a result is reported whole or not at all.
 */
export async function collectArtifacts(task: CollectTask): Promise<readonly ArtifactRef[]> {
  const globs = (task.step.output?.artifacts ?? []).map(parseGlob);
  if (globs.length === 0) return [];
  const { host, workspace } = task;
  const root = await host.files.realPath(workspace);
  if (root === undefined) return [];
  const found = new Map<string, ArtifactRef>();
  let seen = 0;
  const visit = async (folder: string, parts: readonly string[]): Promise<void> => {
    for (const entry of await host.files.list(folder)) {
      seen += 1;
      if (seen > MOST_ENTRIES)
        throw tooMuch(`more than ${MOST_ENTRIES} files lie below its artifacts' folders`);
      const path = [...parts, entry.name];
      const full = host.files.join(folder, entry.name);
      // Links are not followed: they may lead out of the workspace.
      if (entry.kind === 'directory') {
        if (!SKIPPED.has(entry.name) && globs.some((glob) => mayLieBelow(glob, path)))
          await visit(full, path);
      } else if (entry.kind === 'file' && globs.some((glob) => matches(glob, path))) {
        if (found.size >= MOST_FILES) throw tooMuch(`its artifacts are more than ${MOST_FILES} files`);
        found.set(path.join('/'), await store(task, full, path.join('/')));
      }
    }
  };
  await visit(root, []);
  return [...found.values()];
}

async function store(task: CollectTask, full: string, path: string): Promise<ArtifactRef> {
  const { files } = task.host;
  const size = (await files.stat(full))?.size ?? 0;
  if (size > LARGEST_FILE) throw tooMuch(`${path} is larger than 20 MB`);
  const bytes = await files.read(full);
  return task.artifacts.put(path, mediaTypeOf(path), bytes ?? new Uint8Array());
}

function tooMuch(what: string): BatonError {
  return new BatonError('artifacts', `The step cannot keep its artifacts: ${what}.`);
}

type Glob = readonly (RegExp | '**')[];

/** `reports/**`, `*.md`, `out/?.txt`: `*` and `?` stay within a name, `**` is any number of folders. */
function parseGlob(text: string): Glob {
  const parts = text
    .replaceAll('\\', '/')
    .replace(/^\.\//, '')
    .split('/')
    .filter((part) => part !== '');
  if (parts.at(-1) === '**') parts.push('*');
  // Two in a row say the same as one, and cost far more to follow.
  const plain = parts.filter((part, index) => part !== '**' || parts[index - 1] !== '**');
  return plain.map((part) =>
    part === '**'
      ? part
      : new RegExp(
          `^${part
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replace(/\*+/g, '[^/]*')
            .replaceAll('?', '[^/]')}$`,
        ),
  );
}

function matches(glob: Glob, path: readonly string[]): boolean {
  const [part, ...rest] = glob;
  if (part === undefined) return path.length === 0;
  if (part === '**') return matches(rest, path) || (path.length > 0 && matches(glob, path.slice(1)));
  const [name, ...below] = path;
  return name !== undefined && part.test(name) && matches(rest, below);
}

/** Whether a folder may hold something that matches. */
function mayLieBelow(glob: Glob, folder: readonly string[]): boolean {
  for (const [index, name] of folder.entries()) {
    const part = glob[index];
    if (part === '**') return true;
    if (part === undefined || !part.test(name)) return false;
  }
  return glob.length > folder.length;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  txt: 'text/plain',
  log: 'text/plain',
  json: 'application/json',
  html: 'text/html',
  csv: 'text/csv',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
};

function mediaTypeOf(path: string): string {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return MEDIA_TYPES[ending] ?? 'application/octet-stream';
}
