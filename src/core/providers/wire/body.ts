import { failWith, WireFault } from './fault';

/** Characters of a whole response. */
const LONGEST_BODY = 64_000_000;

/** How the bytes of one response come in. `read` rejects with a fault where the connection breaks. */
export interface Bytes {
  /** undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  /** The end was read. */
  readonly isDrained: boolean;
  cancel(why: Error): void;
}

export function bytesOf(response: Response): Bytes {
  const reader = response.body?.getReader();
  let isDrained = reader === undefined;
  return {
    get isDrained() {
      return isDrained;
    },
    async read() {
      if (reader === undefined) return undefined;
      try {
        const { value, done } = await reader.read();
        isDrained = done;
        return done ? undefined : value;
      } catch (error) {
        throw broken(error);
      }
    },
    cancel(why) {
      reader?.cancel(why).catch(() => undefined);
    },
  };
}

/** The connection broke after the response had begun. */
function broken(error: unknown): WireFault {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  const isSilence = typeof code === 'string' && code === 'UND_ERR_BODY_TIMEOUT';
  return new WireFault({
    fault: isSilence ? 'timeout' : 'incomplete',
    raw: typeof code === 'string' ? code.slice(0, 80) : 'the connection broke',
  });
}

/** Text as it comes. A byte order mark at the beginning is no part of it; bytes that are no UTF-8 were damaged on their way. */
export async function* textsOf(bytes: Pick<Bytes, 'read'>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      return failWith('incomplete', 'damaged bytes');
    }
  };
  for (let chunk = await bytes.read(); chunk !== undefined; chunk = await bytes.read()) yield decode(chunk);
  yield decode();
}

/** The whole text, or its first `limit` characters. */
export async function textOf(texts: AsyncIterable<string>, limit?: number): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const text of texts) {
    parts.push(text);
    length += text.length;
    if (limit !== undefined && length >= limit) return parts.join('').slice(0, limit);
    if (length > LONGEST_BODY) failWith('invalid-response', 'a response without end');
  }
  return parts.join('');
}
