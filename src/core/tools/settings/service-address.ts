import type { JsonValue } from '../../base/json';
import { readAddress, type Address } from '../../providers/settings/address';

/** The address of a service, without its last slashes; or why it is none. Only private networks may be spoken to in the open. */
export function readServiceAddress(value: JsonValue | undefined): Address {
  if (typeof value !== 'string' || value.length > 2_000)
    return { refused: 'must be an address like https://host.' };
  const address = readAddress(value, false, 'Use https://.');
  return 'refused' in address ? { refused: `cannot be used. ${address.refused}` } : address;
}
