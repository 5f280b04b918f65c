import { describe, expect, it } from 'vitest';
import { attemptNumber, carriedMs, firstPart } from '../../../src/core/model/attempts';
import type { RunEvent, RunEventBody } from '../../../src/core/model/events';
import { foldAll } from '../../../src/core/model/run-state';
import { completed, failed, runStarted, started } from '../../support/events';

type Timed = readonly [at: number, body: RunEventBody];

const held = (attempt: number, reason: 'policy' | 'budget' | 'pause' = 'policy'): RunEventBody => ({
  type: 'step-held',
  step: 'a',
  attempt,
  reason,
  message: 'a person is asked',
});

/** What step a carried on, once all of this was recorded. */
function carriedAfter(...timed: readonly Timed[]) {
  const events = timed.map(([at, body], index): RunEvent => ({ ...body, runId: 'r', seq: index + 1, at }));
  const carried = foldAll(events)?.carried['a'];
  return {
    number: (attempt: number) => attemptNumber(carried, attempt),
    earlierMs: (attempt: number) => carriedMs(carried, attempt),
    first: (attempt: number) => firstPart(carried, attempt),
  };
}

const begin: Timed = [0, runStarted(['a'])];

describe('the number of an attempt', () => {
  it('stays, however often a person is asked in the middle of it', () => {
    const { number, earlierMs, first } = carriedAfter(
      begin,
      [100, started('a')],
      [400, held(1)],
      [9_000, started('a', 2)],
      [9_200, held(2, 'budget')],
      [20_000, started('a', 3)],
      [20_100, completed('a', null, 3)],
    );
    expect([1, 2, 3].map(number)).toEqual([1, 1, 1]);
    // The time in which people think is nobody's work.
    expect([1, 2, 3].map(earlierMs)).toEqual([0, 300, 500]);
    expect([1, 2, 3].map(first)).toEqual([1, 1, 1]);
  });

  it('grows when something is tried anew, and counts nothing of the attempts before', () => {
    const { number, earlierMs, first } = carriedAfter(
      begin,
      [100, started('a')],
      [400, held(1)],
      [500, started('a', 2)],
      [600, failed('a', 2, 700)],
      [700, started('a', 3)],
      [750, held(3, 'pause')],
      [800, started('a', 4)],
    );
    expect([1, 2, 3, 4].map(number)).toEqual([1, 1, 2, 2]);
    expect([1, 2, 3, 4].map(earlierMs)).toEqual([0, 300, 0, 50]);
    expect([1, 2, 3, 4].map(first)).toEqual([1, 1, 3, 3]);
  });

  it('stays where a crash interrupted work that may be done again; nobody knows how long that had worked', () => {
    const { number, earlierMs } = carriedAfter(
      begin,
      [100, started('a')],
      [90_000, { type: 'owner-changed', epoch: 2, owner: 'window', recovery: true }],
      [91_000, started('a', 2)],
    );
    expect([number(2), earlierMs(2)]).toEqual([1, 0]);
  });

  it('is the engine’s own where nothing was carried on', () => {
    const { number, earlierMs, first } = carriedAfter(begin, [1, started('a')], [2, failed('a', 1, 3)]);
    expect([number(0), number(1), number(2)]).toEqual([0, 1, 2]);
    expect([earlierMs(2), first(2)]).toEqual([0, 2]);
  });
});
