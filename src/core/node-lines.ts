import net from 'node:net';
import { toDisposable, type Disposable } from './base/disposable';
import type { Log } from './host';
import { messageOf } from './model/errors';

/** A line longer than this is no message of ours. Characters. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** Calls back for each whole line. A line that is too long ends the connection. */
function readLines(socket: net.Socket, onLine: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    rest += text;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      onLine(rest.slice(0, end));
      rest = rest.slice(end + 1);
    }
    if (rest.length > LONGEST_LINE) socket.destroy();
  });
}

/** A server (not listening yet) that answers one JSON line to each JSON line. Disposing it hangs up on everybody. */
export function serveLines(
  answer: (message: unknown) => Promise<unknown>,
  log: Log,
): { readonly listener: net.Server } & Disposable {
  const open = new Set<net.Socket>();
  const listener = net.createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // A peer that hangs up in the middle is its own business.
    socket.on('error', () => socket.destroy());
    readLines(socket, (line) => void answerLine(socket, line, answer, log));
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
  let reply: unknown;
  try {
    reply = await answer(JSON.parse(line));
  } catch (error) {
    log.warn(`A message from another process was not understood: ${messageOf(error)}`);
    reply = { error: 'not understood' };
  }
  if (!socket.destroyed) socket.write(`${JSON.stringify(reply ?? null)}\n`);
}

/** Sends one message and waits for its answer; undefined when nobody is there, or is silent for `timeoutMs`. */
export function askPeer(address: string, message: unknown, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    const timer = setTimeout(() => done(undefined), timeoutMs);
    const done = (value: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => socket.write(`${JSON.stringify(message)}\n`));
    readLines(socket, (line) => {
      try {
        done(JSON.parse(line));
      } catch {
        done(undefined);
      }
    });
    socket.once('error', () => done(undefined));
    socket.once('close', () => done(undefined));
  });
}
