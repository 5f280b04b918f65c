/*
 * owns: how a page that a model or another page named is asked for: one GET after the other, redirects followed by hand.
 * does not own: which addresses are public (base/public-address), what a page says (tools/web).
 * must stay true: each hop is a new address, judged like the first. Nothing that belongs to the person is sent.
 */
import { ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { throwIfAborted } from './base/abort';
import { publicUrl } from './base/public-url';
import type { PublicRequest, PublicResponse } from './host';
import { BatonError, messageOf } from './model/errors';
import { readBody, UNDERSTOOD_ENCODINGS } from './node-public-body';
import { connectPublic, type PublicSocketOptions } from './node-public-socket';

const REDIRECTS = [301, 302, 303, 307, 308];

/** See `Host.publicFetch`. */
export function createPublicFetch(
  options: PublicSocketOptions = {},
): (request: PublicRequest) => Promise<PublicResponse> {
  return async (request) => {
    throwIfAborted(request.signal);
    const deadline = AbortSignal.timeout(request.timeoutMs);
    const signal = AbortSignal.any([request.signal, deadline]);
    try {
      return await follow(request, options, signal);
    } catch (error) {
      throwIfAborted(request.signal);
      if (deadline.aborted)
        throw new BatonError(
          'page-timeout',
          `The page did not come within ${Math.round(request.timeoutMs / 1000)} s.`,
          { cause: error, retryable: true },
        );
      if (error instanceof BatonError) throw error;
      throw new BatonError('page-broken', `The page broke off (${messageOf(error).slice(0, 100)}).`, {
        cause: error,
        retryable: true,
      });
    }
  };
}

async function follow(
  request: PublicRequest,
  options: PublicSocketOptions,
  signal: AbortSignal,
): Promise<PublicResponse> {
  let url = judged(request.url);
  for (let hop = 0; ; hop++) {
    const socket = await connectPublic(url, options, signal);
    try {
      const response = await ask(url, request.accept, socket, signal);
      const status = response.statusCode ?? 0;
      const { location } = response.headers;
      if (!REDIRECTS.includes(status) || location === undefined)
        return await finished(url, status, response, request);
      if (hop >= request.maxRedirects)
        throw new BatonError('page-redirects', `The page redirects more than ${request.maxRedirects} times.`);
      url = judged(location, url);
    } finally {
      socket.destroy();
    }
  }
}

function judged(text: string, base?: URL): URL {
  const { url, fault } = publicUrl(text, base);
  if (url !== undefined) return url;
  throw new BatonError('address-refused', base === undefined ? fault : `The page redirects: ${fault}`);
}

/** The head of one answer. Asked without `http.request`: hosts replace that function by one that knows proxies and looks names up. */
function ask(url: URL, accept: string, socket: Socket, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = new ClientRequest({
      createConnection: () => socket,
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      setHost: false,
      signal,
      headers: {
        host: url.host,
        accept,
        'accept-encoding': UNDERSTOOD_ENCODINGS,
        'user-agent': 'Baton',
        connection: 'close',
      },
    });
    request.on('response', resolve).on('error', reject);
    // Without a listener for it, an offer to change the protocol would leave this waiting.
    request.on('upgrade', () => reject(new Error('the server changes the protocol')));
    request.end();
  });
}

async function finished(
  url: URL,
  status: number,
  response: IncomingMessage,
  request: PublicRequest,
): Promise<PublicResponse> {
  const contentType = response.headers['content-type'] ?? '';
  const page = { url: url.href, status, contentType };
  if (status < 200 || status > 299) return { ...page, body: new Uint8Array() };
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!request.accepts(mediaType))
    throw new BatonError(
      'page-type',
      `The address gives ${/^[\w.+/-]{1,80}$/.test(mediaType) ? mediaType : 'an unknown type'}, which is no text.`,
    );
  return { ...page, body: await readBody(response, request.maxBytes) };
}
