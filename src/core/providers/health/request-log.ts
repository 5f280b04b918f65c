import type { Clock } from '../../base/clock';

/** When requests left for one provider, so that a limit per minute is kept. */
export interface RequestLog {
  /** Notes a request that leaves now. Call the result when it did not leave after all. */
  add(): () => void;
  readonly lastMinute: number;
  /** Milliseconds until another may leave under a limit; 0 at once. */
  untilFree(perMinute: number | undefined): number;
}

const MINUTE = 60_000;

export function createRequestLog(clock: Pick<Clock, 'monotonic'>): RequestLog {
  let sent: { readonly at: number }[] = [];
  const recent = () => {
    const from = clock.monotonic() - MINUTE;
    const first = sent.findIndex(({ at }) => at > from);
    if (first !== 0) sent = first < 0 ? [] : sent.slice(first);
    return sent;
  };
  return {
    add() {
      const entry = { at: clock.monotonic() };
      sent.push(entry);
      return () => {
        sent = sent.filter((other) => other !== entry);
      };
    },
    get lastMinute() {
      return recent().length;
    },
    untilFree(perMinute) {
      if (perMinute === undefined || perMinute <= 0) return 0;
      const limit = Math.max(1, Math.floor(perMinute));
      const leavesFirst = recent().at(-limit);
      return leavesFirst === undefined ? 0 : Math.max(0, leavesFirst.at + MINUTE - clock.monotonic());
    },
  };
}
