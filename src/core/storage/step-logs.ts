import type { AppendFile, Host } from '../host';
import type { RunId } from '../model/ids';
import type { StepLogs } from './run-store';

/** Beyond this a log only says that it is full: a runaway command must not fill the disk. */
const LOG_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
const MOST_OPEN = 16;

/** Live output as files `logs/<run>/<step>.<attempt>.log`, never synced: losing its end to a power cut loses no result. */
export class FileStepLogs implements StepLogs {
  private readonly open = new Map<string, Promise<AppendFile>>();
  private readonly waiting = new Map<string, string>();
  private writing: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly host: Host,
    private readonly folder: string,
  ) {}

  append(runId: RunId, step: string, attempt: number, text: string): void {
    if (this.closed || text === '') return;
    const path = this.pathOf(runId, step, attempt, 'log');
    this.waiting.set(path, (this.waiting.get(path) ?? '') + text);
    this.writing ??= Promise.resolve().then(() => this.drain());
  }

  async read(runId: RunId, step: string, attempt: number, maxBytes = READ_BYTES): Promise<string> {
    await this.writing;
    const path = this.pathOf(runId, step, attempt, 'log');
    const size = (await this.host.files.stat(path))?.size ?? 0;
    const bytes = await this.host.files.read(path, { start: Math.max(0, size - maxBytes), length: maxBytes });
    if (bytes === undefined) return '';
    // A cut in the middle of a character would show as a replacement sign.
    const first = size > maxBytes ? bytes.findIndex((byte) => (byte & 0xc0) !== 0x80) : 0;
    return new TextDecoder().decode(bytes.subarray(Math.max(0, first)));
  }

  async noteProcess(runId: RunId, step: string, attempt: number, group: unknown): Promise<void> {
    // Appended without a sync: it has to survive the death of this process, not of the machine, which ends the group too.
    const file = await this.host.files.openAppend(this.pathOf(runId, step, attempt, 'process'));
    try {
      await file.write(new TextEncoder().encode(`${JSON.stringify(group)}\n`));
    } finally {
      await file.close();
    }
  }

  async readProcess(runId: RunId, step: string, attempt: number): Promise<unknown> {
    const bytes = await this.host.files.read(this.pathOf(runId, step, attempt, 'process'));
    if (bytes === undefined) return undefined;
    const lines = new TextDecoder().decode(bytes).split('\n');
    for (const line of lines.reverse()) {
      try {
        if (line !== '') return JSON.parse(line) as unknown;
      } catch {
        // Killed while writing: the line before it, if any, is the last whole one.
      }
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.writing;
    for (const path of [...this.open.keys()]) await this.closeFile(path);
  }

  private async drain(): Promise<void> {
    while (this.waiting.size > 0) {
      for (const [path, text] of [...this.waiting]) {
        this.waiting.delete(path);
        try {
          await this.write(path, text);
        } catch (error) {
          this.host.log.warn(`Live output could not be kept: ${String(error)}`);
          await this.closeFile(path);
        }
      }
    }
    this.writing = undefined;
  }

  private async write(path: string, text: string): Promise<void> {
    let entry = this.open.get(path);
    if (entry === undefined) {
      const oldest = this.open.keys().next().value;
      if (this.open.size >= MOST_OPEN && oldest !== undefined) await this.closeFile(oldest);
      entry = this.host.files.openAppend(path);
      this.open.set(path, entry);
    }
    const file = await entry;
    if (file.size >= LOG_BYTES) return;
    const bytes = new TextEncoder().encode(text);
    const room = LOG_BYTES - file.size;
    if (bytes.byteLength <= room) return file.write(bytes);
    await file.write(bytes.subarray(0, room));
    await file.write(new TextEncoder().encode('\n[The rest of the output was not kept.]\n'));
  }

  private async closeFile(path: string): Promise<void> {
    const entry = this.open.get(path);
    this.open.delete(path);
    await entry?.then((file) => file.close()).catch(() => {});
  }

  private pathOf(runId: RunId, step: string, attempt: number, ending: 'log' | 'process'): string {
    const name = `${this.fileName(step)}.${attempt}.${ending}`;
    return this.host.files.join(this.folder, 'logs', this.fileName(runId), name);
  }

  /** Keys come from files that anybody may have written: no separators, no dots in front, no length that a file system refuses. */
  private fileName(key: string): string {
    const plain = encodeURIComponent(key).replace(
      /[*'().!~]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16)}`,
    );
    return plain.length <= 100 ? plain : `${plain.slice(0, 60)}-${this.host.sha256(key).slice(0, 16)}`;
  }
}
