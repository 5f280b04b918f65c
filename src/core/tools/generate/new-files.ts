import { prepareChanges, readForChange, type PlannedChange } from '../files/file-changes';
import { locate } from '../files/locate';
import { wrongArguments } from '../files/tool-arguments';
import { visibleText } from '../files/visible-text';
import type { PreparedCall, ToolScope } from '../tool';

export interface NewFile {
  /** Relative to the workspace. */
  readonly path: string;
  readonly text: string;
}

/** The call that writes what was generated. Nothing that stands there is replaced, unless `replaces` says so. */
export async function prepareNewFiles(
  scope: ToolScope,
  files: readonly NewFile[],
  options: { readonly replaces: boolean } = { replaces: false },
): Promise<PreparedCall> {
  const changes: PlannedChange[] = [];
  for (const { path, text } of files) {
    const place = await locate(path, scope);
    const before = await readForChange(place);
    if (before !== undefined && !options.replaces)
      throw wrongArguments(
        `${visibleText(place.relative)} exists already. Change it with edit_file, or name another place.`,
      );
    changes.push({ place, ...(before !== undefined && { before }), after: new TextEncoder().encode(text) });
  }
  return prepareChanges(scope, changes);
}
