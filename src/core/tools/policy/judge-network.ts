import type { Effect, Verdict } from '../effect';
import { fitsHost, hostOf, webAddress } from './host-pattern';
import type { PolicyRules } from './rules';
import type { Taint } from './taint';

/** Characters of an address behind its host that need no look: more of them could carry a file away. */
const LONGEST_QUERY = 200;
const LONGEST_QUERY_TAINTED = 40;
const LONGEST_PATH_TAINTED = 200;

export interface NetworkContext {
  readonly rules: PolicyRules;
  readonly taint: Taint;
}

type NetworkEffect = Extract<Effect, { type: 'network' }>;

/** A search goes to the service that the person set up; anything else there, and every other place, has to be allowed. */
export function judgeNetwork(effect: NetworkEffect, context: NetworkContext): Verdict {
  if (webAddress(effect.url) === undefined)
    return { verdict: 'deny', why: 'It is no web address, or carries a password', rule: 'bad-address' };
  if (effect.purpose === 'search')
    return { verdict: 'allow', why: 'Searches with your search service', rule: 'search' };
  return effect.purpose === 'fetch'
    ? judgeFetch(effect, context)
    : ask('service', `Uses the service at ${hostOf(effect.url) ?? effect.url}`);
}

/** A page is fetched by itself only from a host that the person allows, by GET, with an address that carries little. */
function judgeFetch(effect: NetworkEffect, context: NetworkContext): Verdict {
  const address = webAddress(effect.url);
  if (address === undefined)
    return { verdict: 'deny', why: 'It is no web address, or carries a password', rule: 'bad-address' };
  if (effect.method !== 'GET') return ask('http-post', `Sends data to ${address.hostname}`);
  const { foreign } = context.taint;
  const query = address.search.length + address.hash.length;
  if (query > (foreign ? LONGEST_QUERY_TAINTED : LONGEST_QUERY))
    return ask('long-address', `The address carries ${query} characters to ${address.hostname}`);
  const fitting = context.rules.hosts.filter((host) => fitsHost(host, effect.url));
  if (fitting.length === 0) return ask('fetch', `Fetches a page from ${address.hostname}`);
  if (address.protocol !== 'https:' || address.port !== '')
    return ask('fetch', `Fetches a page from ${address.host} without the usual protection`);
  if (foreign && address.pathname.length > LONGEST_PATH_TAINTED)
    return ask(
      'long-address',
      `The address carries ${address.pathname.length} characters to ${address.hostname}`,
    );
  // Under "*.example.com" the name itself can carry words, one label at a time.
  if (foreign && !fitting.some((host) => !host.startsWith('*.')))
    return ask(
      'rule-of-two',
      `This step has read words of others; ${address.hostname} is not named by your rules`,
    );
  return { verdict: 'allow', why: `Your rules allow ${address.hostname}`, rule: 'allowed-host' };
}

function ask(rule: string, why: string): Verdict {
  return { verdict: 'ask', why, rule };
}
