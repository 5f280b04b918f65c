import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../../../src/core/providers/wire/deadlines';
import { SimulatedClock } from '../../engine/simulated-clock';

const timeouts = { firstByte: 1_000, idle: 3_000, total: 10_000 };

function begin(given = timeouts) {
  const clock = new SimulatedClock();
  const late: string[] = [];
  const deadlines = new Deadlines(clock, given, (limit) => late.push(`${limit} at ${clock.monotonic()}`));
  const pass = (ms: number) => {
    const until = clock.monotonic() + ms;
    while (clock.untilNext !== undefined && clock.monotonic() + clock.untilNext <= until) clock.step();
    clock.sleep(until - clock.monotonic());
  };
  return { clock, deadlines, late, pass };
}

describe('the deadlines of an exchange', () => {
  it('end it when its first byte does not come, counted from when the request left', () => {
    const { deadlines, late, pass } = begin();
    pass(400);
    deadlines.left();
    pass(5_000);
    expect(late).toEqual(['firstByte at 1400']);
  });

  it('end it when no content comes for long, counted from the last content', () => {
    const { clock, deadlines, late, pass } = begin();
    deadlines.left();
    pass(500);
    deadlines.answered();
    pass(2_900);
    deadlines.contentAt(clock.monotonic());
    pass(6_000);
    expect(late).toEqual(['idle at 6400']);
  });

  it('end it in time when silence is to be shorter than the wait for the first byte', () => {
    const { deadlines, late, pass } = begin({ firstByte: 5_000, idle: 200, total: 10_000 });
    deadlines.left();
    pass(100);
    deadlines.answered();
    pass(5_000);
    expect(late).toEqual(['idle at 300']);
  });

  it('end it as a whole, also once no more content is waited for', () => {
    const { deadlines, late, pass } = begin();
    deadlines.left();
    deadlines.answered();
    deadlines.wholeNow();
    pass(20_000);
    expect(late).toEqual(['total at 10000']);
  });

  it('are those of the whole where all of them end together', () => {
    const { deadlines, late, pass } = begin({ firstByte: 1_000, idle: 1_000, total: 1_000 });
    deadlines.left();
    pass(5_000);
    expect(late).toEqual(['total at 1000']);
  });

  it('leave no timer behind', () => {
    const { clock, deadlines, late, pass } = begin();
    deadlines.left();
    deadlines.answered();
    deadlines.dispose();
    expect(clock.pending).toBe(0);
    pass(20_000);
    expect(late).toEqual([]);
  });
});
