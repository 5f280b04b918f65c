import * as vscode from 'vscode';
import type { DiffSides } from '../../../webview/protocol';
import type { ArtifactRef } from '../../core/model/artifact';
import type { FileChange } from '../../core/model/tool-call';
import type { Waiting } from '../runs/runs';
import { fileName } from '../words';
import { artifactUri, sideUri } from './artifact-documents';
import { committedText } from './git';

/** Files a waiting command wrote into the workspace, found once for each approval. */
export class Changes {
  private readonly found = new Map<string, readonly ArtifactRef[]>();
  private readonly looking = new Set<string>();

  /** Paths as far as they are known; `onFound` is called when looking gave more than this answer. */
  paths(waiting: Waiting, onFound: () => void): readonly string[] {
    const { id, shownHash } = waiting.approval;
    const key = `${id} ${shownHash}`;
    const known = this.found.get(key);
    if (known !== undefined) return known.map(({ path }) => path);
    if (!this.looking.has(key)) {
      this.looking.add(key);
      void changedFiles(waiting).then((files) => {
        this.found.set(key, files);
        this.looking.delete(key);
        if (files.length > 0) onFound();
      });
    }
    return [];
  }

  /** Shows what was written beside what the last commit has, in the editor's own multi-file diff. */
  async open(waiting: Waiting): Promise<void> {
    const kept = waiting.approval.shown.changes ?? [];
    if (kept.length > 0) {
      await openChanges(waiting.state.runId, waiting.approval.title, kept);
      return;
    }
    const { folder } = waiting.entry.folder;
    const files = await changedFiles(waiting);
    const rows = await Promise.all(
      files.map(async (ref) => {
        const after = artifactUri(waiting.state.runId, ref);
        const committed = await committedText(vscode.Uri.joinPath(folder.uri, ref.path));
        // Both sides have one path and differ in the query: that is how the editor pairs them.
        const before =
          typeof committed === 'string' ? after.with({ query: `${after.query}&v=committed` }) : undefined;
        return [after, before, after] as const;
      }),
    );
    const title = vscode.l10n.t('Changes of {0}', waiting.approval.title);
    await vscode.commands.executeCommand('vscode.changes', title, rows);
  }
}

/** Files that agents changed, each from its first content to its last, in the editor's own diffs. */
export async function openChanges(
  runId: string,
  title: string,
  changes: readonly FileChange[],
): Promise<void> {
  const [only, ...others] = changes;
  if (only !== undefined && others.length === 0) {
    await openDiff(runId, { path: only.path, ...hashesOf(only) });
    return;
  }
  const rows = changes.map((change) => {
    const { before, after } = hashesOf(change);
    const [old, fresh] = [before, after].map((hash) =>
      hash === undefined ? undefined : sideUri(runId, change.path, hash),
    );
    return [fresh ?? old, old, fresh] as const;
  });
  await vscode.commands.executeCommand('vscode.changes', vscode.l10n.t('Changes of {0}', title), rows);
}

export async function openDiff(runId: string, { path, before, after }: DiffSides): Promise<void> {
  await vscode.commands.executeCommand(
    'vscode.diff',
    sideUri(runId, path, before),
    sideUri(runId, path, after),
    vscode.l10n.t('{0} (changed by agents)', fileName(path)),
    { preview: true } satisfies vscode.TextDocumentShowOptions,
  );
}

function hashesOf({ before, after }: FileChange): Omit<DiffSides, 'path'> {
  return {
    ...(before !== undefined && { before: before.hash }),
    ...(after !== undefined && { after: after.hash }),
  };
}

/** What a command declared as its files and really left different from the last commit. */
async function changedFiles({ entry, state, approval }: Waiting): Promise<readonly ArtifactRef[]> {
  const step = state.definition.steps.find(({ key }) => key === approval.step);
  // Analyses write nothing into the workspace: their files live in the store alone.
  if (step?.run === undefined || approval.kind === 'before') return [];
  const checked = await Promise.all(
    approval.shown.artifacts.map(async (ref) => {
      const committed = await committedText(vscode.Uri.joinPath(entry.folder.folder.uri, ref.path));
      if (typeof committed !== 'string') return true;
      const now = await entry.folder.runtime.readArtifact(ref);
      return new TextDecoder().decode(now) !== committed;
    }),
  );
  return approval.shown.artifacts.filter((_ref, i) => checked[i]);
}
