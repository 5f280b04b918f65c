/*
 * owns: which IP addresses are places of the public internet.
 * must stay true: what is not surely public is refused, spellings that nobody understands included.
 * Sources: the special-purpose address registries for IPv4 and IPv6 (RFC 6890 and what came after it).
 */

/** First address, length of the prefix, and what stands there. */
type Range4 = readonly [string, number, string];
type Range6 = readonly [readonly number[], number, string];

const NOT_PUBLIC_4: readonly Range4[] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'a private network'],
  ['100.64.0.0', 10, 'a network behind a shared address'],
  ['127.0.0.0', 8, 'this machine'],
  // A public number that a cloud answers to every machine inside of it.
  ['168.63.129.16', 32, "a cloud's own service"],
  ['169.254.0.0', 16, "the local link, where clouds keep a machine's keys"],
  ['172.16.0.0', 12, 'a private network'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.31.196.0', 24, 'reserved'],
  ['192.52.193.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'a relay between networks'],
  ['192.168.0.0', 16, 'a private network'],
  ['192.175.48.0', 24, 'reserved'],
  ['198.18.0.0', 15, 'a test network'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'many machines at once'],
  ['240.0.0.0', 4, 'reserved'],
];

/** Inside of 2000::/3; whatever lies outside of it is not public unicast (mapped, NAT64, local, multicast...). */
const NOT_PUBLIC_6: readonly Range6[] = [
  // Teredo (2001::/32), benchmarks, ORCHID and the other protocol assignments.
  [[0x2001, 0], 23, 'reserved'],
  [[0x2001, 0xdb8], 32, 'documentation'],
  [[0x2002], 16, 'an IPv4 address in disguise'],
  [[0x2620, 0x4f, 0x8000], 48, 'reserved'],
  [[0x3ffe], 16, 'reserved'],
  [[0x3fff], 20, 'documentation'],
];

/** Why an IP address is no place of the public internet, in a few words; undefined when it is one. */
export function addressFault(address: string): string | undefined {
  const four = ipv4Of(address);
  if (four !== undefined)
    return NOT_PUBLIC_4.find(([first, length]) => {
      const mask = length === 0 ? 0 : (-1 << (32 - length)) >>> 0;
      return (four & mask) >>> 0 === ipv4Of(first);
    })?.[2];
  const six = ipv6Of(address);
  if (six === undefined) return 'not an address';
  if (six.every((group) => group === 0) || (six.slice(0, 7).every((group) => group === 0) && six[7] === 1))
    return 'this machine';
  if (((six[0] ?? 0) & 0xe000) !== 0x2000) return 'not public';
  return NOT_PUBLIC_6.find(([first, length]) => hasPrefix(six, first, length))?.[2];
}

/** Whether a text is an IP address, IPv4 in four decimal parts or IPv6 without brackets. */
export function isAddress(text: string): boolean {
  return ipv4Of(text) !== undefined || ipv6Of(text) !== undefined;
}

function ipv4Of(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1).map(Number);
  // A leading zero means octal to some and nothing to others.
  if (parts.some((part) => part > 255) || match.slice(1).some((part) => part.length > 1 && part[0] === '0'))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** Eight groups of sixteen bits; undefined for everything else, an address with a zone too. */
function ipv6Of(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (front === undefined) return undefined;
  if (halves.length === 1) return front.length === 8 ? front : undefined;
  if (back === undefined || front.length + back.length > 7) return undefined;
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
}

function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const four = isLast && index === parts.length - 1 ? ipv4Of(part) : undefined;
    if (four !== undefined) groups.push(four >>> 16, four & 0xffff);
    else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function hasPrefix(groups: readonly number[], first: readonly number[], length: number): boolean {
  for (let bit = 0; bit < length; bit += 16) {
    const mask = (0xffff << Math.max(0, 16 - (length - bit))) & 0xffff;
    if (((groups[bit / 16] ?? 0) & mask) !== ((first[bit / 16] ?? 0) & mask)) return false;
  }
  return true;
}
