/* Takes back what tools changed: each file gets the content from before, if nobody changed it since. */
import type { Host } from '../../host';
import type { ArtifactRef } from '../../model/artifact';
import { BatonError } from '../../model/errors';
import { mergedChanges } from '../../model/file-changes';
import type { FileChange } from '../../model/tool-call';

export interface UndoResult {
  /** Paths that are as before. */
  readonly restored: readonly string[];
  /** Paths that somebody changed since, left as they are. */
  readonly changedSince: readonly string[];
}

export interface UndoScope {
  readonly host: Pick<Host, 'files' | 'sha256'>;
  /** Absolute real path of the workspace folder. */
  readonly workspace: string;
  readonly getArtifact: (ref: Pick<ArtifactRef, 'hash'>) => Promise<Uint8Array>;
}

/**
 * Restores the files of some changes (in the order they were made), and says which ones were changed since and stay. Rejects where
 * the content from before is lost or the disk fails.
 */
export async function undoChanges(changes: readonly FileChange[], scope: UndoScope): Promise<UndoResult> {
  const files = scope.host.files.within(scope.workspace);
  const restored: string[] = [];
  const changedSince: string[] = [];
  for (const { path, before, after } of mergedChanges(changes).reverse()) {
    const content = before === undefined ? undefined : await scope.getArtifact(before);
    try {
      if (content !== undefined) await files.write(path, content, after?.hash);
      else if (after !== undefined) await files.remove(path, after.hash);
      restored.push(path);
    } catch (error) {
      const codes = ['file-changed', 'path-moved', 'not-a-file'];
      if (!(error instanceof BatonError) || !codes.includes(error.code)) throw error;
      const isDone = await isRestored(path, before, scope);
      (isDone ? restored : changedSince).push(path);
    }
  }
  return { restored, changedSince };
}

/** By an undo that was cut short, or by hand. */
async function isRestored(path: string, before: ArtifactRef | undefined, scope: UndoScope): Promise<boolean> {
  const files = scope.host.files.within(scope.workspace);
  const size = before?.size ?? 0;
  const now = await files.read(path, size + 1).catch(() => null);
  if (now === null) return false;
  return now === undefined ? before === undefined : scope.host.sha256(now.bytes) === before?.hash;
}
