import * as vscode from 'vscode';

/** The little of the built-in Git extension that is used here. */
interface GitRepository {
  /** Content of a file at a commit; rejects when the commit does not have it. */
  show(ref: string, path: string): Promise<string>;
}

interface GitApi {
  getRepository(uri: vscode.Uri): GitRepository | null;
}

/**
 * The committed version of a workspace file: its text, `null` where the last commit does not have it, undefined where
 * nobody can say (no Git, no repository).
 */
export async function committedText(file: vscode.Uri): Promise<string | null | undefined> {
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  if (extension === undefined) return undefined;
  try {
    const repository = (await extension.activate()).getAPI(1).getRepository(file);
    if (repository === null) return undefined;
    return await repository.show('HEAD', file.fsPath).catch(() => null);
  } catch {
    // Git is switched off by a setting, or missing.
    return undefined;
  }
}
