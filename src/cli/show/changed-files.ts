import { messageOf } from '../../core/model/errors';
import type { ArtifactRef } from '../../core/model/artifact';
import type { FileChange } from '../../core/model/tool-call';
import { diffOf } from '../../core/tools/files/diff-text';
import { diffLines } from './call-lines';
import type { Style } from './style';
import { visibleLine } from './visible';

/** The files that agents changed, one a line; a number stands before each where one of several can be chosen. */
export function changedLines(changes: readonly FileChange[]): string[] {
  return changes.map((change, index) => {
    const number = changes.length > 1 ? `${index + 1}. ` : '';
    return `${number}${wordOf(change)} ${visibleLine(change.path)}`;
  });
}

/** What agents changed in each file, whole. What is no longer kept says so. */
export async function changedDiffs(
  changes: readonly FileChange[],
  read: (ref: ArtifactRef) => Promise<Uint8Array>,
  style: Style,
): Promise<string[]> {
  const parts: string[] = [];
  for (const { path, before, after } of changes) {
    try {
      const old = before && (await read(before));
      const fresh = after && (await read(after));
      parts.push(diffLines(diffOf(path, old, fresh), style).join('\n'));
    } catch (error) {
      parts.push(`${visibleLine(path)}: ${visibleLine(messageOf(error))}`);
    }
  }
  return parts;
}

const wordOf = ({ before, after }: FileChange): string =>
  before === undefined ? 'Created:' : after === undefined ? 'Deleted:' : 'Changed:';
