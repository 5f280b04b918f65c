/*
 * owns: answers of identical requests, one file each under the state folder, and who waits for whom while one is asked for.
 * does not own: what makes two requests identical (the caller's key), and whether a step may use it.
 * must stay true: only whole answers are kept; what is damaged counts as absent; nobody waits for a request that failed.
 */
import * as z from 'zod';
import { woken } from '../base/abort';
import { isJsonObject, type JsonValue } from '../base/json';
import type { Host } from '../host';
import { messageOf } from '../model/errors';
import type { CallUsage, ModelRef } from '../model/model-call';
import type { ChatAnswer } from './provider';

export interface CachedAnswer {
  readonly answer: ChatAnswer;
  /** Who answered. */
  readonly model: ModelRef;
  /** What it cost when it was asked for: what a hit saves. */
  readonly usage: CallUsage;
}

export interface ResponseCache {
  /**
   * The answer kept under `key`, that of an identical request under way, or what `ask` gives, which is then kept under
   * `keyOf` the model that gave it. Rejects as `ask` does, and with the signal's reason while it waits for another one.
   */
  through<Asked extends CachedAnswer>(
    request: CacheRequest<Asked>,
  ): Promise<Asked | { readonly hit: CachedAnswer }>;
  /** Since this process began. */
  tally(): { readonly hits: number; readonly misses: number };
}

export interface CacheRequest<Asked extends CachedAnswer> {
  /** SHA-256, lower-case hex. */
  readonly key: string;
  readonly keyOf: (model: ModelRef) => string;
  /** True: what is kept is not what is wanted; the new answer takes its place. */
  readonly isRetry: boolean;
  readonly ask: () => Promise<Asked>;
  readonly signal: AbortSignal;
}

export interface ResponseCacheOptions {
  readonly host: Pick<Host, 'files' | 'clock' | 'log'>;
  /** Absolute path of its folder; made when first needed. */
  readonly folder: string;
  /** Bytes of all files; the oldest go first. Default 200 MB. */
  readonly limit?: number;
  /** What may be written to the disk of a text: known keys and secrets taken out. */
  readonly redact?: (text: string) => string;
}

const LIMIT = 200_000_000;
/** Down to this part of the limit, so that not every answer makes room for itself. */
const AFTER_EVICTION = 0.9;
const FORMAT = 1;

