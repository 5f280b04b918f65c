/* How long a provider asks to be left alone, in each of the ways in which it may say so. Milliseconds; undefined: it does not say. */

export interface Waiting {
  readonly headers: Headers;
  /** `google.rpc.RetryInfo` and the like, found in the body. */
  readonly bodyDelay?: string | undefined;
  /** Wall clock, milliseconds. */
  readonly now: number;
}

export function retryAfterMs(waiting: Waiting): number | undefined {
  const { headers, bodyDelay, now } = waiting;
  const asked =
    milliseconds(headers.get('retry-after-ms')) ?? afterHeader(headers, now) ?? duration(bodyDelay ?? null);
  return asked ?? exhaustedUntil(headers, now);
}

/** From the limits that say themselves that nothing remains: also on an answer that came, for the request after it. */
export function exhaustedUntil(headers: Headers, now: number): number | undefined {
  const waits: number[] = [];
  headers.forEach((value, name) => {
    const limit = /^(.*ratelimit-)(?:remaining(-.+)?|(.+)-remaining)$/.exec(name);
    if (limit === null || value.trim() === '' || Number(value) > 0) return;
    const [, start = '', after = '', before] = limit;
    const reset = headers.get(before === undefined ? `${start}reset${after}` : `${start}${before}-reset`);
    const wait = reset === null ? undefined : resetIn(reset, headers, now);
    if (wait !== undefined) waits.push(wait);
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function afterHeader(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  if (value.trim() !== '' && Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  return untilDate(value, headers, now);
}

/** "2s", "1m30.5s", "6ms", an instant, seconds from now, or an instant as a number. */
function resetIn(value: string, headers: Headers, now: number): number | undefined {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) {
    if (number < 0) return undefined;
    // Nobody means a wait of thirty years: a number that large is an instant, in seconds or in milliseconds.
    return number > 1e12
      ? Math.max(0, number - now)
      : number > 1e9
        ? Math.max(0, number * 1000 - now)
        : number * 1000;
  }
  return duration(value) ?? untilDate(value, headers, now);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(value: string | null): number | undefined {
  if (value === null || !/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(value.trim())) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g))
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0);
  return Math.ceil(total);
}

function milliseconds(value: string | null): number | undefined {
  const number = value === null || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) && number >= 0 ? Math.ceil(number) : undefined;
}

function untilDate(value: string, headers: Headers, now: number): number | undefined {
  const date = Date.parse(value);
  if (Number.isNaN(date)) return undefined;
  // The server's own clock, where it tells it: this computer's may be wrong.
  const there = Date.parse(headers.get('date') ?? '');
  return Math.max(0, date - (Number.isNaN(there) ? now : there));
}
