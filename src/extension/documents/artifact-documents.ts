import * as vscode from 'vscode';
import type { Runs } from '../runs/runs';
import { committedText } from './git';
import { ReadOnlyFiles } from './read-only-files';

const ARTIFACT_SCHEME = 'baton-artifact';

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

/** One side of a diff: the content by its hash, or nothing where the file did not exist. */
export function sideUri(runId: string, path: string, hash: string | undefined): vscode.Uri {
  if (hash !== undefined) return artifactUri(runId, { hash, path });
  return vscode.Uri.from({ scheme: ARTIFACT_SCHEME, path: `/${path}`, query: 'v=none' });
}

/** Shows a file that a run kept: Markdown in the preview, everything else in the editor made for it. */
export async function openArtifact(
  runId: string,
  ref: { readonly hash: string; readonly path: string },
  options: { readonly preserveFocus?: boolean } = {},
): Promise<void> {
  const uri = artifactUri(runId, ref);
  if (ref.path.toLowerCase().endsWith('.md')) {
    // The preview belongs to an extension of VS Code that a person may have switched off.
    const isShown = await vscode.commands.executeCommand('markdown.showPreview', uri).then(
      () => true,
      () => false,
    );
    if (isShown) return;
  }
  await vscode.commands.executeCommand('vscode.open', uri, {
    preview: true,
    preserveFocus: options.preserveFocus === true,
  } satisfies vscode.TextDocumentShowOptions);
}

/** Files that runs kept, as read-only documents. They are found by their hash and so never change. */
export class ArtifactDocuments extends ReadOnlyFiles {
  constructor(
    private readonly runs: Runs,
    private readonly ready: () => Promise<void>,
  ) {
    super(ARTIFACT_SCHEME);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const query = new URLSearchParams(uri.query);
    if (query.get('v') === 'none') return new Uint8Array();
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
}
