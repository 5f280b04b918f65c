import * as crypto from 'node:crypto';

/** In one go where the runtime can, which takes half the time for a small text. */
export const sha256: (data: Uint8Array | string) => string =
  typeof crypto.hash === 'function'
    ? (data) => crypto.hash('sha256', data, 'hex')
    : (data) => crypto.createHash('sha256').update(data).digest('hex');
