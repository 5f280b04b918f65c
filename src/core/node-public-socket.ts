/*
 * owns: that a socket for a page leads to the public internet and nowhere else.
 * must stay true: a name is looked up once, all of its addresses are judged, and one of exactly those is connected to. No other code
 * looks the name up again, so an answer that changes between the check and the connection changes nothing.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import { addressFault, isAddress } from './base/public-address';
import { BatonError, messageOf } from './model/errors';

export interface PublicSocketOptions {
  /** How a name becomes addresses. Default: the system's resolver. */
  readonly lookup?: (hostname: string) => Promise<readonly string[]>;
  /** For tests that serve pages on this machine: what counts as public all the same. No setting leads here. */
  readonly exempt?: (address: string, port: number) => boolean;
}

/** Of the addresses of one name, how many are tried. */
const MOST_ADDRESSES = 4;
/** For one of several addresses, milliseconds: another may be reached when it is not. */
const ATTEMPT_MS = 2500;

/** A connection to the host of an address, encrypted and its certificate checked where the address says https. */
export async function connectPublic(
  url: URL,
  options: PublicSocketOptions,
  signal: AbortSignal,
): Promise<net.Socket> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const isEncrypted = url.protocol === 'https:';
  const port = url.port === '' ? (isEncrypted ? 443 : 80) : Number(url.port);
  const addresses = isAddress(host) ? [host] : await addressesOf(host, options, signal);
  const judge = (address: string): void => {
    const fault = options.exempt?.(address, port) === true ? undefined : addressFault(address);
    if (fault !== undefined)
      throw new BatonError(
        'address-refused',
        `${host} leads to ${address}, which is not on the public internet (${fault}).`,
      );
  };
  addresses.forEach(judge);
  const plain = await connectToOne(host, addresses.slice(0, MOST_ADDRESSES), port, signal);
  try {
    // What the kernel says of the connection itself, whatever stood in between.
    judge(plain.remoteAddress ?? '');
    return isEncrypted ? await encrypted(plain, host, signal) : plain;
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

async function addressesOf(
  host: string,
  { lookup }: PublicSocketOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const found = await untilAborted(lookup === undefined ? allAddresses(host) : lookup(host), signal);
    if (found.length > 0) return found;
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(`The name ${host} could not be looked up`, error);
  }
  throw unreachable(`The name ${host} has no address`);
}

async function allAddresses(host: string): Promise<string[]> {
  return (await systemLookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

async function connectToOne(
  host: string,
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<net.Socket> {
  let last: unknown;
  for (const [index, address] of addresses.entries()) {
    signal.throwIfAborted();
    const isLast = index === addresses.length - 1;
    const socket = net.connect({ host: address, port });
    try {
      await ready(
        socket,
        'connect',
        isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]),
      );
      return socket;
    } catch (error) {
      last = error;
    }
  }
  signal.throwIfAborted();
  throw unreachable(`${host} could not be reached`, last);
}

async function encrypted(plain: net.Socket, host: string, signal: AbortSignal): Promise<net.Socket> {
  // An address of numbers is no server name; its certificate is compared with `host` all the same.
  const socket = tls.connect({
    socket: plain,
    host,
    ...(isAddress(host) ? {} : { servername: host }),
    ALPNProtocols: ['http/1.1'],
  });
  try {
    await ready(socket, 'secureConnect', signal);
    return socket;
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(`No safe connection to ${host}`, error);
  }
}

/** Resolves at the event; destroys the socket when it fails or the signal fires. */
function ready(socket: net.Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.off(event, onReady).off('error', onError).off('close', onClose);
      act();
    };
    const fail = (error: unknown) =>
      settle(() => {
        // A destroyed socket may still report; nobody is waiting for that any more.
        socket.on('error', () => {});
        socket.destroy();
        reject(error instanceof Error ? error : new Error('Aborted'));
      });
    const onAbort = () => fail(signal.reason);
    const onReady = () => settle(resolve);
    const onError = (error: Error) => fail(error);
    const onClose = () => fail(new Error('the connection was closed'));
    socket.once(event, onReady).once('error', onError).once('close', onClose);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function untilAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('Aborted'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    task.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function unreachable(what: string, cause?: unknown): BatonError {
  const why = cause === undefined ? '' : ` (${codeOf(cause)})`;
  return new BatonError(
    'page-unreachable',
    `${what}${why}. Pages are asked directly, never through a proxy.`,
    {
      cause,
      retryable: true,
    },
  );
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : messageOf(error).slice(0, 100);
}
