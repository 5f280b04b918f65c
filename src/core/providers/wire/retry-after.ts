/* How long a provider asks to be left alone, in each of the ways in which it may say so. Milliseconds; undefined: it does not say. */

export interface Waiting {
  readonly headers: Headers;
  /** `google.rpc.RetryInfo` and the like, found in the body. */
  readonly bodyDelay?: string | undefined;
  /** Headers that a gateway tells of in the body. */
  readonly bodyHeaders?: Headers | undefined;
  /** The vendor's sentence: "Please try again in 1.2s." */
  readonly said?: string;
  /** Wall clock, milliseconds. */
  readonly now: number;
}

export function retryAfterMs(waiting: Waiting): number | undefined {
  const { headers, bodyDelay, bodyHeaders, said, now } = waiting;
  return (
    milliseconds(headers.get('retry-after-ms')) ??
    milliseconds(headers.get('x-ms-retry-after-ms')) ??
    afterHeader(headers, now) ??
    duration(bodyDelay ?? null) ??
    exhaustedUntil(headers, now) ??
    (bodyHeaders && exhaustedUntil(bodyHeaders, now)) ??
    inSentence(said ?? '')
  );
}

/** From the limits that say themselves that nothing remains: also on an answer that came, for the request after it. */
export function exhaustedUntil(headers: Headers, now: number): number | undefined {
  const waits: number[] = [];
  headers.forEach((value, name) => {
    const limit = /^(.*ratelimit-)(?:remaining(-.+)?|(.+)-remaining)$/.exec(name);
    // Some say "unlimited", or -1 for it.
    if (limit === null || value.trim() === '' || Number(value) !== 0) return;
    const [, start = '', after = '', before] = limit;
    const reset = headers.get(before === undefined ? `${start}reset${after}` : `${start}${before}-reset`);
    const wait = reset === null ? undefined : resetIn(reset, headers, now);
    if (wait !== undefined) waits.push(wait);
  });
  const inOne = /\b(?:r|remaining)=0\b[^"]*?\b(?:t|reset)=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];
  if (inOne !== undefined) waits.push(Number(inOne) * 1000);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function afterHeader(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  if (value.trim() !== '' && Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  return duration(value) ?? untilDate(value, headers, now);
}

/** "Please try again in 7m12s", "Please retry after 6 seconds". */
function inSentence(said: string): number | undefined {
  const told = /\b(?:re)?try (?:again )?(?:in|after) ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+|\d+ seconds?)\b/i.exec(
    said,
  )?.[1];
  return told === undefined ? undefined : duration(told.replace(/ seconds?$/i, 's'));
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
