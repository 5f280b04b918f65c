/*
 * owns: giving the files of a step the content from before its agents' changes, one after the other.
 * does not own: when that may be and recording it (engine), a single file (tools/files).
 * must stay true: a file that somebody changed since is overwritten only when it was named for that; what was restored before a fault is told.
 */
import type { Restored } from './engine/undoing';
import type { Host } from './host';
import { messageOf } from './model/errors';
import type { FileChange } from './model/tool-call';
import { undoChanges, type UndoScope } from './tools/files/undo-changes';

export interface RestoreOptions {
  /** Relative to the workspace; absent: all. */
  readonly paths?: readonly string[];
  /** Overwritten also where somebody changed them since. */
  readonly anyway?: readonly string[];
}

/** Larger ones are left as they are: whether they were changed since could not be told for certain. */
const LARGEST_PRESENT = 100 * 1024 * 1024;

/** Restores the files of a step's changes, the one changed last first. Never rejects: a fault is told. */
export async function restoreFiles(
  changes: readonly FileChange[],
  { paths, anyway = [] }: RestoreOptions,
  scope: UndoScope,
): Promise<Restored> {
  const unknown = (paths ?? anyway).filter((path) => changes.every((change) => change.path !== path));
  if (unknown.length > 0)
    return { restored: [], changedSince: [], fault: `${unknown.join(', ')} was not changed by this step.` };
  const restored: string[] = [];
  const changedSince: string[] = [];
  for (const change of changes.filter(({ path }) => paths?.includes(path) !== false).reverse()) {
    const { path } = change;
    try {
      const isDone =
        (await restoreFile(change, scope)) ||
        (anyway.includes(path) && (await restoreFile(await asPresent(change, scope), scope)));
      (isDone ? restored : changedSince).push(path);
    } catch (error) {
      return { restored, changedSince, fault: `${path}: ${messageOf(error)}` };
    }
  }
  return { restored, changedSince };
}

async function restoreFile(change: FileChange, scope: UndoScope): Promise<boolean> {
  if (change.before?.hash === change.after?.hash) return true;
  return (await undoChanges([change], scope)).restored.length > 0;
}

/** The same change as if it had led to what the file holds now. */
async function asPresent({ path, before }: FileChange, { host, workspace }: UndoScope): Promise<FileChange> {
  const known = { path, ...(before !== undefined && { before }) };
  const now = await host.files.within(workspace).read(path, LARGEST_PRESENT);
  if (now === undefined || now.size > now.bytes.length) return known;
  const after = { hash: host.sha256(now.bytes), path, mediaType: 'application/octet-stream', size: now.size };
  return { ...known, after };
}

/** Where a workspace's files are restored, and from what. */
export async function undoScope(
  host: Host,
  workspace: string,
  getArtifact: UndoScope['getArtifact'],
): Promise<UndoScope> {
  return { host, workspace: (await host.files.realPath(workspace)) ?? workspace, getArtifact };
}
