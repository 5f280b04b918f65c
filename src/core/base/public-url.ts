/*
 * owns: what can be told of an address before any name is looked up.
 * does not own: where a name leads (judged at the socket, by whoever connects).
 */
import { addressFault, isAddress } from './public-address';

/** Characters. Longer ones carry data rather than name a page. */
const LONGEST_URL = 4000;

/** Endings of names that mean something on one network only, or nowhere. */
const LOCAL_ENDINGS = [
  ...['localhost', 'localdomain', 'local', 'internal', 'intranet', 'private', 'corp', 'home', 'lan', 'mail'],
  ...['svc', 'home.arpa', 'in-addr.arpa', 'ip6.arpa', 'invalid', 'test', 'example', 'onion', 'alt'],
];

/** Ports on which other languages than HTTP are spoken, as the Fetch Standard lists them ("bad port"). */
const OTHER_PORTS = new Set([
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103],
  ...[
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
  ],
  ...[515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723],
  ...[2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/**
 * The address of a page that may stand on the public internet, as every browser reads it (decimal, octal and Unicode spellings
 * of hosts included), without its fragment; or why it is none, in a sentence for people.
 */
export function publicUrl(
  text: string,
  base?: URL,
): { readonly url: URL; readonly fault?: undefined } | { readonly url?: undefined; readonly fault: string } {
  if (text.length > LONGEST_URL) return { fault: `The address is longer than ${LONGEST_URL} characters.` };
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    return { fault: 'This is not an address of a page: write it whole, with https://.' };
  }
  const fault = urlFault(url);
  if (fault !== undefined) return { fault };
  url.hash = '';
  return { url };
}

function urlFault(url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return 'Only addresses that begin with https:// or http:// can be asked.';
  if (url.username !== '' || url.password !== '')
    return 'An address with a name or password before the host is refused.';
  if (url.port !== '' && OTHER_PORTS.has(Number(url.port)))
    return `Port ${url.port} is not one of web pages.`;
  return hostFault(url.hostname);
}

function hostFault(hostname: string): string | undefined {
  // One dot at the end says that a name is whole; it changes nothing about where it leads.
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isAddress(host) || host.includes(':')) {
    const fault = addressFault(host);
    return fault === undefined ? undefined : `${host} is not on the public internet (${fault}).`;
  }
  const labels = host.split('.');
  if (labels.some((label) => label === '') || host.length > 253)
    return 'This is not the name of a host on the public internet.';
  if (labels.length === 1) return `${host} is a name of the local network, not of the public internet.`;
  const ending = LOCAL_ENDINGS.find((local) => host.endsWith(`.${local}`));
  return ending === undefined
    ? undefined
    : `Names that end in ".${ending}" do not belong to the public internet.`;
}
