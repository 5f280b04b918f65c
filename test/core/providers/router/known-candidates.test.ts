import { describe, expect, it } from 'vitest';
import { factsFor } from '../../../../src/core/providers/model-facts';
import { createKnownCandidates } from '../../../../src/core/providers/router/known-candidates';
import type { RouteWish } from '../../../../src/core/providers/routing';
import { SimulatedClock } from '../../engine/simulated-clock';
import { scripted } from './scripted';

const wish: RouteWish = { needs: { tools: false, structuredOutput: false, context: 1_000 } };
const MORNING = Date.UTC(2026, 10, 21, 9);
const NEXT_DAY = Date.UTC(2026, 10, 22, 0, 1);

function found() {
  const clock = new SimulatedClock();
  const asked: string[] = [];
  const candidates = createKnownCandidates((ref) => {
    asked.push(ref.provider);
    return factsFor(ref, { prices: {}, now: MORNING });
  });
  return { candidates, asked, setUp: [scripted(clock, 'claude'), scripted(clock, 'gemini')] };
}

describe('the candidates of a wish', () => {
  it('are found once for all turns of an agent', () => {
    const { candidates, asked, setUp } = found();
    const first = candidates(wish, setUp, MORNING);
    expect(candidates(wish, setUp, MORNING + 60_000)).toBe(first);
    expect([first.able.map(({ ref }) => ref.provider), asked]).toEqual([
      ['claude', 'gemini'],
      ['claude', 'gemini'],
    ]);
  });

  it('are found anew when something else is set up', () => {
    const { candidates, setUp } = found();
    candidates(wish, setUp, MORNING);
    const after = candidates(wish, setUp.slice(1), MORNING);
    expect(after.able.map(({ ref }) => ref.provider)).toEqual(['gemini']);
  });

  it('are found anew on the next day, for that is when announced prices and ends begin', () => {
    const { candidates, asked, setUp } = found();
    candidates(wish, setUp, MORNING);
    candidates(wish, setUp, NEXT_DAY);
    expect(asked).toEqual(['claude', 'gemini', 'claude', 'gemini']);
  });

  it('are those of each wish', () => {
    const { candidates, setUp } = found();
    candidates(wish, setUp, MORNING);
    const other = candidates({ ...wish, providers: ['gemini'] }, setUp, MORNING);
    expect(other.able.map(({ ref }) => ref.provider)).toEqual(['gemini']);
  });
});
