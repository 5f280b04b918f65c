import type { Candidate } from './routable';
import type { Health } from '../health/health';

/** When a candidate may be asked. Times are of the monotonic clock. */
export type Availability =
  | { readonly status: 'free' }
  /** It may be asked now, and others had better be. */
  | { readonly status: 'resting'; readonly because: string }
  | { readonly status: 'later'; readonly at: number; readonly because: string }
  | { readonly status: 'blocked'; readonly because: string };

/** How long an unknown end (another request is probing) is waited for before it is looked at again. */
const PROBE_LOOK_MS = 1_000;

const FREE: Availability = { status: 'free' };

export function availabilityOf(candidate: Candidate, health: Health, now: number): Availability {
  const { ref, routable } = candidate;
  const model = health.model(ref);
  const { block, requests } = model.account;
  if (block !== undefined && now < block.until)
    return {
      status: 'blocked',
      because: block.because === 'auth' ? 'its key was refused' : 'it has no money or quota left',
    };
  if (now < model.goneUntil) return { status: 'blocked', because: `it does not have ${ref.model}` };
  const limit = routable.settings.rateLimitPerMinute;
  // The usual case, for every candidate of every call.
  if (model.circuit.isClosed && limit === undefined && model.coolingUntil <= now && model.restingUntil <= now)
    return FREE;
  const circuit = model.circuit.view();
  let at = now;
  let because = '';
  const notBefore = (time: number, why: string) => {
    if (time <= at) return;
    at = time;
    because = why;
  };
  notBefore(model.coolingUntil, 'it asks for fewer requests');
  if (circuit.status === 'open') notBefore(circuit.until, 'too many of its requests failed');
  if (circuit.status === 'probing')
    notBefore(now + PROBE_LOOK_MS, 'one request finds out whether it is back');
  if (limit !== undefined)
    notBefore(now + requests.untilFree(limit), `its limit is ${limit} requests a minute`);
  if (at > now) return { status: 'later', at, because };
  // A circuit that may be probed says by itself when: its one probe is the way back.
  if (model.restingUntil <= now || circuit.status !== 'closed') return FREE;
  return { status: 'resting', because: `its last ${model.failedInARow} requests failed` };
}
