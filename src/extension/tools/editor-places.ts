import * as vscode from 'vscode';
import type { Declared } from './editor-symbols';
import type { FolderFiles } from './folder-files';

/** A place that the editor named, inside the folder. */
export interface Named {
  readonly path: string;
  readonly range: vscode.Range;
}

/** What the editor named, without what stands outside of the folder or is closed. `left`: how much of it that is. */
export async function insideOf(
  files: FolderFiles,
  given: readonly (vscode.Location | vscode.LocationLink)[] | undefined,
  most: number,
  named?: string,
): Promise<{ readonly places: readonly Named[]; readonly left: number }> {
  const places = new Map<string, Named>();
  let left = 0;
  for (const one of given ?? []) {
    const link = 'targetUri' in one;
    const path = files.path(link ? one.targetUri : one.uri);
    const range = link ? (one.targetSelectionRange ?? one.targetRange) : one.range;
    if (path === undefined || places.size >= most || !(await files.isOpen(path, named))) left += 1;
    else places.set(placeKey(path, range.start), { path, range });
  }
  return { places: [...places.values()], left };
}

export function placeKey(path: string, { line, character }: vscode.Position): string {
  return `${path}:${line}:${character}`;
}

/**
 * Where in a document a name stands that is asked about: on the line, else where it is declared, else first of all. Undefined when it
 * is nowhere in it.
 */
export function positionOf(
  document: vscode.TextDocument,
  name: string,
  line: number | undefined,
  declared: readonly Declared[],
): vscode.Position | undefined {
  if (line !== undefined && line <= document.lineCount) {
    const column = columnOf(document.lineAt(line - 1).text, name);
    if (column !== undefined) return new vscode.Position(line - 1, column);
  }
  const own = declared.find(({ symbol }) => symbol.name === name);
  if (own !== undefined) return own.name.start;
  const lines = document.getText().split(/\r?\n/);
  for (const [index, text] of lines.entries()) {
    const column = columnOf(text, name);
    if (column !== undefined) return new vscode.Position(index, column);
  }
  return undefined;
}

/** As a whole word: "run" does not stand in "rerun". */
function columnOf(text: string, name: string): number | undefined {
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? '';
    const after = text[at + name.length] ?? '';
    if (!/[\p{L}\p{N}_$]/u.test(before) && !/[\p{L}\p{N}_$]/u.test(after)) return at;
  }
  return undefined;
}
