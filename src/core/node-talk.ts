/*
 * owns: a program that stays and is spoken with: its streams, and that nothing of it outlives its end.
 * must stay true: its end is told once, after its last output, and by then its children are being ended.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Log, TalkingProcess, TalkRequest } from './host';
import { BatonError } from './model/errors';
import { cleanEnvironment } from './node-environment';
import { systemError } from './node-errors';
import { endLiveGroup, endMarked, signalGroup } from './node-process-group';

/** What waits to be read by the program, bytes; more is refused, so that a deaf one costs no memory. */
const MOST_WAITING = 8 * 1024 * 1024;
/** How long the pipes may stay open after the program ended: a child that left its group may hold them. */
const PIPE_PATIENCE_MS = 1_000;

/** See `HostProcesses.talk`. */
export async function talk(request: TalkRequest, log: Log): Promise<TalkingProcess> {
  const [program = '', ...parameters] = request.command;
  const child = spawn(program, parameters, {
    cwd: request.cwd,
    env: { ...cleanEnvironment(process.env), ...request.env },
    // A group of its own: ending the program alone would leave its children behind.
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    shell: false,
  });
  const { pid } = child;
  if (pid === undefined)
    throw await new Promise((resolve) =>
      child.once('error', (error) =>
        resolve(systemError(error, `Cannot start ${program} in ${request.cwd}`)),
      ),
    );
  child.on('error', (error) => log.warn(`A program could not be signalled: ${error.message}`));
  // A program that closes its input or ends while it is told something is no failure of ours; `write` says so.
  child.stdin.on('error', () => {});
  read(child.stdout, (text) => guarded(() => request.onOutput('stdout', text), log));
  read(child.stderr, (text) => guarded(() => request.onOutput('stderr', text), log));

  alive.add(pid);
  endWithThisProcess();
  const left = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const cleanUp = async (graceMs: number): Promise<void> => {
    await endLiveGroup(pid, graceMs);
    const mark = request.env['BATON_STEP'] ?? '';
    // A child that made a group of its own is found by its mark.
    if (mark !== '') await endMarked(mark, 0);
  };
  let ending: Promise<void> | undefined;
  const end = (graceMs: number): Promise<void> =>
    (ending ??= cleanUp(graceMs).finally(() => {
      alive.delete(pid);
    }));
  void left.then(() => end(0));
  void closed(child, left).then((how) => guarded(() => request.onEnd(how), log));
  return {
    write: (text) => write(child, text),
    end: async (graceMs) => {
      await end(graceMs);
      await left;
    },
  };
}

function write(child: ChildProcess, text: string): Promise<void> {
  const { stdin } = child;
  if (stdin === null || stdin.destroyed || child.exitCode !== null || child.signalCode !== null)
    return Promise.reject(new BatonError('process-ended', 'The program has ended.'));
  if (stdin.writableLength + text.length > MOST_WAITING)
    return Promise.reject(new BatonError('process-deaf', 'The program does not read what it is told.'));
  return new Promise((resolve, reject) => {
    stdin.write(text, (error) => {
      if (error) reject(new BatonError('process-ended', 'The program has ended.', { cause: error }));
      else resolve();
    });
  });
}

/** How the program ended, once its output was read to the end or has had its time. */
function closed(
  child: ChildProcess,
  left: Promise<void>,
): Promise<{ exitCode: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
    void left.then(() => {
      const giveUp = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, PIPE_PATIENCE_MS);
      child.once('close', () => clearTimeout(giveUp));
    });
  });
}

function read(stream: Readable, onText: (text: string) => void): void {
  // Decodes across chunks: a character may arrive in two pieces.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  stream.on('data', (chunk: Buffer) => {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') onText(text);
  });
  stream.once('end', () => {
    const rest = decoder.decode();
    if (rest !== '') onText(rest);
  });
}

/** A listener that throws must not take the process with it. */
function guarded(tell: () => void, log: Log): void {
  try {
    tell();
  } catch (error) {
    log.error('A listener of a program failed', error);
  }
}

const alive = new Set<number>();
let isWatching = false;

/** At the end of this process there is no time left to wait for anybody. */
function endWithThisProcess(): void {
  if (isWatching) return;
  isWatching = true;
  process.once('exit', () => {
    for (const pid of alive) signalGroup(pid, 'SIGKILL');
  });
}
