import { createHash } from 'node:crypto';
import type {
  CommandRequest,
  CommandResult,
  Host,
  HostProcesses,
  ProcessGroup,
} from '../../../src/core/host';
import { SimulatedClock } from './simulated-clock';

/** How a simulated command goes. */
export interface CommandScript {
  /** Milliseconds of work. Default 10. */
  readonly takes?: number;
  readonly exitCode?: number;
  readonly stdout?: string;
  /** More was printed before `stdout` than a host keeps. */
  readonly stdoutTruncated?: boolean;
  readonly leftRunning?: readonly string[];
  readonly stderr?: string;
  /** Ends by this signal after its time, as if somebody killed it. */
  readonly killedBy?: string;
  /** Goes on after TERM, until KILL. */
  readonly ignoresTerm?: boolean;
  /** Cannot be started. */
  readonly missing?: boolean;
}

/** One begun command, as an outside observer would count it. */
export interface Effect {
  readonly command: string;
  readonly mark: string;
  readonly at: number;
  readonly env: Readonly<Record<string, string>>;
  ended?: 'finished' | 'term' | 'kill';
}

/** A machine on which nothing is left to chance: time, ids, files and processes are simulated. */
export class SimulatedHost {
  readonly clock: SimulatedClock;
  readonly effects: Effect[] = [];
  readonly endedGroups: string[] = [];
  readonly files = new Map<string, Uint8Array>();
  readonly logged: string[] = [];
  private ids = 0;
  private seed: number;

  constructor(
    /** What a command does; asked each time one starts. */
    private readonly script: (command: string, request: CommandRequest) => CommandScript = () => ({}),
    options: { readonly clock?: SimulatedClock; readonly seed?: number; readonly firstId?: number } = {},
  ) {
    this.clock = options.clock ?? new SimulatedClock();
    this.seed = options.seed ?? 1;
    this.ids = options.firstId ?? 0;
  }

  readonly host: Host = this.makeHost();

  /** Commands begun, by their text. */
  count(command: string): number {
    return this.effects.filter((effect) => effect.command === command).length;
  }

  private makeHost(): Host {
    const refuse = (what: string) => () => {
      throw new Error(`The simulation has no ${what}`);
    };
    return {
      fetch: () => Promise.reject(new Error('The simulation has no network')),
      publicFetch: refuse('network'),
      // Read when used: this property is set before the constructor's body has run.
      clock: {
        now: () => this.clock.now(),
        monotonic: () => this.clock.monotonic(),
        after: (delayMs, callback) => this.clock.after(delayMs, callback),
      },
      ids: {
        next: () => `id-${String(++this.ids).padStart(4, '0')}`,
        random: () => this.random(),
        secret: () => '0'.repeat(64),
      },
      files: {
        read: async (path) => this.files.get(path),
        writeAtomic: async (path, data) => {
          this.files.set(path, typeof data === 'string' ? new TextEncoder().encode(data) : data);
        },
        openAppend: refuse('append files'),
        stat: async (path) => {
          const size = this.files.get(path)?.byteLength;
          return size === undefined ? undefined : { kind: 'file', size, modifiedAt: 0 };
        },
        list: async (path) => this.list(path),
        realPath: async (path) => path,
        makeDirectory: async () => {},
        remove: async (path) => void this.files.delete(path),
        rename: refuse('renames'),
        truncate: refuse('truncation'),
        join: (...parts) => parts.join('/'),
        dirname: (path) => path.split('/').slice(0, -1).join('/'),
        within: refuse('tools'),
        relative: (from, to) => (to.startsWith(`${from}/`) ? to.slice(from.length + 1) : to),
      },
      processes: this.processes(),
      locks: { acquire: refuse('locks'), ask: refuse('locks') },
      workers: { start: refuse('workers') },
      log: {
        debug: () => {},
        info: () => {},
        warn: (message) => void this.logged.push(message),
        error: (message, error) => void this.logged.push(`${message}: ${String(error)}`),
      },
      platform: 'linux',
      pid: 1,
      sha256: (data) => createHash('sha256').update(data).digest('hex'),
      env: () => undefined,
    };
  }

  private processes(): HostProcesses {
    return {
      run: (request) => this.run(request),
      endGroup: async (group: Partial<ProcessGroup> & { readonly mark: string }) => {
        this.endedGroups.push(group.mark);
      },
      talk: () => Promise.reject(new Error('Nothing can be spoken with here')),
    };
  }

  private run(request: CommandRequest): Promise<CommandResult> {
    const command = typeof request.command === 'string' ? request.command : request.command.join(' ');
    if (request.signal.aborted) return Promise.reject(request.signal.reason as Error);
    const script = this.script(command, request);
    if (script.missing === true) return Promise.reject(new Error(`${command}: not found`));
    const mark = request.env['BATON_STEP'] ?? '';
    const effect: Effect = { command, mark, at: this.clock.now(), env: request.env };
    this.effects.push(effect);
    request.onStarted?.({ pid: 1000 + this.effects.length, startTime: '1', mark });
    return new Promise((resolve) => {
      const result = (exitCode: number | null, signal: string | null): CommandResult => ({
        exitCode,
        signal,
        stdout: script.stdout ?? '',
        stderr: script.stderr ?? '',
        truncated: script.stdoutTruncated ?? false,
        stdoutTruncated: script.stdoutTruncated ?? false,
        ...(script.leftRunning !== undefined && { leftRunning: script.leftRunning }),
      });
      const timer = this.clock.after(script.takes ?? 10, () => {
        request.signal.removeEventListener('abort', stop);
        effect.ended = 'finished';
        if (script.stdout !== undefined) request.onOutput('stdout', script.stdout);
        if (script.stderr !== undefined) request.onOutput('stderr', script.stderr);
        resolve(
          script.killedBy === undefined ? result(script.exitCode ?? 0, null) : result(null, script.killedBy),
        );
      });
      const stop = () => {
        timer.dispose();
        if (script.ignoresTerm !== true) {
          effect.ended = 'term';
          resolve(result(null, 'SIGTERM'));
          return;
        }
        this.clock.after(request.graceMs(), () => {
          effect.ended = 'kill';
          resolve(result(null, 'SIGKILL'));
        });
      };
      request.signal.addEventListener('abort', stop, { once: true });
    });
  }

  private list(folder: string): { name: string; kind: 'file' | 'directory' }[] {
    const names = new Map<string, 'file' | 'directory'>();
    for (const path of this.files.keys()) {
      if (!path.startsWith(`${folder}/`)) continue;
      const [name = '', ...rest] = path.slice(folder.length + 1).split('/');
      names.set(name, rest.length > 0 ? 'directory' : 'file');
    }
    return [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, kind]) => ({ name, kind }));
  }

  /** A small generator with a seed: the same run is the same run. */
  private random(): number {
    this.seed = (this.seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.seed / 2 ** 31;
  }
}
