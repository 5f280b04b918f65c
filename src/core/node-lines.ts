import net from 'node:net';
import { toDisposable, type Disposable } from './base/disposable';
import { LONGEST_MESSAGE, type Log } from './host';
import { messageOf } from './model/errors';

export type AnswerLine = (message: unknown, hungUp: AbortSignal) => Promise<unknown>;

/** Calls back for each whole line. A line that is too long ends the connection. */
function readLines(socket: net.Socket, onLine: (line: string) => void): void {
  // The beginning of a line, in the pieces in which it came: a long one is put together once.
  let pieces: string[] = [];
  let length = 0;
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const parts = text.split('\n');
    for (const [index, part] of parts.entries()) {
      pieces.push(part);
      length += part.length;
      if (length > LONGEST_MESSAGE) return void socket.destroy();
      if (index === parts.length - 1) break;
      onLine(pieces.join(''));
      pieces = [];
      length = 0;
    }
  });
}

/** A server (not listening yet) that answers one JSON line to each JSON line. Disposing it hangs up on everybody. */
export function serveLines(answer: AnswerLine, log: Log): { readonly listener: net.Server } & Disposable {
  const open = new Set<net.Socket>();
  const listener = net.createServer((socket) => {
    const hungUp = new AbortController();
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      hungUp.abort();
    });
    // A peer that hangs up in the middle is its own business.
    socket.on('error', () => socket.destroy());
    readLines(
      socket,
      (line) => void answerLine(socket, line, (message) => answer(message, hungUp.signal), log),
    );
  });
  const hangUp = toDisposable(() => {
    for (const socket of open) socket.destroy();
    listener.close();
  });
  return { listener, dispose: () => hangUp.dispose() };
}

async function answerLine(
  socket: net.Socket,
  line: string,
  answer: (message: unknown) => Promise<unknown>,
  log: Log,
): Promise<void> {
  let reply: unknown = { error: 'not understood' };
  try {
    reply = await answer(parse(line));
  } catch (error) {
    log.warn(`A message from another process could not be answered: ${messageOf(error)}`);
  }
  if (!socket.destroyed) socket.write(`${JSON.stringify(reply ?? null)}\n`);
}

/** Undefined for what is no JSON. What the parser says of it would repeat a part of it, and may be a secret. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Sends one message and waits for its answer; undefined when nobody is there, when the peer hangs up or is silent for `timeoutMs`, and
 * when the signal fires.
 */
export function askPeer(
  address: string,
  message: unknown,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    const done = (value: unknown) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(value);
    };
    const giveUp = () => done(undefined);
    // An answer that lies there unread, since this process itself was held up, is still heard.
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    signal?.addEventListener('abort', giveUp);
    socket.once('connect', () => socket.write(`${JSON.stringify(message)}\n`));
    readLines(socket, (line) => done(parse(line)));
    socket.once('error', giveUp);
    socket.once('close', giveUp);
    if (signal?.aborted === true) giveUp();
  });
}
