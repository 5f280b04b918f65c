import { systemClock, type Clock } from '../../src/core/base/clock';

/** The machine's clock, `times` as fast: waits of seconds pass in parts of one, and everything still happens by itself. */
export function quickClock(times: number): Clock {
  const begun = systemClock.monotonic();
  const wall = systemClock.now();
  const monotonic = () => (systemClock.monotonic() - begun) * times;
  return {
    now: () => wall + monotonic(),
    monotonic,
    after: (delayMs, callback) => systemClock.after(delayMs / times, callback),
  };
}