const usageShape = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cachedInputTokens: z.number().optional(),
  usd: z.number().optional(),
  estimated: z.boolean(),
});
const keptShape = z.object({
  format: z.literal(FORMAT),
  key: z.string(),
  model: z.object({ provider: z.string(), model: z.string() }),
  usage: usageShape,
  answer: z.object({
    finish: z.enum(['complete', 'tool-calls']),
    rawFinish: z.string(),
    text: z.string(),
    toolCalls: z.array(
      z.object({ id: z.string(), name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
    ),
    usage: usageShape,
    model: z.string(),
    requestId: z.string().optional(),
    opaque: z
      .object({
        provider: z.string(),
        model: z.string().optional(),
        isBound: z.literal(true).optional(),
        tools: z.string().optional(),
        data: z.unknown(),
      })
      .optional(),
  }),
});

export function createResponseCache(options: ResponseCacheOptions): ResponseCache {
  const { log } = options.host;
  const kept = new KeptAnswers(options);
  const underWay = new Map<string, Promise<CachedAnswer>>();
  let hits = 0;
  let misses = 0;

  const told = (): void => {
    log.info(`Response cache: ${hits} of ${hits + misses} requests answered without a call.`);
  };
  const lead = async <Asked extends CachedAnswer>(request: CacheRequest<Asked>): Promise<Asked> => {
    misses++;
    const asked = await request.ask();
    if (isWhole(asked.answer)) await kept.put(request.keyOf(asked.model), asked);
    return asked;
  };

  return {
    async through(request) {
      const { key, signal, isRetry } = request;
      if (isRetry) return lead(request);
      for (;;) {
        // Nothing is awaited between the look and the note that this one asks: two would ask.
        const other = underWay.get(key);
        if (other === undefined) break;
        const ended = other.catch(() => undefined);
        await woken(signal, (wake) => {
          void ended.then(wake);
          return () => {};
        });
        const hit = await ended;
        if (hit !== undefined && isWhole(hit.answer)) {
          hits++;
          told();
          return { hit };
        }
      }
      const look = async () => {
        const found = await kept.get(key);
        return found === undefined ? await lead(request) : { hit: found };
      };
      const running = look();
      const shared = running.then((result) => ('hit' in result ? result.hit : result));
      underWay.set(key, shared);
      try {
        const result = await running;
        if ('hit' in result) {
          hits++;
          told();
        }
        return result;
      } finally {
        if (underWay.get(key) === shared) underWay.delete(key);
        shared.catch(() => {});
      }
    },
    tally: () => ({ hits, misses }),
  };
}

/** What a server read in part only is asked again: it may be started with a larger context by then. */
const isWhole = ({ finish, cutInput }: ChatAnswer): boolean =>
  (finish === 'complete' || finish === 'tool-calls') && cutInput === undefined;

class KeptAnswers {
  /** Bytes of all files; known after the first look. */
  private size: number | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: ResponseCacheOptions) {}

  async get(key: string): Promise<CachedAnswer | undefined> {
    const { host } = this.options;
    try {
      const bytes = await host.files.read(this.path(key));
      if (bytes === undefined) return undefined;
      const parsed = keptShape.safeParse(jsonOf(bytes));
      if (!parsed.success || parsed.data.key !== key) {
        host.log.warn(`A kept answer is damaged and not used: ${key.slice(0, 12)}.`);
        return undefined;
      }
      const { answer, model, usage } = parsed.data;
      // Checked field by field just above; what is optional is absent and not undefined, for it came from JSON.
      return { answer: answer as unknown as ChatAnswer, model, usage: usage as CallUsage };
    } catch (error) {
      host.log.warn(`A kept answer cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Never rejects: an answer that cannot be kept is an answer nevertheless. One after the other, so that the size is right. */
  put(key: string, { answer, model, usage }: CachedAnswer): Promise<void> {
    this.turn = this.turn.then(async () => {
      const { host, redact } = this.options;
      const text = JSON.stringify({ format: FORMAT, key, model, usage, answer });
      try {
        const written = redact === undefined ? text : redact(text);
        await host.files.writeAtomic(this.path(key), written, { mode: 0o600 });
        this.size = (this.size ?? (await this.measured())) + written.length;
        if (this.size > (this.options.limit ?? LIMIT)) await this.evict();
      } catch (error) {
        host.log.warn(`An answer could not be kept: ${messageOf(error)}`);
      }
    });
    return this.turn;
  }

  private path(key: string): string {
    return this.options.host.files.join(this.options.folder, `${key}.json`);
  }

  private async measured(): Promise<number> {
    return (await this.files()).reduce((sum, { size }) => sum + size, 0);
  }

  private async evict(): Promise<void> {
    const { host, limit = LIMIT } = this.options;
    const files = (await this.files()).sort((a, b) => a.modifiedAt - b.modifiedAt);
    let size = files.reduce((sum, file) => sum + file.size, 0);
    for (const file of files) {
      if (size <= limit * AFTER_EVICTION) break;
      await host.files.remove(file.path);
      size -= file.size;
    }
    this.size = size;
  }

  private async files(): Promise<{ path: string; size: number; modifiedAt: number }[]> {
    const { files } = this.options.host;
    const found: { path: string; size: number; modifiedAt: number }[] = [];
    for (const { name, kind } of await files.list(this.options.folder)) {
      if (kind !== 'file' || !name.endsWith('.json')) continue;
      const path = files.join(this.options.folder, name);
      const stat = await files.stat(path);
      if (stat !== undefined) found.push({ path, size: stat.size, modifiedAt: stat.modifiedAt });
    }
    return found;
  }
}

function jsonOf(bytes: Uint8Array): JsonValue | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
