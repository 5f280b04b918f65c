import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { neverAborted } from '../../../../src/core/base/abort';
import { builtProviders, connectBuilt } from '../../../support/built-providers';
import { connectionTo, wireKinds } from '../../../support/provider-connection';
import { wireServerOfFile } from '../../../support/wire-providers';
import { events, json } from '../../../support/wire-server';
import { askBuilt } from './ask';
import { words, written } from './vendor-words';

const KEY = 'key-for-tests';
const server = wireServerOfFile();
const elsewhere = wireServerOfFile();

for (const kind of wireKinds)
  describe(kind, () => {
    it.each([301, 302, 303, 307, 308])(
      'follows no redirect (%d): neither key nor request reach another host',
      async (status) => {
        elsewhere.requests.length = 0;
        server.answer = (response, { path: asked }) =>
          void response.writeHead(status, { location: `${elsewhere.url}${asked}` }).end();
        elsewhere.answer = json({ data: [], models: [] });
        for (const stream of [true, false])
          expect((await askBuilt(kind, server.url, { options: { stream } })).verdict).toBe(
            'not-the-provider',
          );
        const provider = await connectBuilt(connectionTo(kind, server.url));
        await expect(provider.healthCheck(neverAborted)).rejects.toMatchObject({
          code: 'provider-not-the-provider',
        });
        await expect(provider.models(neverAborted)).rejects.toMatchObject({
          code: 'provider-not-the-provider',
        });
        expect(elsewhere.requests).toEqual([]);
      },
    );

    it('sends the key where the vendor wants it, and nothing of its own', async () => {
      server.requests.length = 0;
      const { begin, text, end } = words[kind];
      server.answer = events(written([...begin, ...text('Hello'), ...end('complete')]).join(''));
      expect((await askBuilt(kind, server.url)).verdict).toBe('complete');
      const [request] = server.requests;
      const header = {
        anthropic: 'authorization',
        gemini: 'x-goog-api-key',
        openai: 'authorization',
        compatible: 'authorization',
      }[kind];
      expect(request?.headers[header]).toBe(header === 'authorization' ? `Bearer ${KEY}` : KEY);
      expect(request?.path).not.toContain(KEY);
      expect(Object.keys(request?.headers ?? {}).filter((name) => name.startsWith('x-baton'))).toEqual([]);
    });

    it('shows its key to nobody who looks at it, nor in what it throws', async () => {
      const provider = await connectBuilt(connectionTo(kind, server.url));
      expect(inspect(provider, { depth: 20, showHidden: true, getters: true })).not.toContain(KEY);
      const told = {
        error: {
          type: 'invalid_request_error',
          message: `Your key ${KEY} and your prompt "Keep this to yourself, please."`,
        },
      };
      for (const status of [400, 401, 403, 404, 422, 429, 500]) {
        server.answer = json(told, status);
        const { error } = await askBuilt(kind, server.url, { text: 'Keep this to yourself, please.' });
        const shown =
          inspect(error, { depth: 20, showHidden: true, getters: true }) +
          String(error?.stack) +
          JSON.stringify(error);
        expect(shown).not.toContain(KEY);
        expect(shown).not.toContain('Keep this');
        expect(error?.message).toContain(
          { anthropic: 'Claude', gemini: 'Gemini', openai: 'OpenAI', compatible: 'Ollama' }[kind],
        );
      }
      // What a vendor says of the request itself helps, and is passed on.
      server.answer = json(
        { error: { type: 'invalid_request_error', message: `max_tokens: must be positive (${KEY})` } },
        400,
      );
      const { error } = await askBuilt(kind, server.url);
      expect(error?.message).toContain('max_tokens: must be positive ([hidden])');
    });

    it('says in under a tenth of a second whether the server answers and takes the key', async () => {
      const list = { data: [{ id: 'model-1', object: 'model' }], models: [{ name: 'models/model-1' }] };
      server.answer = json(list);
      const provider = await connectBuilt(connectionTo(kind, server.url));
      await provider.healthCheck(neverAborted);
      server.requests.length = 0;
      const { latencyMs } = await provider.healthCheck(neverAborted);
      expect(latencyMs).toBeLessThan(100);
      expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
      expect(await provider.models(neverAborted)).toEqual([{ id: 'model-1' }]);
      server.answer = json({ error: { type: 'authentication_error', message: 'x' } }, 401);
      await expect(provider.healthCheck(neverAborted)).rejects.toMatchObject({ code: 'provider-auth' });
      server.answer = json({});
      await expect(provider.healthCheck(neverAborted)).rejects.toMatchObject({
        code: 'provider-invalid-response',
      });
      server.answer = json('<html>Sign in</html>');
      await expect(provider.healthCheck(neverAborted)).rejects.toMatchObject({
        code: 'provider-not-the-provider',
      });
    });
  });

it('has no way around the exchange in the bundle of Google’s package', async () => {
  const text = await readFile(path.join(await builtProviders(), 'provider-gemini.js'), 'utf8');
  const calls = [...text.matchAll(/(?<![.\w])fetch\s*\(/g)];
  expect(calls).toEqual([]);
  // The package's default is the name that the injected file gives.
  expect(text).toMatch(/fetchFn = fetch2?\b/);
  expect(text).toMatch(/var fetch\w* = async \(input, init\)/);
});
