import { candidatesFor, type Candidates, type FactsOf } from './candidates';
import type { Routable } from './routable';
import type { RouteWish } from '../routing';

const DAY_MS = 24 * 60 * 60_000;

/**
 * The candidates of a wish, found once: an agent has the same wish in each of its turns, and who could be asked changes only with
 * what is set up and, for models whose end or price was announced, with the day.
 * @param now wall clock, milliseconds since the epoch.
 */
export type KnownCandidates = (wish: RouteWish, routables: readonly Routable[], now: number) => Candidates;

export function createKnownCandidates(factsOf: FactsOf): KnownCandidates {
  const known = new WeakMap<
    RouteWish,
    { readonly routables: readonly Routable[]; readonly day: number; readonly found: Candidates }
  >();
  return (wish, routables, now) => {
    const day = Math.floor(now / DAY_MS);
    const before = known.get(wish);
    if (before !== undefined && before.routables === routables && before.day === day) return before.found;
    const found = candidatesFor(wish, routables, factsOf);
    known.set(wish, { routables, day, found });
    return found;
  };
}
