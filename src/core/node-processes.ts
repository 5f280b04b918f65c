import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { throwIfAborted } from './base/abort';
import type { CommandRequest, CommandResult, HostProcesses, Log } from './host';
import { systemError } from './node-errors';
import { cleanEnvironment } from './node-environment';
import { endGroup, endLiveGroup, endMarked, startTimeOf } from './node-process-group';
import { endLeft } from './node-process-left';
import { talk } from './node-talk';
import { Tail } from './node-tail';

const KEPT_OUTPUT = 1024 * 1024;
/** How long the pipes may stay open when everything that could be found was ended: who holds them then is out of reach. */
const PIPE_PATIENCE_MS = 1_000;

export function createNodeProcesses(log: Log): HostProcesses {
  return {
    run: (request) => runCommand(request, log),
    endGroup,
    talk: (request) => talk(request, log),
  };
}

async function runCommand(request: CommandRequest, log: Log): Promise<CommandResult> {
  throwIfAborted(request.signal);
  const child = start(request);
  // Node tells of a failed start later, through `error`; a process that began has a pid at once.
  const exited = exitOf(child);
  if (child.pid === undefined) {
    await exited.catch((error: unknown) => {
      throw systemError(error, `Cannot start ${nameOf(request.command)} in ${request.cwd}`);
    });
    throw systemError(undefined, `Cannot start ${nameOf(request.command)}`);
  }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const pid = child.pid;
  const mark = request.env['BATON_STEP'] ?? '';
  request.onStarted?.({ pid, startTime: startTimeOf(pid) ?? '', mark });

  const stdout = collect(child.stdout, (text) => tell(request, 'stdout', text, log));
  const stderr = collect(child.stderr, (text) => tell(request, 'stderr', text, log));
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping = end(pid, mark, request.graceMs());
  };
  request.signal.addEventListener('abort', stop, { once: true });
  // The signal may have fired inside `onStarted`, before anybody listened.
  if (request.signal.aborted) stop();
  try {
    const { code, signal } = await exited;
    // What it prints last may still be on its way, and what it left may still write: the result is read after both.
    const leftRunning = stopping === undefined ? await endLeft(pid, mark) : [];
    await stopping;
    await outputEnd(child, closed);
    return {
      exitCode: code,
      signal,
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.truncated || stderr.truncated,
      stdoutTruncated: stdout.truncated,
      ...(leftRunning.length > 0 && { leftRunning }),
    };
  } finally {
    request.signal.removeEventListener('abort', stop);
  }
}

function start(request: CommandRequest): ChildProcess {
  const options = {
    cwd: request.cwd,
    env: { ...cleanEnvironment(process.env), ...request.env },
    // A group of its own: ending a shell alone would leave its children behind.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'] as const,
    windowsHide: true,
  };
  if (typeof request.command === 'string')
    return spawn(request.command, { ...options, shell: true, stdio: [...options.stdio] });
  const [program = '', ...parameters] = request.command;
  return spawn(program, parameters, { ...options, shell: false, stdio: [...options.stdio] });
}

/** Resolves when the process itself ended; others may hold its output open. */
function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

async function end(pid: number, mark: string, graceMs: number): Promise<void> {
  await endLiveGroup(pid, graceMs);
  // A child that made a group of its own is found by its mark.
  if (mark !== '') await endMarked(mark, 0);
}

/** Resolves when its output was read to the end, or was given up. */
async function outputEnd(child: ChildProcess, closed: Promise<void>): Promise<void> {
  const giveUp = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, PIPE_PATIENCE_MS);
  await closed;
  clearTimeout(giveUp);
}

function collect(stream: Readable | null, onText: (text: string) => void): Tail {
  const tail = new Tail(KEPT_OUTPUT);
  // Decodes across chunks: a character may arrive in two pieces.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  stream?.on('data', (chunk: Buffer) => {
    tail.push(chunk);
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') onText(text);
  });
  stream?.once('end', () => {
    const rest = decoder.decode();
    if (rest !== '') onText(rest);
  });
  return tail;
}

/** A listener that throws must not take the process with it. */
function tell(request: CommandRequest, stream: 'stdout' | 'stderr', text: string, log: Log): void {
  try {
    request.onOutput(stream, text);
  } catch (error) {
    log.error('A listener of a command failed', error);
  }
}

function nameOf(command: string | readonly string[]): string {
  return typeof command === 'string' ? 'the shell' : (command[0] ?? 'nothing');
}
