/*
 * owns: one question over HTTP to a service that the person set up (a search, an index, embeddings).
 * must stay true: the address and the key are the person's, so neither is followed elsewhere nor told to anybody.
 */
import { CancelledError, throwIfAborted } from '../../base/abort';
import type { JsonObject } from '../../base/json';
import type { Host } from '../../host';
import { BatonError } from '../../model/errors';

export interface ServiceRequest {
  /** As people know it: "Brave Search". */
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  /** Never in anything that comes back, should the service repeat it. */
  readonly secret?: string | undefined;
  /** Milliseconds; default 15,000. */
  readonly timeoutMs?: number;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** undefined when it is no JSON. */
  readonly body: unknown;
}

/** Bytes of one answer. */
const LARGEST_ANSWER = 10_000_000;

/** The answer, whatever its status. @throws BatonError "service-unreachable", "service-timeout" or "service-too-large"; on abort its reason. */
export async function askService(
  host: Host,
  request: ServiceRequest,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  throwIfAborted(signal);
  const { service, timeoutMs = 15_000 } = request;
  const end = new AbortController();
  const onAbort = () => end.abort(new CancelledError());
  signal.addEventListener('abort', onAbort, { once: true });
  let isLate = false;
  const timer = host.clock.after(timeoutMs, () => {
    isLate = true;
    end.abort();
  });
  try {
    const response = await host.fetch(request.url, {
      method: request.method,
      redirect: 'error',
      credentials: 'omit',
      signal: end.signal,
      headers: {
        accept: 'application/json',
        'user-agent': 'Baton',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const text = await boundedText(response, service);
    return {
      status: response.status,
      headers: response.headers,
      body: parsed(without(text, request.secret)),
    };
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof BatonError) throw error;
    // No cause and no message of the system: they may hold the address with what was asked, or a header.
    if (isLate)
      throw new BatonError('service-timeout', `${service} did not answer within ${timeoutMs / 1000} s.`, {
        retryable: true,
      });
    throw new BatonError('service-unreachable', `${service} could not be reached. Is its address right?`, {
      retryable: true,
    });
  } finally {
    timer.dispose();
    signal.removeEventListener('abort', onAbort);
  }
}

/** The address of a service with a path below it and what is asked. @throws BatonError "tool-refused" */
export function serviceUrl(
  service: string,
  address: string,
  path: string,
  asked: Readonly<Record<string, string>> = {},
): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new BatonError('tool-refused', `The address of ${service} is not one. Write it with https://.`);
  }
  if (!['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw new BatonError('tool-refused', `The address of ${service} must be a plain http or https address.`);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  url.search = new URLSearchParams(asked).toString();
  url.hash = '';
  return url.href;
}

async function boundedText(response: Response, service: string): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) return text + decoder.decode();
    size += part.value.byteLength;
    if (size > LARGEST_ANSWER) {
      reader?.cancel().catch(() => {});
      throw new BatonError('service-too-large', `${service} answered with more than 10 MB.`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
}

function without(text: string, secret: string | undefined): string {
  return secret === undefined || secret === '' ? text : text.replaceAll(secret, '(key)');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
