import { DETECT_BYTES, isWorkflowFile } from '../core/workflow/detect';
import { isWorkflowPath } from '../core/workflow/workflow-path';
import type { HostFiles } from '../core/host';

const SKIPPED = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.github',
  'dist',
  'out',
  'build',
  'vendor',
  '.venv',
]);
const DEEPEST = 8;
/** Folders and files looked at, so that a home folder given by mistake does not take minutes. */
const MOST_ENTRIES = 50_000;

/** Paths of the workflow files of a folder, relative with forward slashes, sorted. */
export async function findWorkflows(files: HostFiles, workspace: string): Promise<string[]> {
  const found: string[] = [];
  let left = MOST_ENTRIES;
  // Level by level: a folder full of data may not hide the workflows that stand beside it.
  let level: readonly string[] = [''];
  for (let depth = 0; depth <= DEEPEST && level.length > 0 && left > 0; depth += 1) {
    const below: string[] = [];
    for (const folder of level)
      for (const entry of await files.list(files.join(workspace, folder)).catch(() => [])) {
        if ((left -= 1) < 0) break;
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.kind === 'directory') {
          if (!SKIPPED.has(entry.name)) below.push(path);
        } else if (entry.kind === 'file' && (await isWorkflow(files, workspace, path))) found.push(path);
      }
    level = below;
  }
  return found.sort();
}

async function isWorkflow(files: HostFiles, workspace: string, path: string): Promise<boolean> {
  if (isWorkflowPath(path) !== 'maybe') return isWorkflowPath(path) === 'own';
  const head = await files.read(files.join(workspace, path), { length: DETECT_BYTES }).catch(() => undefined);
  return head !== undefined && isWorkflowFile(path, new TextDecoder().decode(head));
}
