import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/core/base/abort';
import type { ModelRef } from '../../../src/core/model/model-call';
import { createResponseCache, type CachedAnswer } from '../../../src/core/providers/response-cache';
import { sha256 } from '../../../src/core/node-sha256';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { answer, claude, usage } from '../agents/scripted';

const gemini: ModelRef = { provider: 'gemini', model: 'gemini-test' };
const keyOf = ({ provider }: ModelRef) => sha256(provider);
const said = (text: string, more: Partial<CachedAnswer> = {}): CachedAnswer => ({
  answer: answer(text),
  model: claude,
  usage,
  ...more,
});

describe('the response cache', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let folder: string;
  let asked = 0;
  const open = (more: { limit?: number; redact?: (text: string) => string } = {}) =>
    createResponseCache({ host: createTestHost(), folder, ...more });
  const through = (
    cache: ReturnType<typeof open>,
    ask: () => Promise<CachedAnswer>,
    more: { key?: string; isRetry?: boolean; signal?: AbortSignal; keyOf?: typeof keyOf } = {},
  ) =>
    cache.through({
      key: keyOf(claude),
      keyOf,
      isRetry: false,
      signal: new AbortController().signal,
      ask: () => {
        asked++;
        return ask();
      },
      ...more,
    });
  const file = (model = claude) => path.join(folder, `${keyOf(model)}.json`);

  beforeEach(async () => {
    place = await temporaryFolder();
    folder = path.join(place.path, 'responses');
    asked = 0;
  });
  afterEach(() => place.remove());

  it('answers an identical request from disk, also for the next process', async () => {
    expect(await through(open(), async () => said('Yes.'))).toEqual(said('Yes.'));
    const next = open();
    expect(await through(next, async () => said('No.'))).toEqual({ hit: said('Yes.') });
    expect(asked).toBe(1);
    expect(next.tally()).toEqual({ hits: 1, misses: 0 });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('keeps no answer to a request of which the server read a part only', async () => {
    const cut = said('Half.', { answer: answer('Half.', { cutInput: { read: 100, sent: 900 } }) });
    await through(open(), async () => cut);
    expect(await through(open(), async () => said('All.'))).toEqual(said('All.'));
    expect(asked).toBe(2);
  });

  it('keeps an answer under the model that gave it', async () => {
    await through(open(), async () => said('Taken over.', { model: gemini }));
    expect(await through(open(), async () => said('Own.'))).toEqual(said('Own.'));
    expect(await through(open(), async () => said('x'), { key: keyOf(gemini) })).toEqual({
      hit: said('Taken over.', { model: gemini }),
    });
  });

  it('keeps whole answers only', async () => {
    await through(open(), async () => said('half', { answer: answer('half', { finish: 'length' }) }));
    expect(await readdir(folder).catch(() => [])).toEqual([]);
  });

  it('is passed by when a step is tried again, and keeps what came then', async () => {
    const cache = open();
    await through(cache, async () => said('Old.'));
    expect(await through(cache, async () => said('New.'), { isRetry: true })).toEqual(said('New.'));
    expect(await through(cache, async () => said('x'))).toEqual({ hit: said('New.') });
  });

  it('lets one ask where many want the same at the same time', async () => {
    const cache = open();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_none, index) => through(cache, async () => said(`Answer ${index}.`))),
    );
    expect(asked).toBe(1);
    expect(results.filter((result) => 'hit' in result)).toHaveLength(19);
    expect(cache.tally()).toEqual({ hits: 19, misses: 1 });
  });

  it('lets the next one ask where the first one failed', async () => {
    const cache = open();
    const failing = through(cache, () => Promise.reject(new Error('down')));
    const waiting = through(cache, async () => said('Up.'));
    await expect(failing).rejects.toThrow('down');
    expect(await waiting).toEqual(said('Up.'));
    expect(asked).toBe(2);
  });

  it('lets go of whoever is cancelled while another one asks', async () => {
    const cache = open();
    let release = (_answer: CachedAnswer) => {};
    const first = through(cache, () => new Promise<CachedAnswer>((resolve) => (release = resolve)));
    const stop = new AbortController();
    const second = through(cache, async () => said('x'), { signal: stop.signal });
    stop.abort(new CancelledError());
    await expect(second).rejects.toThrow(CancelledError);
    while (asked === 0) await new Promise((resolve) => setImmediate(resolve));
    release(said('Late.'));
    expect(await first).toEqual(said('Late.'));
  });

  it.each([
    ['cut', (text: string) => text.slice(0, -20)],
    ['of another request', (text: string) => text.replace(keyOf(claude), keyOf(gemini))],
    ['of another shape', (text: string) => text.replace('"finish":"complete"', '"finish":"odd"')],
    ['empty', () => ''],
  ])('does not use a file that is %s', async (_name, damage) => {
    await through(open(), async () => said('Yes.'));
    await writeFile(file(), damage(await readFile(file(), 'utf8')));
    expect(await through(open(), async () => said('Asked again.'))).toEqual(said('Asked again.'));
    expect(await through(open(), async () => said('x'))).toEqual({ hit: said('Asked again.') });
  });

  it('stays within its size: the oldest go first', async () => {
    const cache = open({ limit: 20_000 });
    const models = Array.from({ length: 12 }, (_none, index) => ({ provider: `p${index}`, model: 'm' }));
    for (const [index, model] of models.entries()) {
      await through(cache, async () => said('y'.repeat(3_000), { model }), { key: keyOf(model) });
      // Far enough apart for every file system.
      await utimes(file(model), index, index).catch(() => {});
    }
    const names = new Set(await readdir(folder));
    expect(names.size).toBeLessThanOrEqual(6);
    expect(names.has(`${keyOf(models[11] ?? claude)}.json`)).toBe(true);
    expect(names.has(`${keyOf(models[0] ?? claude)}.json`)).toBe(false);
  });

  it('writes no known secret to the disk', async () => {
    const redact = (text: string) => text.replaceAll('a-word-to-hide', '[hidden]');
    await through(open({ redact }), async () => said('It is a-word-to-hide.'));
    expect(await readFile(file(), 'utf8')).not.toContain('a-word-to-hide');
    expect(await through(open(), async () => said('x'))).toEqual({ hit: said('It is [hidden].') });
  });

  it('gives the answer also where it cannot be kept', async () => {
    await writeFile(folder, 'a file where the folder should be');
    const cache = open();
    expect(await through(cache, async () => said('Yes.'))).toEqual(said('Yes.'));
  });
});
