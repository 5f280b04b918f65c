import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { neverAborted } from '../../../src/core/base/abort';
import { systemClock } from '../../../src/core/base/clock';
import {
  automaticChoice,
  probeLocalServers,
  settingsOfLocalServer,
  type Candidate,
  type LocalServer,
} from '../../../src/core/providers/automatic';
import { DEFAULT_PROVIDERS } from '../../../src/core/providers/settings/default-settings';
import { SimulatedClock } from '../engine/simulated-clock';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A real server for one of the usual ports, whichever it really listens on. */
async function serve(answer: (path: string) => { status?: number; body: string; location?: string }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status = 200, body, location } = answer(request.url ?? '');
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(location !== undefined && { location }),
    });
    response.end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, asked };
}

/** Takes requests for the usual ports to where the test's servers listen; nobody listens on the others. */
const portsTo =
  (map: Readonly<Record<number, number>>): typeof fetch =>
  (input, init) => {
    const url = new URL(input as string);
    const port = map[Number(url.port)];
    if (port === undefined) return Promise.reject(new TypeError('fetch failed'));
    url.port = String(port);
    return fetch(url, init);
  };

const list = (...ids: string[]) =>
  JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });
const probe = (map: Readonly<Record<number, number>>) =>
  probeLocalServers(portsTo(map), new SimulatedClock(), neverAborted);

