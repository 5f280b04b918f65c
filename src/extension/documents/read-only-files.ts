import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';

/** Documents that only Baton writes. A file system, not a content provider: restored tabs then wait for it. */
export abstract class ReadOnlyFiles implements vscode.FileSystemProvider, Disposable {
  protected readonly store = new DisposableStore();
  protected readonly changed = this.store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.changed.event;

  constructor(scheme: string) {
    this.store.add(
      vscode.workspace.registerFileSystemProvider(scheme, this, { isReadonly: true, isCaseSensitive: true }),
    );
  }

  abstract readFile(uri: vscode.Uri): Promise<Uint8Array>;

  /** Milliseconds; a new one makes the editor read again. */
  protected modifiedAt(_uri: vscode.Uri): number {
    return 0;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { byteLength } = await this.readFile(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: this.modifiedAt(uri),
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
