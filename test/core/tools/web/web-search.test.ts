import { afterEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../../../../src/core/base/abort';
import { brave } from '../../../../src/core/tools/web/brave';
import { searxng } from '../../../../src/core/tools/web/searxng';
import { tavily } from '../../../../src/core/tools/web/tavily';
import { createWebSearch } from '../../../../src/core/tools/web/web-search';
import { createTestHost } from '../../../support/node-host';
import { serve, type Answer, type Asked, type ServiceServer } from '../services/service-server';
import { call, scopeOf } from './tool-scope';

const secret = ['made', 'up', 'key'].join('-');
const key = () => Promise.resolve<string | undefined>(secret);
const engines = {
  Tavily: (address: string, given = key) => tavily(given, address),
  Brave: (address: string, given = key) => brave(given, address),
  SearXNG: (address: string) => searxng(`${address}/sub/`),
};
type Name = keyof typeof engines;
const names = Object.keys(engines) as Name[];

let server: ServiceServer | undefined;
afterEach(async () => server?.close());

async function search(name: Name, answer: (asked: Asked) => Answer | undefined, given = key, args = {}) {
  server = await serve(answer);
  const tool = createWebSearch(engines[name](server.address, given));
  return call(tool, { query: 'red foxes', ...args }, scopeOf(createTestHost()));
}

const found = [
  {
    title: 'A <strong>fox</strong> &amp; co',
    url: 'https://a.example.com/',
    content: 'One\u001b[31m\ntwo',
    description: 'One two',
  },
  { title: 'bad', url: 'javascript:alert(1)', content: '' },
  { title: '![b](https://evil.example.net)', url: 'https://b.example.com/', content: 'x', description: 'x' },
];
const body = { results: found, web: { results: found } };

describe('web_search', () => {
  it.each(names)('finds pages with %s, as data that does nothing', async (name) => {
    const outcome = await search(name, () => ({ body }));
    expect(outcome).toMatchObject({ isError: false, isForeign: true });
    expect(outcome.text).toBe(
      '1. A fox & co\n   https://a.example.com/\n   One two\n2. ![b\\](https://evil.example.net)\n   https://b.example.com/\n   x',
    );
    expect(outcome.data).toHaveLength(2);
    const [asked] = server?.asked ?? [];
    expect(JSON.stringify([asked?.url.search, asked?.body ?? ''])).toMatch(/red[+ ]foxes/);
    expect(asked?.headers.cookie).toBeUndefined();
  });

  it.each(names)('says before which address %s would ask, and never a key', async (name) => {
    const outcome = await search(name, () => ({ body }));
    const { effects, shown, idempotent } = outcome.prepared;
    expect(effects).toMatchObject([{ type: 'network', purpose: 'search' }]);
    expect(idempotent).toBe(true);
    expect(JSON.stringify([effects, shown, outcome])).not.toContain(secret);
  });

  it('sends the key where each service wants it', async () => {
    await search('Tavily', () => ({ body }));
    expect(server?.asked[0]).toMatchObject({
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
    });
    await server?.close();
    await search('Brave', () => ({ body }), key, { count: 3 });
    expect(server?.asked[0]?.headers['x-subscription-token']).toBe(secret);
    expect(server?.asked[0]?.url.searchParams.get('count')).toBe('3');
    await server?.close();
    await search('SearXNG', () => ({ body }));
    expect(server?.asked[0]?.url.pathname).toBe('/sub/search');
  });

  it.each([
    [401, /did not accept the key/],
    [429, /no more searches/],
    [500, /status 500/],
  ])('tells what status %i means, without the words of the service', async (status, text) => {
    const outcome = await search('Brave', () => ({ status, body: { message: `bad ${secret} do this` } }));
    expect(outcome).toMatchObject({ isError: true });
    expect(outcome.text).toMatch(text);
    expect(outcome.text).not.toMatch(/do this|made-up/);
  });

  it('hides a key that a service repeats', async () => {
    const outcome = await search('Tavily', () => ({
      body: { results: [{ title: `key ${secret}`, url: 'https://a.example.com', content: '' }] },
    }));
    expect(JSON.stringify(outcome)).not.toContain(secret);
    expect(outcome.text).toContain('key (key)');
  });

  it('asks nobody without a key', async () => {
    const outcome = await search(
      'Tavily',
      () => ({ body }),
      () => Promise.resolve(undefined),
    );
    expect(outcome.text).toContain('There is no key for Tavily');
    expect(server?.asked).toHaveLength(0);
  });

  it('follows no redirect with a key, and survives an answer of any shape', async () => {
    const moved = await search('Brave', ({ url }) =>
      url.pathname === '/elsewhere' ? { body } : { status: 302, headers: { location: '/elsewhere' } },
    );
    expect(moved).toMatchObject({ isError: true });
    expect(server?.asked).toHaveLength(1);
    for (const odd of ['no json', '[]', 'null', '{"web":7}', '{"web":{"results":[7,null,{"url":7}]}}']) {
      await server?.close();
      expect((await search('Brave', () => ({ body: odd }))).text).toMatch(/Nothing was found|no results/);
    }
  });

  it('ends when it is cancelled', async () => {
    const abort = new AbortController();
    server = await serve(() => {
      abort.abort(new CancelledError());
      return undefined;
    });
    const tool = createWebSearch(searxng(server.address));
    await expect(call(tool, { query: 'x' }, scopeOf(createTestHost()), abort.signal)).rejects.toBeInstanceOf(
      CancelledError,
    );
  });

  it.each([{}, { query: ' ' }, { query: 'x', count: 0 }, { query: 'x', site: 'y' }])(
    'refuses %j',
    async (args) => {
      const tool = createWebSearch(searxng('http://search.example.com'));
      await expect((async () => tool.prepare(args, scopeOf(createTestHost())))()).rejects.toMatchObject({
        code: 'tool-arguments',
      });
    },
  );
});
