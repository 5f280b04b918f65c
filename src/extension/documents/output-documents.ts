import { stripVTControlCharacters } from 'node:util';
import * as vscode from 'vscode';
import { attemptNumber, firstPart } from '../../core/model/attempts';
import type { FolderRuntime, RuntimeAccess } from '../runs/runtime-access';
import type { Runs } from '../runs/runs';
import { ReadOnlyFiles } from './read-only-files';

const SCHEME = 'baton-output';
/** An open document follows its step this often. */
const REFRESH = 500;

interface OutputAddress {
  readonly runId: string;
  readonly step: string;
  /** As the engine counts. */
  readonly attempt: number;
}

/** One attempt as people count: each part of it has a log of its own. */
interface WholeOutput extends OutputAddress {
  readonly first: number;
}

/** Shows what one attempt of a step wrote, from where it really began, following it while the step runs. */
export async function openOutput(runs: Pick<Runs, 'state'>, address: OutputAddress): Promise<void> {
  const { runId, step, attempt } = address;
  const carried = (await runs.state(runId))?.carried[step];
  const uri = vscode.Uri.from({
    scheme: SCHEME,
    path: `/${step} (attempt ${attemptNumber(carried, attempt)}).log`,
    query: new URLSearchParams({
      run: runId,
      step,
      attempt: String(attempt),
      first: String(firstPart(carried, attempt)),
    }).toString(),
  });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

/** What steps wrote while they ran, as plain text. */
export class OutputDocuments extends ReadOnlyFiles {
  private readonly stale = new Map<string, vscode.Uri>();
  private readonly times = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly runs: Runs,
    access: RuntimeAccess,
    private readonly ready: () => Promise<void>,
  ) {
    super(SCHEME);
    const follow = (folder: FolderRuntime) =>
      this.store.add(
        folder.runtime.onLive(({ runId, step, attempt }) => this.grew({ runId, step, attempt })),
      );
    for (const folder of access.opened()) follow(folder);
    this.store.add(access.onDidOpen(follow));
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const address = addressOf(uri);
    if (this.runs.get(address.runId) === undefined) await this.ready();
    const entry = this.runs.get(address.runId);
    if (entry === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const { runId, step, first, attempt } = address;
    let text = '';
    for (let part = first; part <= attempt; part += 1)
      text += await entry.folder.runtime.readLog(runId, step, part);
    return new TextEncoder().encode(stripVTControlCharacters(text));
  }

  protected override modifiedAt(uri: vscode.Uri): number {
    return this.times.get(uri.toString()) ?? 0;
  }

  private grew(address: OutputAddress): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme !== SCHEME) continue;
      const shown = addressOf(uri);
      if (shown.runId !== address.runId || shown.step !== address.step) continue;
      if (shown.first <= address.attempt && address.attempt <= shown.attempt)
        this.stale.set(uri.toString(), uri);
    }
    if (this.stale.size === 0) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const uris = [...this.stale.values()];
      this.stale.clear();
      for (const uri of uris) this.times.set(uri.toString(), Date.now());
      this.changed.fire(uris.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
    }, REFRESH);
  }

  override dispose(): void {
    clearTimeout(this.timer);
    super.dispose();
  }
}

function addressOf(uri: vscode.Uri): WholeOutput {
  const query = new URLSearchParams(uri.query);
  const attempt = Number(query.get('attempt') ?? 1);
  return {
    runId: query.get('run') ?? '',
    step: query.get('step') ?? '',
    attempt,
    first: Number(query.get('first') ?? attempt),
  };
}
