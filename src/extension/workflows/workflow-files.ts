import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Log } from '../../core/host';
import { DETECT_BYTES, looksLikeWorkflow } from '../../core/workflow/detect';
import { isWorkflowPath } from '../../core/workflow/workflow-path';

/** A workflow file of the workspace. */
export interface WorkflowFile {
  readonly uri: vscode.Uri;
  readonly folder: vscode.WorkspaceFolder;
  /** Relative to its folder, forward slashes. */
  readonly path: string;
  /** The `name:` of the file, else its file name. */
  readonly name: string;
}

/** How many files are looked into because of their place alone. */
const CANDIDATES = 500;
const FOUND = 2_000;
const OWN = '{**/*.baton.{yaml,yml,json},**/.baton/workflows/**/*.{yaml,yml,json}}';
const MAYBE = '**/workflows/**/*.{yaml,yml,json}';
const EXCLUDED = '**/{node_modules,.git,.github}/**';
/** Several changes of the disk are one for the lists. */
const SETTLE = 200;

/** The workflow files of the workspace's folders: found in idle time, then followed. */
export class WorkflowFiles implements Disposable {
  private readonly store = new DisposableStore();
  private readonly files = new Map<string, WorkflowFile>();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private scanning: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private complete = false;

  readonly onDidChange = this.changed.event;

  constructor(private readonly log: Log) {
    for (const pattern of [OWN, MAYBE]) {
      const watcher = this.store.add(vscode.workspace.createFileSystemWatcher(pattern));
      this.store.add(watcher.onDidCreate((uri) => void this.look(uri)));
      this.store.add(watcher.onDidChange((uri) => void this.look(uri)));
      this.store.add(watcher.onDidDelete((uri) => this.drop(uri)));
    }
    this.store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => void this.scan()));
    this.store.add(vscode.workspace.onDidOpenTextDocument((document) => this.lookAtText(document)));
    this.store.add(vscode.workspace.onDidSaveTextDocument((document) => this.lookAtText(document)));
  }

  /** False until the first search ended: "none" is not known before. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** By folder, then path. */
  list(): readonly WorkflowFile[] {
    return [...this.files.values()].sort(
      (a, b) => a.folder.index - b.folder.index || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
    );
  }

  get(uri: vscode.Uri): WorkflowFile | undefined {
    return this.files.get(uri.toString());
  }

  /** Whether a document is a workflow, also when it was not saved or found yet. */
  isWorkflow(document: vscode.TextDocument): boolean {
    if (document.languageId === 'baton-workflow' || this.files.has(document.uri.toString())) return true;
    const path = pathOf(document.uri);
    const byPath = isWorkflowPath(path);
    return byPath === 'own' || (byPath === 'maybe' && looksLikeWorkflow(headOf(document)));
  }

  /** Searches all folders. Calls at the same time share one search. */
  scan(): Promise<void> {
    this.scanning ??= this.search().finally(() => (this.scanning = undefined));
    return this.scanning;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.store.dispose();
  }

  private async search(): Promise<void> {
    try {
      const own = await vscode.workspace.findFiles(OWN, EXCLUDED, FOUND);
      const maybe = await vscode.workspace.findFiles(MAYBE, EXCLUDED, CANDIDATES);
      const all = new Map([...own, ...maybe].map((uri) => [uri.toString(), uri]));
      for (const key of this.files.keys()) if (!all.has(key)) this.files.delete(key);
      for (const uri of all.values()) await this.look(uri);
    } catch (error) {
      this.log.error('The search for workflow files failed.', error);
    }
    this.complete = true;
    this.tell();
  }

  private async look(uri: vscode.Uri): Promise<void> {
    const byPath = isWorkflowPath(pathOf(uri));
    if (byPath === 'no') return;
    try {
      const head = await readHead(uri);
      if (byPath === 'own' || looksLikeWorkflow(head)) this.add(uri, head);
      else this.drop(uri);
    } catch {
      this.drop(uri);
    }
  }

  private lookAtText(document: vscode.TextDocument): void {
    const byPath = isWorkflowPath(pathOf(document.uri));
    if (byPath === 'no' || document.uri.scheme !== 'file') return;
    const head = headOf(document);
    if (byPath === 'own' || looksLikeWorkflow(head)) this.add(document.uri, head);
  }

  private add(uri: vscode.Uri, head: string): void {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder === undefined) return;
    const path = vscode.workspace.asRelativePath(uri, false);
    const file: WorkflowFile = {
      uri,
      folder,
      path,
      name: nameIn(head) ?? path.slice(path.lastIndexOf('/') + 1),
    };
    const before = this.files.get(uri.toString());
    if (before?.name === file.name && before.path === file.path) return;
    this.files.set(uri.toString(), file);
    this.tell();
  }

  private drop(uri: vscode.Uri): void {
    if (this.files.delete(uri.toString())) this.tell();
  }

  private tell(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      // Menus compare with `resourcePath`, which is one or the other, by system.
      const paths = this.list().flatMap(({ uri }) =>
        uri.fsPath === uri.path ? [uri.path] : [uri.fsPath, uri.path],
      );
      void vscode.commands.executeCommand('setContext', 'baton.workflowFiles', paths);
      void vscode.commands.executeCommand('setContext', 'baton.searched', this.complete);
      this.changed.fire();
    }, SETTLE);
  }
}

function pathOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, false);
}

function headOf(document: vscode.TextDocument): string {
  return document.getText(new vscode.Range(0, 0, 200, 0)).slice(0, DETECT_BYTES);
}

/** The first bytes of a file; only virtual file systems read the whole. */
async function readHead(uri: vscode.Uri): Promise<string> {
  if (uri.scheme !== 'file') {
    const bytes = await vscode.workspace.fs.readFile(uri);
    return new TextDecoder().decode(bytes.subarray(0, DETECT_BYTES));
  }
  const file = await open(uri.fsPath);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(DETECT_BYTES), 0, DETECT_BYTES, 0);
    return new TextDecoder().decode(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The name at the top of a YAML or JSON text, without reading it as either. */
function nameIn(head: string): string | undefined {
  const found = /^(?:name\s*:|\s*"name"\s*:)[ \t]*(.+?)[ \t]*,?[ \t]*(?:#.*)?$/m.exec(head)?.[1];
  const name = found?.replace(/^(["'])(.*)\1$/, '$2').trim();
  return name === undefined || name === '' || /^[|>&*!{[]/.test(name) ? undefined : name;
}