describe('looking for model servers on this machine', () => {
  it('finds each by its usual port and tells what it offers', async () => {
    const ollama = await serve(() => ({ body: list('nomic-embed-text', 'llama3.3') }));
    const studio = await serve(() => ({ body: list('qwen') }));
    expect(await probe({ 11434: ollama.port, 1234: studio.port })).toEqual([
      {
        name: 'ollama',
        title: 'Ollama',
        baseUrl: 'http://127.0.0.1:11434/v1',
        models: ['nomic-embed-text', 'llama3.3'],
      },
      { name: 'lm-studio', title: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1', models: ['qwen'] },
    ]);
    expect(ollama.asked).toEqual(['/v1/models']);
  });

  it('asks six places, of this machine only', async () => {
    const asked: string[] = [];
    const nobody: typeof fetch = (input) => {
      asked.push(input as string);
      return Promise.reject(new TypeError('fetch failed'));
    };
    expect(await probeLocalServers(nobody, systemClock, neverAborted)).toEqual([]);
    expect(asked.map((url) => new URL(url).port)).toEqual(['11434', '1234', '8080', '1337', '8000', '4891']);
    expect(new Set(asked.map((url) => new URL(url).hostname))).toEqual(new Set(['127.0.0.1']));
  });

  it.each([
    ['a page', '<html>hello</html>'],
    ['another list', '[1, 2]'],
    ['an empty object', '{}'],
    ['a list of something else', '{"object":"list","data":[{"name":"x"}]}'],
    ['a list without its name', '{"data":[{"id":"x"}]}'],
    ['nothing', ''],
    ['null', 'null'],
    ['a flood', `{"object":"list","data":["${'x'.repeat(400_000)}"]}`],
  ])('takes no other program for one: %s', async (_what, body) => {
    const { port } = await serve(() => ({ body }));
    expect(await probe({ 8080: port })).toEqual([]);
  });

  it('follows nobody elsewhere, and believes no error', async () => {
    const other = await serve(() => ({ body: list('llama3.3') }));
    const sends = await serve(() => ({
      status: 307,
      body: '',
      location: `http://127.0.0.1:${other.port}/v1/models`,
    }));
    const refuses = await serve(() => ({ status: 401, body: list('secret') }));
    expect(await probe({ 8000: sends.port, 8080: refuses.port })).toEqual([]);
    expect(other.asked).toEqual([]);
  });

  it('knows a server that has no model yet', async () => {
    const { port } = await serve(() => ({ body: '{"object":"list","data":null}' }));
    expect((await probe({ 11434: port }))[0]!.models).toEqual([]);
  });

  it('waits 300 ms for all of them together, and then has what answered', async () => {
    const clock = new SimulatedClock();
    const silent: typeof fetch = (input, init) =>
      new URL(input as string).port === '1337'
        ? Promise.resolve(new Response(list('m')))
        : new Promise((_resolve, reject) => {
            init!.signal!.addEventListener('abort', () => reject(new Error('aborted')));
          });
    const looking = probeLocalServers(silent, clock, neverAborted);
    expect(clock.untilNext).toBe(300);
    clock.step();
    expect((await looking).map(({ name }) => name)).toEqual(['jan']);
    expect(clock.pending).toBe(0);
  });

  it('ends at once when it is cancelled', async () => {
    const clock = new SimulatedClock();
    const ending = new AbortController();
    const silent: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init!.signal!.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const looking = probeLocalServers(silent, clock, ending.signal);
    ending.abort(new Error('enough'));
    await expect(looking).rejects.toThrow('enough');
    expect(clock.pending).toBe(0);
  });
});

describe('a server that was found', () => {
  it('is asked like one that a person set up, after all of those, without a key', () => {
    const server: LocalServer = {
      name: 'ollama',
      title: 'Ollama',
      baseUrl: 'http://127.0.0.1:11434/v1',
      models: ['nomic-embed-text', 'llama3.3'],
    };
    expect(settingsOfLocalServer(server, 0)).toMatchObject({
      name: 'ollama',
      kind: 'compatible',
      enabled: true,
      priority: 100,
      baseUrl: server.baseUrl,
      keyless: true,
      keyNames: [],
      defaultModel: 'llama3.3',
    });
  });
});

describe('the automatic choice', () => {
  const [claude, gemini, openai, vscode] = DEFAULT_PROVIDERS;
  const one = (settings: Candidate['settings'], more: Omit<Candidate, 'settings'> = {}): Candidate => ({
    settings,
    ...(settings.defaultModel !== undefined && { model: settings.defaultModel }),
    ...more,
  });
  const noKey = { unusable: 'no key' };
  const ollama: LocalServer = { name: 'ollama', title: 'Ollama', baseUrl: '', models: ['llama3.3'] };

  it('is the first provider with a key, by priority', () => {
    const late = { ...claude!, priority: 9 };
    expect(
      automaticChoice(
        [one(late), one(openai!), one(gemini!, { because: 'key from GEMINI_API_KEY' })],
        undefined,
      ),
    ).toEqual({
      model: { provider: 'gemini', model: 'gemini-3.8-flash' },
      why: ['Gemini: key from GEMINI_API_KEY, model gemini-3.8-flash'],
    });
  });

  it('is the editor when there is no key, whatever the priorities say, and tells each rung', () => {
    const first = { ...vscode!, priority: 0 };
    const candidates = [one(first, { model: 'editor-model' }), one(claude!, noKey), one(gemini!, noKey)];
    expect(automaticChoice(candidates, undefined)).toEqual({
      model: { provider: 'vscode', model: 'editor-model' },
      why: ['Claude: no key', 'Gemini: no key', 'VS Code: can be asked, model editor-model'],
    });
    expect(automaticChoice([...candidates, one(openai!)], undefined).model!.provider).toBe('openai');
  });

  it('is a server on this machine when there is neither, the first that offers a model', () => {
    const empty = { ...ollama, title: 'Jan', name: 'jan', models: ['text-embedding-3'] };
    expect(automaticChoice([one(claude!, noKey)], [empty, ollama])).toEqual({
      model: { provider: 'ollama', model: 'llama3.3' },
      why: [
        'Claude: no key',
        'Jan: answers, and offers no model',
        'Ollama: answers on this machine, model llama3.3',
      ],
    });
  });

  it('is the local engine when there is nothing', () => {
    expect(automaticChoice([one(claude!, noKey), one(vscode!, { unusable: 'no models' })], [])).toEqual({
      why: [
        'Claude: no key',
        'VS Code: no models',
        'No model server answers on this machine',
        'Local engine: rules, no AI model',
      ],
    });
    expect(automaticChoice([], undefined)).toEqual({ why: ['Local engine: rules, no AI model'] });
  });

  it('passes over a provider whose model nobody chose', () => {
    const bare = { ...claude!, name: 'mine', title: 'Mine' };
    expect(automaticChoice([{ settings: bare }], undefined).why[0]).toBe('Mine: no model is chosen');
  });
});
