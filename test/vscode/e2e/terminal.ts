import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningServer } from '../server/start.mjs';

/** A terminal of the same person, in which a workflow runs. */
export interface Terminal {
  readonly pid: number;
  /** Resolves when it has printed this. */
  readonly says: (text: string) => Promise<void>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** Holds the process up, so that it answers nobody; and lets it go on. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly end: () => void;
}

/** `baton run FILE` out of the installed package, by the Node of the tests: another version than the window's, as people have it. */
export async function runInTerminal(server: RunningServer, folder: string, file: string): Promise<Terminal> {
  const extensions = join(server.data, 'extensions');
  const installed = (await readdir(extensions)).find((name) => name.startsWith('baton.baton-'));
  const cli = join(extensions, installed ?? '', 'dist', 'cli.js');
  const child = spawn(process.execPath, [cli, 'run', file, '--workspace', folder], {
    cwd: folder,
    // No keys of whoever runs the tests; and the notes where the window keeps its own.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], XDG_STATE_HOME: server.stateHome },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    async says(text) {
      while (!said.includes(text)) {
        const heard = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
        const silent = ended.then((code) => Promise.reject(new Error(`It ended with ${code}: ${said}`)));
        await Promise.race([heard, silent]);
      }
    },
    ended,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    end: () => void child.kill('SIGKILL'),
  };
}
