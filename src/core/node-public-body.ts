import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { BatonError } from './model/errors';

/** What the reader below can undo, for the Accept-Encoding header. */
export const UNDERSTOOD_ENCODINGS = 'gzip, br';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The body without its compression. Counted as it comes out, so that a small file which unpacks to a huge one is stopped in time. */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const stream = decompressed(response);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      size += bytes.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(bytes);
    }
  } finally {
    response.destroy();
    stream.destroy();
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function decompressed(response: IncomingMessage): Readable {
  const names = (response.headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const [name, ...more] = names;
  if (name === undefined) return response;
  const create = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  // Several layers are used by nobody but those who want to fill a memory.
  if (create === undefined || more.length > 0)
    throw new BatonError('page-broken', 'The page is compressed in a way that was not asked for.');
  // Whoever reads the last stream hears of a failure in any of them.
  return pipeline(response, create(), () => {});
}

function tooLarge(maxBytes: number): BatonError {
  return new BatonError('page-too-large', `The page is larger than ${Math.floor(maxBytes / 1_000_000)} MB.`);
}
