import { isLoopback } from '../../providers/settings/address';

/** RFC 9110: a token, and visible characters. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Why nothing is sent to an address; completes a sentence about the server. A person configured it, so it may be private. */
export function refusedAddress(address: string): string | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'has no address that can be read';
  }
  if (url.username !== '' || url.password !== '') return 'has a name or a password in its address';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return undefined;
  return 'has an address that is not encrypted and not on this machine: use https://';
}

/** Why headers cannot be sent. Their values, which may be keys, are not told. */
export function refusedHeader(headers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(headers))
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value))
      return `has a header that cannot be sent: ${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)}`;
  return undefined;
}
