/*
 * owns: where the state of a workspace folder lies, the same for every window and every terminal.
 * must stay true: once noted, the place does not change by itself; VS Code hands out another folder after a slow reload,
 * in a second window or behind another port, and following it would forget every run.
 */
import type { Disposable } from '../base/disposable';
import type { Host } from '../host';

export interface HomeRequest {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** The folder VS Code gave this window, where there is one. */
  readonly storageFolder?: string;
  /** The setting `baton.stateDirectory`, or `--state`. */
  readonly override?: string;
}

export interface Home {
  /** Absolute; exists. */
  readonly folder: string;
  /** For people, told once. */
  readonly findings: readonly string[];
}

const WAIT_FOR_OTHERS_MS = 2_000;

/** The home of a workspace folder's state; noted the first time it is asked for. */
export async function resolveHome(host: Host, request: HomeRequest): Promise<Home> {
  const { files } = host;
  if (request.override !== undefined && request.override !== '') {
    await files.makeDirectory(request.override);
    return { folder: request.override, findings: [] };
  }
  const real = (await files.realPath(request.workspace)) ?? request.workspace;
  const note = files.join(notesFolder(host), host.sha256(real));
  const known = await followNote(host, note);
  if (known !== undefined && known !== 'gone') return { ...known, findings: [] };
  // Two processes that come first at the same moment must note one place.
  const turn = await takeTurn(host, note);
  try {
    const noted = await followNote(host, note);
    if (noted !== undefined && noted !== 'gone') return { ...noted, findings: [] };
    const beside = `${note}-state`;
    const folder = noted === 'gone' ? beside : (request.storageFolder ?? beside);
    await files.makeDirectory(folder);
    await files.writeAtomic(note, `${JSON.stringify({ workspace: real, folder }, null, 2)}\n`, {
      mode: 0o600,
    });
    const findings =
      noted === 'gone'
        ? [`The folder that held the runs of ${real} is gone. New runs are kept in ${folder}.`]
        : [];
    return { folder, findings };
  } finally {
    turn?.dispose();
  }
}

/** The folder for notes and state that belongs to this person on this machine. */
export function notesFolder(host: Host): string {
  const join = (...parts: string[]): string => host.files.join(...parts);
  const home = host.env('HOME') ?? host.env('USERPROFILE') ?? '';
  const named = host.env('XDG_STATE_HOME');
  if (named !== undefined && named !== '') return join(named, 'baton');
  if (host.platform === 'darwin') return join(home, 'Library', 'Application Support', 'baton');
  if (host.platform === 'win32')
    return join(host.env('LOCALAPPDATA') ?? join(home, 'AppData', 'Local'), 'baton');
  return join(home, '.local', 'state', 'baton');
}

type Noted = { readonly folder: string } | 'gone' | undefined;

async function followNote(host: Host, note: string): Promise<Noted> {
  const bytes = await host.files.read(note);
  if (bytes === undefined) return undefined;
  let folder: unknown;
  try {
    folder = (JSON.parse(new TextDecoder().decode(bytes)) as { folder?: unknown } | null)?.folder;
  } catch {
    return 'gone';
  }
  if (typeof folder !== 'string') return 'gone';
  const found = await host.files.stat(folder);
  return found?.kind === 'directory' || found?.kind === 'symlink' ? { folder } : 'gone';
}

async function takeTurn(host: Host, note: string): Promise<Disposable | undefined> {
  const end = host.clock.monotonic() + WAIT_FOR_OTHERS_MS;
  await host.files.makeDirectory(host.files.dirname(note));
  for (;;) {
    const taken = await host.locks.acquire(note, async () => ({}));
    if ('lock' in taken) return taken.lock;
    if (host.clock.monotonic() > end) return undefined;
    await new Promise<void>((resolve) => host.clock.after(20, resolve));
  }
}
