/*
 * The `fetch` of Google's package, which takes none as an option: its bundle is built with this one in the place of the global
 * (esbuild `inject`), so that no request of it goes past an exchange, with its timers and without redirects.
 */
const HEADER = 'x-baton-exchange';
const exchanges = new Map<string, typeof globalThis.fetch>();
let count = 0;

/** Lends a request its fetch. The headers name it to the package, and never leave this process. */
export function lendFetch(through: typeof globalThis.fetch): {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispose: () => void;
} {
  count += 1;
  const id = String(count);
  exchanges.set(id, through);
  return { headers: { [HEADER]: id }, dispose: () => exchanges.delete(id) };
}

export const fetch: typeof globalThis.fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  const through = exchanges.get(headers.get(HEADER) ?? '');
  // Never the global one instead: it would follow redirects, with the key.
  if (through === undefined) throw new TypeError('A request that belongs to no exchange was not sent.');
  headers.delete(HEADER);
  return through(input, { ...init, headers });
};
