import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { JsonValue } from '../../core/base/json';
import type { RunControl } from '../runs/run-control';
import type { Runs, Waiting } from '../runs/runs';
import { runTitle } from '../words';
import { draftOf, largeOutputHash, readDraft, type DraftText } from './draft-text';

export const DRAFT_SCHEME = 'baton-draft';

interface DraftAddress {
  readonly runId: string;
  readonly approvalId: string;
  readonly ending: DraftText['ending'];
}

/**
 * Results that wait for a decision, as documents of the editor: change one, then choose Approve With Changes.
 * Saving keeps the draft (also over a reload) and decides nothing.
 */
export class DraftDocuments implements vscode.FileSystemProvider, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  private readonly texts = new Map<string, Uint8Array>();
  private readonly times = new Map<string, number>();
  readonly onDidChangeFile = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly runs: Runs,
    private readonly control: RunControl,
    private readonly ready: () => Promise<void>,
  ) {
    this.store.add(
      vscode.workspace.registerFileSystemProvider(DRAFT_SCHEME, this, { isCaseSensitive: true }),
    );
  }

  /** Opens the draft of what waits. */
  async open(waiting: Waiting): Promise<void> {
    const { approval, state } = waiting;
    const { ending } = draftOf(approval, await this.whole(waiting));
    // People read the path in the tab and above the text; the ids stand behind it.
    const uri = vscode.Uri.from({
      scheme: DRAFT_SCHEME,
      path: `/${plainName(runTitle(state))}/${plainName(approval.title)}.${ending}`,
      query: new URLSearchParams({ run: state.runId, approval: approval.id }).toString(),
    });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** Decides with the text as it stands in the editor, saved or not. */
  async approve(uri: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    const address = addressOf(uri);
    const waiting = await this.waiting(address);
    if (waiting === undefined) {
      void vscode.window.showWarningMessage(vscode.l10n.t('This step no longer waits for a decision.'));
      return;
    }
    const read = readDraft(document.getText(), address.ending);
    if ('problem' in read) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('This is not valid JSON yet, so nothing was approved: {0}', read.problem),
      );
      return;
    }
    // While it still waits: a draft that belongs to nothing any more cannot be saved, and would not close.
    if (document.isDirty) await document.save();
    const outcome = await this.control.decide(address.runId, address.approvalId, {
      action: 'modify',
      value: read.value,
      shownHash: waiting.approval.shownHash,
    });
    if (outcome.ok) await this.close(document);
    else if (vscode.workspace.isTrusted) void vscode.window.showErrorMessage(outcome.message);
  }

  /** Closes the draft and forgets what was changed; the step keeps waiting. */
  async discard(uri: vscode.Uri): Promise<void> {
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
    if (document !== undefined) await this.close(document);
  }

  private async close(document: vscode.TextDocument): Promise<void> {
    // A saved document closes without asking; its text is kept nowhere afterwards.
    if (document.isDirty) await document.save();
    const address = document.uri.toString();
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === address);
    await vscode.window.tabGroups.close(tabs);
    await this.forget(document.uri);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const kept = await this.kept(uri);
    if (kept !== undefined) return kept;
    const waiting = await this.waiting(addressOf(uri));
    if (waiting === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return new TextEncoder().encode(draftOf(waiting.approval, await this.whole(waiting)).text);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { byteLength } = await this.readFile(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: this.times.get(uri.toString()) ?? 0,
      size: byteLength,
    };
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    this.texts.set(uri.toString(), content);
    this.times.set(uri.toString(), Date.now());
    const place = this.place(uri);
    if (place !== undefined) await vscode.workspace.fs.writeFile(place, content);
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  private async kept(uri: vscode.Uri): Promise<Uint8Array | undefined> {
    const inMemory = this.texts.get(uri.toString());
    if (inMemory !== undefined) return inMemory;
    const place = this.place(uri);
    if (place === undefined) return undefined;
    try {
      return await vscode.workspace.fs.readFile(place);
    } catch {
      return undefined;
    }
  }

  private async forget(uri: vscode.Uri): Promise<void> {
    this.texts.delete(uri.toString());
    const place = this.place(uri);
    if (place !== undefined) await vscode.workspace.fs.delete(place).then(undefined, () => {});
  }

  /** Where a saved draft outlives the window. */
  private place(uri: vscode.Uri): vscode.Uri | undefined {
    const { runId, approvalId } = addressOf(uri);
    const name = `${runId}-${approvalId}`.replace(/[^A-Za-z0-9_-]/g, '_');
    return this.context.storageUri && vscode.Uri.joinPath(this.context.storageUri, 'drafts', name);
  }

  private async waiting(address: DraftAddress): Promise<Waiting | undefined> {
    if (this.runs.get(address.runId) === undefined) await this.ready();
    return this.runs
      .waiting()
      .find(({ entry, approval }) => entry.runId === address.runId && approval.id === address.approvalId);
  }

  /** The result as it is, read back where the event carries only a stand-in. */
  private async whole({ entry, approval }: Waiting): Promise<JsonValue | undefined> {
    const { output } = approval.shown;
    const hash = largeOutputHash(output);
    if (hash === undefined) return output;
    const bytes = await entry.folder.runtime.readArtifact({ hash });
    return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  /** The editor asks for the folder of a draft whose step was decided elsewhere; there is none to make. */
  createDirectory(): void {}

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

function addressOf(uri: vscode.Uri): DraftAddress {
  const query = new URLSearchParams(uri.query);
  const ending = uri.path.endsWith('.json') ? 'json' : uri.path.endsWith('.sh') ? 'sh' : 'md';
  return { runId: query.get('run') ?? '', approvalId: query.get('approval') ?? '', ending };
}

function plainName(name: string): string {
  return name.replace(/[/\\]/g, '-');
}
