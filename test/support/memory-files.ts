import path from 'node:path/posix';
import type { AppendFile, DirectoryEntry, HostFiles } from '../../src/core/host';
import { BatonError } from '../../src/core/model/errors';

/** One call that changes the disk. */
export interface Operation {
  readonly kind: 'append' | 'sync' | 'atomic' | 'truncate' | 'remove' | 'rename' | 'open';
  readonly path: string;
  readonly bytes: number;
}

export interface Fault {
  readonly code: string;
  /** append: bytes that got to the file before it failed. */
  readonly written?: number;
}

/**
 * Files in memory that can fail at any call, for tests that need thousands of disks. What an append wrote is there at once,
 * as in the page cache of a machine whose process is killed.
 */
export class MemoryFiles implements HostFiles {
  readonly contents: Map<string, Uint8Array>;
  readonly operations: Operation[] = [];
  bytesRead = 0;
  /** Asked before each operation; a fault makes it fail. */
  fault: (operation: Operation) => Fault | undefined = () => undefined;

  constructor(contents: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.contents = new Map(contents);
  }

  async read(file: string, options: { readonly start?: number; readonly length?: number } = {}) {
    const bytes = this.contents.get(file);
    const start = options.start ?? 0;
    const part = bytes?.slice(start, options.length === undefined ? undefined : start + options.length);
    this.bytesRead += part?.byteLength ?? 0;
    return part;
  }

  async writeAtomic(file: string, data: Uint8Array | string): Promise<void> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data.slice();
    this.attempt({ kind: 'atomic', path: file, bytes: bytes.byteLength });
    this.contents.set(file, bytes);
  }

  async openAppend(file: string): Promise<AppendFile> {
    this.attempt({ kind: 'open', path: file, bytes: 0 });
    if (!this.contents.has(file)) this.contents.set(file, new Uint8Array());
    const size = (): number => this.contents.get(file)?.byteLength ?? 0;
    const add = (bytes: Uint8Array): void => {
      // A plain array: slices of a Buffer would share their memory.
      this.contents.set(
        file,
        new Uint8Array(Buffer.concat([this.contents.get(file) ?? new Uint8Array(), bytes])),
      );
    };
    return {
      get size() {
        return size();
      },
      write: async (data) => {
        const fault = this.noted({ kind: 'append', path: file, bytes: data.byteLength });
        add(fault === undefined ? data : data.subarray(0, fault.written ?? 0));
        if (fault !== undefined) throw new BatonError(fault.code, `injected: ${fault.code}`);
      },
      sync: async () => this.attempt({ kind: 'sync', path: file, bytes: 0 }),
      close: async () => {},
    };
  }

  async stat(file: string) {
    const bytes = this.contents.get(file);
    if (bytes !== undefined) return { kind: 'file' as const, size: bytes.byteLength, modifiedAt: 0 };
    const isFolder = [...this.contents.keys()].some((known) => known.startsWith(`${file}/`));
    return isFolder ? { kind: 'directory' as const, size: 0, modifiedAt: 0 } : undefined;
  }

  async list(folder: string): Promise<DirectoryEntry[]> {
    const names = new Map<string, DirectoryEntry>();
    for (const file of this.contents.keys()) {
      if (!file.startsWith(`${folder}/`)) continue;
      const [name = '', ...deeper] = file.slice(folder.length + 1).split('/');
      names.set(name, { name, kind: deeper.length > 0 ? 'directory' : 'file' });
    }
    return [...names.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async realPath(file: string) {
    return (await this.stat(file)) === undefined ? undefined : file;
  }

  async makeDirectory(): Promise<void> {}

  async remove(file: string): Promise<void> {
    this.attempt({ kind: 'remove', path: file, bytes: 0 });
    for (const known of [...this.contents.keys()])
      if (known === file || known.startsWith(`${file}/`)) this.contents.delete(known);
  }

  async rename(from: string, to: string): Promise<void> {
    this.attempt({ kind: 'rename', path: from, bytes: 0 });
    const bytes = this.contents.get(from);
    if (bytes === undefined) throw new BatonError('enoent', from);
    this.contents.delete(from);
    this.contents.set(to, bytes);
  }

  async truncate(file: string, size: number): Promise<void> {
    this.attempt({ kind: 'truncate', path: file, bytes: size });
    this.contents.set(file, (this.contents.get(file) ?? new Uint8Array()).slice(0, size));
  }

  join(...parts: string[]): string {
    return path.join(...parts);
  }

  dirname(file: string): string {
    return path.dirname(file);
  }

  within(): never {
    throw new BatonError('unsupported', 'There are no tools in memory');
  }

  relative(from: string, to: string): string {
    return path.relative(from, to);
  }

  private noted(operation: Operation): Fault | undefined {
    this.operations.push(operation);
    return this.fault(operation);
  }

  private attempt(operation: Operation): void {
    const fault = this.noted(operation);
    if (fault !== undefined) throw new BatonError(fault.code, `injected: ${fault.code}`);
  }
}
