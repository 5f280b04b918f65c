/*
 * owns: what became of a call that had begun when the program ended, as far as files can tell.
 * must stay true: what cannot be told for certain is never done again by itself.
 */
import { throwIfAborted } from '../../base/abort';
import type { ArtifactRef } from '../../model/artifact';
import type { FileChange, PlannedFile } from '../../model/tool-call';
import { LARGEST_CHANGE } from '../../tools/files/file-changes';
import { decodeText } from '../../tools/files/text-file';
import type { ToolScope } from '../../tools/tool';
import type { AgentTask } from '../agent';

export type Became =
  | { readonly type: 'happened'; readonly changes: readonly FileChange[] }
  | { readonly type: 'not-begun' }
  | { readonly type: 'unknown' };

/** Compares what files hold now with what the call found and would have left. */
export async function whatBecame(
  planned: readonly PlannedFile[],
  scope: Pick<ToolScope, 'host' | 'workspace'>,
  task: Pick<AgentTask, 'getArtifact' | 'signal'>,
): Promise<Became> {
  const present = await Promise.all(planned.map(({ path }) => presentHash(path, scope)));
  throwIfAborted(task.signal);
  if (planned.every(({ after }, index) => present[index] === after)) {
    const changes = await changesOf(planned, task);
    return changes === undefined ? { type: 'unknown' } : { type: 'happened', changes };
  }
  return planned.every(({ before }, index) => present[index] === before)
    ? { type: 'not-begun' }
    : { type: 'unknown' };
}

/** Undefined where no file stands; null for what cannot be read, which equals no planned content. */
async function presentHash(
  path: string,
  { host, workspace }: Pick<ToolScope, 'host' | 'workspace'>,
): Promise<string | undefined | null> {
  try {
    const found = await host.files.within(workspace).read(path, LARGEST_CHANGE + 1);
    return found === undefined ? undefined : host.sha256(found.bytes);
  } catch {
    return null;
  }
}

/** Both images were kept before the first file was touched; undefined when one is not there all the same. */
async function changesOf(
  planned: readonly PlannedFile[],
  { getArtifact, signal }: Pick<AgentTask, 'getArtifact' | 'signal'>,
): Promise<readonly FileChange[] | undefined> {
  const kept = async (path: string, hash: string): Promise<ArtifactRef> => {
    const ref = { hash, path, mediaType: 'text/plain', size: 0 };
    const bytes = await getArtifact(ref);
    const mediaType = decodeText(bytes) === undefined ? 'application/octet-stream' : 'text/plain';
    return { ...ref, mediaType, size: bytes.byteLength };
  };
  try {
    return await Promise.all(
      planned.map(async ({ path, before, after }) => ({
        path,
        ...(before !== undefined && { before: await kept(path, before) }),
        ...(after !== undefined && { after: await kept(path, after) }),
      })),
    );
  } catch {
    throwIfAborted(signal);
    return undefined;
  }
}
