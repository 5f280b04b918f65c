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
  const walk = async (relative: string, depth: number): Promise<void> => {
    for (const entry of await files.list(files.join(workspace, relative)).catch(() => [])) {
      if ((left -= 1) < 0) return;
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.kind === 'directory') {
        if (depth < DEEPEST && !SKIPPED.has(entry.name)) await walk(path, depth + 1);
      } else if (entry.kind === 'file' && (await isWorkflow(files, workspace, path))) found.push(path);
    }
  };
  await walk('', 0);
  return found.sort();
}

async function isWorkflow(files: HostFiles, workspace: string, path: string): Promise<boolean> {
  if (isWorkflowPath(path) !== 'maybe') return isWorkflowPath(path) === 'own';
  const head = await files.read(files.join(workspace, path), { length: DETECT_BYTES }).catch(() => undefined);
  return head !== undefined && isWorkflowFile(path, new TextDecoder().decode(head));
}
