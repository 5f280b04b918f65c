import { formatDuration } from '../../base/duration';
import { availabilityOf, type Availability } from './availability';
import type { Candidates } from './candidates';
import type { Health } from '../health/health';
import { healthyFirst, inOrderOf, type Placed, type Routing } from './order';
import type { Candidate } from './routable';
import type { Unanswered } from '../../model/unanswered';
import type { RouteWish } from '../routing';

export interface Plan {
  /** In the order in which they are asked as things stand; who is blocked is not among them. */
  readonly chain: readonly Candidate[];
  /** Why the first one: "Claude is first by priority". */
  readonly why: string;
  readonly warnings: readonly string[];
  readonly leftOut: readonly Unanswered[];
}

/** Who could be asked, first choice first. Asks nobody and waits for nothing. */
export function planRoute(
  wish: RouteWish,
  parts: {
    /** Whatever their health. */
    readonly candidates: Candidates;
    readonly routing: Routing;
    readonly health: Health;
    /** Monotonic. */
    readonly now: number;
  },
): Plan {
  const { health, now } = parts;
  const routing = wish.routing ?? parts.routing;
  const { able, warnings, reason } = parts.candidates;
  let { leftOut } = parts.candidates;
  // A list of providers is an order of its own, which beats a price.
  const ordered =
    wish.providers === undefined || wish.routing !== undefined ? inOrderOf(routing, able, health) : able;
  const placed: Placed[] = [];
  let areAllFree = true;
  for (const candidate of ordered) {
    const availability = availabilityOf(candidate, health, now);
    if (availability.status !== 'free') areAllFree = false;
    if (availability.status === 'blocked') leftOut = [...leftOut, unable(candidate, availability.because)];
    placed.push({ candidate, availability });
  }
  const chain = areAllFree ? placed : healthyFirst(placed);
  const [first] = chain;
  const isSorted = ordered !== able && routing !== 'priority';
  return {
    chain: areAllFree ? ordered : chain.map(({ candidate }) => candidate),
    why:
      first === undefined
        ? ''
        : whyFirst(first, placed, isSorted ? sortedReason(first, routing, health) : reason, now),
    warnings,
    leftOut,
  };
}

function unable({ ref, title }: Candidate, why: string): Unanswered {
  return { provider: ref.provider, title, standing: 'unable', why };
}

function whyFirst(
  { candidate, availability }: Placed,
  placed: readonly Placed[],
  reason: string,
  now: number,
): string {
  const wanted = placed[0];
  if (wanted !== undefined && wanted.candidate !== candidate && wanted.availability.status !== 'free')
    return `${candidate.title} takes the place of ${wanted.candidate.title}: ${inWords(wanted.availability, now)}`;
  if (availability.status === 'later')
    return `${candidate.title} ${reason}, and is waited for: ${inWords(availability, now)}`;
  return `${candidate.title} ${reason}`;
}

function sortedReason({ candidate }: Placed, routing: Routing, health: Health): string {
  if (routing === 'cheapest') return 'is the cheapest';
  const { latencyMs } = health.model(candidate.ref);
  return latencyMs === undefined ? 'was not measured yet' : `is the fastest (${formatDuration(latencyMs)})`;
}

/** "it asks for fewer requests, for another 12.0 s". */
export function inWords(availability: Exclude<Availability, { status: 'free' }>, now: number): string {
  if (availability.status !== 'later') return availability.because;
  return `${availability.because}, for another ${formatDuration(availability.at - now)}`;
}
