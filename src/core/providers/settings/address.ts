/** An address as requests use it (no slash at its end), or why nothing may be sent there. */
export type Address = { readonly url: string } | { readonly refused: string };

/**
 * A key travels with every request, so an address is taken only when it is encrypted or stays on this machine or its network.
 * `allowInsecure`: the person said that they know. `remedy`: what to do about one that is not encrypted, as a sentence.
 */
export function readAddress(
  text: string,
  allowInsecure: boolean,
  remedy = 'Use https://, or set allowInsecure for this server.',
): Address {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return { refused: `"${shown(text)}" is no address. Write e.g. https://host/v1.` };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return {
      refused: `"${shown(text)}" is not an address of the web: it must begin with https:// or http://.`,
    };
  }
  if (url.username !== '' || url.password !== '') {
    return {
      refused: `The address of ${url.host} holds a name or a password. Keys do not belong into addresses.`,
    };
  }
  if (url.protocol === 'http:' && !isNearby(url.hostname) && !allowInsecure) {
    return {
      refused: `http://${url.host} is not encrypted: the key would be readable on its way. ${remedy}`,
    };
  }
  return { url: url.href.replace(/\/+$/, '') };
}

/** True when requests stay on this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase();
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/** This machine, or a private network: RFC 1918, link-local, unique local, and names that no public DNS knows. */
function isNearby(hostname: string): boolean {
  const host = hostname.toLowerCase();
  if (isLoopback(host)) return true;
  if (/^10(\.\d{1,3}){3}$/.test(host) || /^192\.168(\.\d{1,3}){2}$/.test(host)) return true;
  if (/^172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}$/.test(host) || /^169\.254(\.\d{1,3}){2}$/.test(host))
    return true;
  if (/^\[(f[cd]|fe[89ab])[0-9a-f]*:/.test(host)) return true;
  return host.endsWith('.local') || host.endsWith('.internal') || host.endsWith('.lan') || !/[.:]/.test(host);
}

/** Never shows what might be a password or a key. */
function shown(text: string): string {
  const plain = text.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//…@');
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
}
