/** True when the address is at the host, or, for "*.host", under it. Names are compared whole, never by their beginning. */
export function fitsHost(pattern: string, url: string): boolean {
  const host = hostOf(url);
  if (host === undefined) return false;
  const wanted = pattern.trim().toLowerCase().replace(/\.$/, '');
  if (!/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(wanted)) return false;
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
}

/** Lower case, as the network will see it; undefined when the text is no web address. */
export function hostOf(url: string): string | undefined {
  const parsed = webAddress(url);
  return parsed?.hostname.replace(/\.$/, '').toLowerCase();
}

/** undefined for what is no http(s) address, or carries a name and password. */
export function webAddress(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return undefined;
  if (parsed.username !== '' || parsed.password !== '' || parsed.hostname === '') return undefined;
  return parsed;
}
