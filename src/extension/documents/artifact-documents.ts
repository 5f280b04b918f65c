import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Runs } from '../runs/runs';
import { committedText } from './git';

export const ARTIFACT_SCHEME = 'baton-artifact';

/** `baton-artifact:/reports/review.md?run=R&hash=H`: the path as produced, so that every editor knows its language. */
export function artifactUri(
  runId: string,
  ref: { readonly hash: string; readonly path: string },
): vscode.Uri {
  return vscode.Uri.from({
    scheme: ARTIFACT_SCHEME,
    path: `/${ref.path}`,
    query: new URLSearchParams({ run: runId, hash: ref.hash }).toString(),
  });
}

/** Shows a file that a run kept: Markdown in the preview, everything else in the editor made for it. */
export async function openArtifact(
  runId: string,
  ref: { readonly hash: string; readonly path: string },
  options: { readonly preserveFocus?: boolean } = {},
): Promise<void> {
  const uri = artifactUri(runId, ref);
  if (ref.path.toLowerCase().endsWith('.md')) {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
    return;
  }
  await vscode.commands.executeCommand('vscode.open', uri, {
    preview: true,
    preserveFocus: options.preserveFocus === true,
  } satisfies vscode.TextDocumentShowOptions);
}

/** Files that runs kept, as read-only documents. They are found by their hash and so never change. */
export class ArtifactDocuments implements vscode.FileSystemProvider, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.changed.event;

  constructor(
    private readonly runs: Runs,
    private readonly ready: () => Promise<void>,
  ) {
    this.store.add(
      vscode.workspace.registerFileSystemProvider(ARTIFACT_SCHEME, this, {
        isReadonly: true,
        isCaseSensitive: true,
      }),
    );
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const query = new URLSearchParams(uri.query);
    const hash = query.get('hash');
    const run = query.get('run');
    if (hash === null || run === null || !/^[0-9a-f]{64}$/.test(hash))
      throw vscode.FileSystemError.FileNotFound(uri);
    // A tab that was restored with the window asks before the runs were read.
    if (this.runs.get(run) === undefined) await this.ready();
    const entry = this.runs.get(run);
    if (entry === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    if (query.get('v') !== 'committed') return entry.folder.runtime.readArtifact({ hash });
    const text = await committedText(vscode.Uri.joinPath(entry.folder.folder.uri, uri.path));
    if (typeof text !== 'string') throw vscode.FileSystemError.FileNotFound(uri);
    return new TextEncoder().encode(text);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { byteLength } = await this.readFile(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: 0,
      size: byteLength,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(from: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(from);
  }

  dispose(): void {
    this.store.dispose();
  }
}
