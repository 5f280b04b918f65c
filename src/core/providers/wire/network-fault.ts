import type { CallFault } from '../../model/model-call';
import type { Fault } from './fault';

/*
 * Why a request got no response at all, read from the codes in the chain of causes: Node's, undici's and, where an editor lends
 * its own fetch, Chromium's ("net::ERR_CERT_DATE_INVALID").
 */
const words: readonly (readonly [CallFault, RegExp])[] = [
  ['proxy', /PROXY|TUNNEL|\b407\b/i],
  ['not-the-provider', /redirect/i],
  [
    'tls',
    /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER|DECRYPT|DECODE)|ERR_(SSL|TLS)|EPROTO|SSL routines|INVALID_CA|CRL_|OCSP/i,
  ],
  ['timeout', /UND_ERR_(HEADERS|BODY)_TIMEOUT|HeadersTimeout|BodyTimeout/i],
];

export function networkFault(error: unknown): Fault {
  const { codes, messages } = chainOf(error);
  // Node hides a 407: its fetch fails for a reason without a name, and for no other one.
  if (codes.length === 0 && messages.length > 1 && messages.at(-1) === '')
    return { fault: 'proxy', status: 407 };
  const told = [...codes, ...messages].join('\n');
  const fault = words.find(([, pattern]) => pattern.test(told))?.[0] ?? 'network';
  const code = codes.at(-1) ?? /\b(?:net::)?(ERR_[A-Z_]+)\b/.exec(told)?.[1];
  return { fault, ...(code !== undefined && { raw: code }) };
}

/** Codes and messages of an error and of what caused it, outermost first. */
function chainOf(error: unknown): { readonly codes: string[]; readonly messages: string[] } {
  const codes: string[] = [];
  const messages: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, message, cause, errors } = at as Record<string, unknown>;
    if (typeof code === 'string') codes.push(code.slice(0, 80));
    if (typeof message === 'string') messages.push(message);
    // Node tries each address of a name and tells of all of them together; the first stands for all.
    at = Array.isArray(errors) && errors.length > 0 ? (errors[0] as unknown) : cause;
  }
  return { codes, messages };
}
