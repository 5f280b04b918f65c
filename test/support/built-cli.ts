import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunEvent } from '../../src/core/model/events';
import { temporaryFolder } from './node-host';

const root = path.resolve(import.meta.dirname, '../..');
const home = path.join(root, '.cache/cli');
const BUNDLES = 'cli,runtime,database-worker,parse-worker,analyses-worker,search-worker,page-worker';
let ready: Promise<string> | undefined;

/**
 * Path of the built command line, the bundle that people get. `BATON_CLI` names one that is there already;
 * else it is built once for the sources as they are now.
 */
export function builtCli(): Promise<string> {
  const given = process.env['BATON_CLI'];
  return (ready ??= given === undefined ? build() : Promise.resolve(path.resolve(given)));
}

async function build(): Promise<string> {
  // A folder for each state of the sources: nobody's command line is replaced while it is in use.
  const newest = Math.max(
    await newestIn(path.join(root, 'src')),
    (await stat(path.join(root, 'esbuild.mjs'))).mtimeMs,
  );
  const folder = path.join(home, String(Math.floor(newest)));
  const cli = path.join(folder, 'dist/cli.js');
  const release = await takeTurn();
  try {
    // Copied last, so it says that the rest is whole.
    const whole = path.join(folder, 'package.json');
    if (await stat(whole).catch(() => undefined)) return cli;
    const parameters = ['esbuild.mjs', '--only', BUNDLES, '--outdir', path.dirname(cli)];
    const { code, stderr } = await finish(spawn(process.execPath, parameters, { cwd: root }));
    if (code !== 0) throw new Error(`The command line cannot be built: ${stderr}`);
    await cp(path.join(root, 'package.json'), whole);
    await removeOld();
    return cli;
  } finally {
    await release();
  }
}

const OLD_MS = 3_600_000;

async function removeOld(): Promise<void> {
  for (const name of await readdir(home)) {
    const file = path.join(home, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > OLD_MS)
      await rm(file, { recursive: true, force: true });
  }
}

/** Test files run in processes of their own; the first one builds, the others wait. */
async function takeTurn(): Promise<() => Promise<void>> {
  await mkdir(home, { recursive: true });
  const turn = path.join(home, 'turn');
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    try {
      await mkdir(turn);
      return () => rm(turn, { recursive: true, force: true });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  // Left behind by a process that was killed.
  await rm(turn, { recursive: true, force: true });
  return takeTurn();
}

async function newestIn(folder: string): Promise<number> {
  let newest = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    newest = Math.max(newest, (await stat(path.join(entry.parentPath, entry.name))).mtimeMs);
  }
  return newest;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function finish(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** A folder with workflows, a home of its own, and the command line in it. */
export class Workplace {
  private constructor(
    readonly folder: string,
    private readonly cli: string,
    readonly remove: () => Promise<void>,
  ) {}

  static async make(files: Readonly<Record<string, string>> = {}): Promise<Workplace> {
    const { path: folder, remove } = await temporaryFolder('baton-cli');
    const place = new Workplace(folder, await builtCli(), remove);
    await mkdir(place.workspace);
    for (const [name, text] of Object.entries(files)) await place.write(name, text);
    return place;
  }

  get workspace(): string {
    return path.join(this.folder, 'workspace');
  }

  async write(name: string, text: string): Promise<string> {
    const file = path.join(this.workspace, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  /** Empty when there is no such file. */
  async read(name: string): Promise<string> {
    return readFile(path.join(this.workspace, name), 'utf8').catch(() => '');
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, [this.cli, ...args], {
      cwd: this.workspace,
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        TMPDIR: os.tmpdir(),
        LOCALAPPDATA: this.folder,
        XDG_STATE_HOME: path.join(this.folder, 'state'),
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Runs a command to its end. `input` is what a person would type. */
  async baton(
    args: readonly string[],
    options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Ended> {
    const child = this.start(args, options.env);
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
    return finish(child);
  }

  /** One JSON document of a command that must end well. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.baton([...args, '--json']);
    if (code !== 0) throw new Error(`baton ${args.join(' ')} exited with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }
}

/** Events of a `--json` output. Left out: a line cut by a kill, and the state that stands there when a run had ended before. */
export function eventsIn(stdout: string): RunEvent[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent)
    .filter(({ type }) => type !== undefined);
}

/** Resolves with the events so far once the child printed one that fits. */
export function untilEvent(child: ChildProcess, fits: (event: RunEvent) => boolean): Promise<RunEvent[]> {
  let stdout = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (text: string | Buffer) => {
      stdout += text.toString();
      const events = eventsIn(stdout);
      if (events.some(fits)) resolve(events);
    });
    child.once('close', () => reject(new Error(`It ended before that event: ${stdout}`)));
  });
}
