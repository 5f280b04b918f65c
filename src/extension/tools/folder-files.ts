import * as vscode from 'vscode';
import type { Host, SafeFiles } from '../../core/host';
import { isSecret } from '../../core/tools/policy/secret-files';

const LARGEST_FILE = 1_000_000;

/**
 * The files of a workspace folder as answers of the editor name them. What lies outside, behind a link, or may hold keys is no
 * part of an answer: who asked was allowed to read this folder and nothing else.
 */
export class FolderFiles {
  private readonly seen = new Map<string, Promise<boolean>>();

  private constructor(
    readonly folder: vscode.Uri,
    private readonly root: vscode.Uri,
    readonly files: SafeFiles,
  ) {}

  static async open(folder: vscode.Uri, host: Pick<Host, 'files'>): Promise<FolderFiles> {
    const real = (await host.files.realPath(folder.fsPath)) ?? folder.fsPath;
    return new FolderFiles(folder, vscode.Uri.file(real), host.files.within(real));
  }

  uri(path: string): vscode.Uri {
    return path === '' ? this.folder : vscode.Uri.joinPath(this.folder, path);
  }

  /** Relative, with forward slashes; undefined for what stands elsewhere. */
  path(uri: vscode.Uri): string | undefined {
    if (uri.scheme !== this.folder.scheme) return undefined;
    for (const { path } of [this.folder, this.root]) {
      const start = path.endsWith('/') ? path : `${path}/`;
      if (!uri.path.startsWith(start)) continue;
      const relative = uri.path.slice(start.length);
      // An address is text: what climbs is not below.
      return relative === '' || relative.split('/').includes('..') ? undefined : relative;
    }
    return undefined;
  }

  /** `named`: the file that was asked for by its name, which policy has judged. */
  isOpen(path: string, named?: string): Promise<boolean> {
    if (path !== named && isSecret(path)) return Promise.resolve(false);
    let known = this.seen.get(path);
    if (known === undefined) {
      known = this.files.stat(path).then(
        (stat) => stat?.kind === 'file' && (path === named || stat.links === 1),
        () => false,
      );
      this.seen.set(path, known);
    }
    return known;
  }

  /** The document as the editor has it; undefined for what is no text, or too large. */
  async document(path: string, named?: string): Promise<vscode.TextDocument | undefined> {
    if (!(await this.isOpen(path, named))) return undefined;
    const stat = await this.files.stat(path).catch(() => undefined);
    if (stat === undefined || stat.size > LARGEST_FILE) return undefined;
    try {
      return await vscode.workspace.openTextDocument(this.uri(path));
    } catch {
      return undefined;
    }
  }

  async isFile(path: string): Promise<boolean> {
    return (await this.files.stat(path).catch(() => undefined))?.kind === 'file';
  }

  /** Lines of a file, as the person is writing it or else from the disk, where no link that appears meanwhile is followed. */
  async lines(path: string): Promise<readonly string[]> {
    const text = this.uri(path).toString();
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === text);
    if (open?.isDirty === true) return open.getText().split(/\r?\n/);
    const file = await this.files.read(path, LARGEST_FILE).catch(() => undefined);
    return file === undefined ? [] : new TextDecoder().decode(file.bytes).split(/\r?\n/);
  }
}
