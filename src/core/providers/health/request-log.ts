import type { Clock } from '../../base/clock';

/** When requests left for one provider, so that a limit per minute is kept. */
export interface RequestLog {
  /** Takes a place for a request that is about to leave. */
  claim(): ClaimedPlace;
  /** Requests that left in the last minute. */
  readonly lastMinute: number;
  /** Milliseconds until another may leave under a limit; 0 at once. */
  untilFree(perMinute: number | undefined): number;
}

export interface ClaimedPlace {
  /** It leaves now: the minute counts from here, not from the claim, which may have waited for money. */
  leave(): void;
  /** Frees the place when it did not leave. */
  dispose(): void;
}

const MINUTE = 60_000;
const OLD = 100;
/** When only claims stand in the way, nobody knows when they leave. */
const LOOK_AGAIN_MS = 1_000;

export function createRequestLog(clock: Pick<Clock, 'monotonic'>): RequestLog {
  let sent: number[] = [];
  let claims = 0;
  /** Those of the last minute. Older ones are thrown away when they are many: not at each look, not never. */
  const firstRecent = (now = clock.monotonic()) => {
    const from = now - MINUTE;
    let first = 0;
    while (first < sent.length && (sent[first] ?? 0) <= from) first += 1;
    if (first < OLD) return first;
    sent = sent.slice(first);
    return 0;
  };
  const countOf = (first: number) => sent.length - first;
  return {
    claim() {
      claims += 1;
      let isOpen = true;
      const end = () => {
        if (isOpen) claims -= 1;
        isOpen = false;
      };
      return {
        leave() {
          end();
          const now = clock.monotonic();
          firstRecent(now);
          sent.push(now);
        },
        dispose: end,
      };
    },
    get lastMinute() {
      return countOf(firstRecent());
    },
    untilFree(perMinute) {
      if (perMinute === undefined || perMinute <= 0) return 0;
      const places = Math.max(1, Math.floor(perMinute)) - claims;
      if (places <= 0) return LOOK_AGAIN_MS;
      const first = firstRecent();
      const leavesFirst = countOf(first) < places ? undefined : sent.at(-places);
      return leavesFirst === undefined ? 0 : Math.max(0, leavesFirst + MINUTE - clock.monotonic());
    },
  };
}
