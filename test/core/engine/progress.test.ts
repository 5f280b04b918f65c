import { describe, expect, it } from 'vitest';
import { progressOf, usualDurations } from '../../../src/core/engine/progress';
import type { RunEvent, RunEventBody } from '../../../src/core/model/events';
import { foldAll } from '../../../src/core/model/run-state';
import { completed, runStarted, started } from '../../support/events';

function stateOf(...bodies: RunEventBody[]) {
  const all = [runStarted(['a', 'b<a', 'c<a', 'd<b,c']), ...bodies];
  const state = foldAll(
    all.map((body, index): RunEvent => ({ ...body, runId: 'r', seq: index + 1, at: index * 100 })),
  );
  if (state === undefined) throw new Error('no state');
  return state;
}

const none = { durations: new Map<string, number>(), fractions: new Map<string, number>() };

describe('progress', () => {
  it('counts settled steps where nothing is known', () => {
    expect(progressOf(stateOf(), { now: 0, ...none })).toEqual({ percentage: 0, elapsedMs: 0 });
    const half = stateOf(started('a'), completed('a'), started('b'), completed('b'));
    expect(progressOf(half, { now: 1_000, ...none })).toEqual({ percentage: 50, elapsedMs: 1_000 });
  });

  it('weighs steps by what they took before, and running ones by how far they are', () => {
    const durations = new Map([
      ['a', 100],
      ['b', 700],
      ['c', 100],
      ['d', 100],
    ]);
    const running = stateOf(started('a'), completed('a'), started('b'));
    const { percentage, remainingMs } = progressOf(running, {
      now: 300 + 350,
      durations,
      fractions: new Map(),
    });
    expect(percentage).toBe(45);
    expect(remainingMs).toBe(450);
    const said = progressOf(running, { now: 300, durations, fractions: new Map([['b', 0.9]]) });
    expect(said.percentage).toBe(73);
  });

  it('is whole only at the end, and never says how long nothing will take', () => {
    const all = ['a', 'b', 'c', 'd'].flatMap((key) => [started(key), completed(key)]);
    expect(progressOf(stateOf(...all), { now: 900, ...none }).percentage).toBe(99);
    const done = stateOf(...all, { type: 'run-completed', tolerated: [] });
    expect(progressOf(done, { now: 99_999, durations: new Map([['a', 5]]), fractions: new Map() })).toEqual({
      percentage: 100,
      elapsedMs: 900,
    });
  });

  it('takes the median of earlier runs', () => {
    const run = (ms: number): RunEvent[] => [
      {
        ...(completed('a') as Extract<RunEventBody, { type: 'step-completed' }>),
        usage: { durationMs: ms },
        runId: 'r',
        seq: 1,
        at: 0,
      },
    ];
    expect(usualDurations([run(10), run(1_000), run(30)]).get('a')).toBe(30);
  });
});
