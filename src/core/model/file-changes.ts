import type { FileChange } from './tool-call';

/** Each file once, from its first content to its last. One that is as it was before is no change any more. */
export function mergedChanges(changes: readonly FileChange[]): FileChange[] {
  const files = new Map<string, FileChange>();
  for (const change of changes) {
    const { before } = files.get(change.path) ?? change;
    files.set(change.path, {
      path: change.path,
      ...(before !== undefined && { before }),
      ...(change.after !== undefined && { after: change.after }),
    });
  }
  return [...files.values()].filter(({ before, after }) => before?.hash !== after?.hash);
}
