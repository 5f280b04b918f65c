import type { Availability } from './availability';
import type { Health } from '../health/health';
import type { ModelFacts } from '../model-facts';
import type { Candidate } from './routable';

export type Routing = 'priority' | 'cheapest' | 'fastest';

export interface Placed {
  readonly candidate: Candidate;
  readonly availability: Availability;
}

/** Sorted as `routing` says; equal ones keep their order. */
export function inOrderOf(
  routing: Routing,
  candidates: readonly Candidate[],
  health: Health,
): readonly Candidate[] {
  if (routing === 'priority' || candidates.length < 2) return candidates;
  const weigh =
    routing === 'cheapest'
      ? ({ facts, routable }: Candidate) => (routable.settings.keyless === true ? 0 : blendedPrice(facts))
      : // Who was never measured is asked first: nobody knows who is fastest until all were tried.
        ({ ref }: Candidate) => health.model(ref).latencyMs ?? 0;
  return candidates
    .map((candidate) => ({ candidate, weight: weigh(candidate) }))
    .sort((a, b) => a.weight - b.weight || 0)
    .map(({ candidate }) => candidate);
}

/** Who can be asked now first, then who had better not be, then who comes back soonest; who is blocked is not among them. */
export function healthyFirst(placed: readonly Placed[]): readonly Placed[] {
  const free = placed.filter(({ availability }) => availability.status === 'free');
  const resting = placed.filter(({ availability }) => availability.status === 'resting');
  const later = placed
    .filter(({ availability }) => availability.status === 'later')
    .sort((a, b) => comesBack(a) - comesBack(b));
  return [...free, ...resting, ...later];
}

function comesBack({ availability }: Placed): number {
  return availability.status === 'later' ? availability.at : 0;
}

/** USD per million tokens of a usual request, which reads three times of what it writes. Unknown prices come last. */
function blendedPrice(facts: ModelFacts | undefined): number {
  if (facts?.price === undefined) return Number.MAX_VALUE;
  return (3 * facts.price.input + facts.price.output) / 4;
}
