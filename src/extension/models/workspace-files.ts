import * as vscode from 'vscode';

/** What a folder's own settings are kept in. */
export const SETTINGS_FILE = '.vscode/settings.json';

/**
 * VS Code itself drops what a folder's files say about settings of the machine, and tells nobody who does not open that file.
 * Whoever wrote it there should hear that it has no effect: one sentence a file and setting.
 */
export async function ignoredInFiles(
  folder: vscode.WorkspaceFolder | undefined,
  names: readonly string[],
): Promise<readonly string[]> {
  const files: vscode.Uri[] = [];
  if (folder !== undefined) files.push(vscode.Uri.joinPath(folder.uri, SETTINGS_FILE));
  const { workspaceFile } = vscode.workspace;
  if (workspaceFile !== undefined && workspaceFile.scheme !== 'untitled') files.push(workspaceFile);
  const notes: string[] = [];
  for (const file of files) {
    const text = await read(file);
    for (const name of names)
      if (holds(text, `baton.${name}`))
        notes.push(
          vscode.l10n.t(
            '{0}: "baton.{1}" is ignored: a folder cannot set it. Set it in your user settings.',
            vscode.workspace.asRelativePath(file),
            name,
          ),
        );
  }
  return notes;
}

async function read(file: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return '';
  }
}

/** A key of a JSON file that may have comments: what stands in a comment is not meant. */
function holds(text: string, key: string): boolean {
  const plain = text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) =>
    part.startsWith('"') ? part : ' ',
  );
  return new RegExp(`"${key.replaceAll('.', '\\.')}"\\s*:`).test(plain);
}
