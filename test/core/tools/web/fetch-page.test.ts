import { afterEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../../../../src/core/base/abort';
import { fetchPage } from '../../../../src/core/tools/web/fetch-page';
import corpus from '../../../fixtures/ssrf/ssrf-urls.json';
import { createTestHost } from '../../../support/node-host';
import { publicFetchOf, servePages, type PageServer } from './page-server';
import { call, scopeOf } from './tool-scope';

let server: PageServer | undefined;
afterEach(async () => server?.close());

/** One page, and a call of the tool that reads it. */
async function read(
  body: string | Buffer,
  { type = 'text/html; charset=utf-8', args = {}, signal = new AbortController().signal } = {},
) {
  server = await servePages((_, response) => response.writeHead(200, { 'content-type': type }).end(body));
  const host = { ...createTestHost(), publicFetch: publicFetchOf(server.port) };
  const url = `http://site.example.com:${server.port}/docs/page`;
  return call(fetchPage, { url, ...args }, scopeOf(host), signal);
}

const sentences = 'The quick brown fox jumps over the lazy dog, and this sentence has commas, too. '.repeat(
  8,
);

describe('fetch_page', () => {
  it('says before it does anything which address it would ask', async () => {
    const scope = scopeOf(createTestHost());
    const prepared = await fetchPage.prepare({ url: 'https://BÜCHER.example.com/a b#c' }, scope);
    const url = 'https://xn--bcher-kva.example.com/a%20b';
    expect(prepared.effects).toEqual([{ type: 'network', purpose: 'fetch', method: 'GET', url }]);
    expect(prepared.shown).toEqual({ method: 'GET', url });
    expect(prepared.idempotent).toBe(true);
  });

  it.each(corpus.filter(({ expect: verdict }) => verdict === 'block'))('refuses $url', async ({ url }) => {
    await expect(fetchPage.prepare({ url }, scopeOf(createTestHost()))).rejects.toMatchObject({
      code: 'tool-refused',
    });
  });

  it.each([
    {},
    { url: 7 },
    { url: 'https://example.com', offset: -1 },
    { url: 'https://example.com', method: 'POST' },
  ])('tells the model what is wrong with %j', async (args) => {
    await expect(fetchPage.prepare(args, scopeOf(createTestHost()))).rejects.toMatchObject({
      code: 'tool-arguments',
    });
  });

  it('gives the article of a page as Markdown without what stands around it', async () => {
    const page = `<!doctype html><html><head><title>About foxes</title><script>alert(1)</script></head><body>
      <nav><a href="/">Home</a><a href="/x">Menu</a></nav>
      <article><h1>About foxes</h1><p>${sentences}</p><h2>How</h2><p>${sentences}</p>
      <ul><li>one</li><li>two <b>bold</b></li></ul><pre><code>let a = 1;</code></pre></article>
      <footer>Imprint</footer></body></html>`;
    const outcome = await read(page);
    expect(outcome).toMatchObject({ isError: false, isForeign: true });
    expect(outcome.text).toContain('Title: About foxes');
    expect(outcome.text).toContain('## How');
    expect(outcome.text).toContain('**bold**');
    expect(outcome.text).toContain('let a = 1;');
    expect(outcome.text).not.toMatch(/alert|Menu|Imprint/);
  });

  it('leaves images and links as text that does nothing, and drops what nobody sees', async () => {
    const outcome = await read(`<title>x</title><body><p>See <a href="../more?a=1">more <i>of it</i></a> and
      <a href="javascript:alert(1)">this</a> <img src="https://evil.example.net/?q=1" alt="a [chart](x)">
      ![stolen](https://evil.example.net/?q=2) [click](https://evil.example.net)</p>
      <p style="display: none">hidden one</p><p hidden>hidden two</p><!-- hidden three -->
      <p style="font-size:0">hidden four</p><p>turned\u202e around \u001b[31mred\u001b[0m\u{e0041}</p></body>`);
    expect(outcome.text).toMatch(/more _of it_ \(http:\/\/site\.example\.com:\d+\/more\?a=1\)/);
    expect(outcome.text).not.toMatch(/javascript|hidden (?:one|two|three|four)|\?q=1/);
    expect(outcome.text).not.toMatch(/(?<!\\)\]\(/);
    expect(outcome.text).toContain('turned around red');
  });

  it('gives JSON and plain text as they are, and Markdown inert', async () => {
    expect((await read('{"a":[1]}', { type: 'application/ld+json' })).text).toContain('{"a":[1]}');
    await server?.close();
    expect(
      (await read('#![feature(x)]\n\n![a](https://evil.example.net)', { type: 'text/plain' })).text,
    ).toContain('#![feature(x)]\n\n![a\\](https://evil.example.net)');
  });

  it('reads the charset that the page or its server names', async () => {
    const latin = Buffer.from('<meta charset="iso-8859-1"><p>caf\u00e9 au lait</p>', 'latin1');
    expect((await read(latin, { type: 'text/html' })).text).toContain('café au lait');
    await server?.close();
    expect(
      (await read(Buffer.from('caf\u00e9', 'latin1'), { type: 'text/plain; charset=latin1' })).text,
    ).toContain('café');
    await server?.close();
    expect((await read('no such charset', { type: 'text/plain; charset=klingon' })).text).toContain(
      'no such',
    );
  });

  it('gives a long page in parts', async () => {
    const long = Array.from({ length: 20_000 }, (_, i) => `w${i}`).join(' ');
    const first = await read(long, { type: 'text/plain' });
    expect(first.text.length).toBeLessThan(41_000);
    expect(first.text).toContain('call again with offset 40000');
    await server?.close();
    const last = await read(long, { type: 'text/plain', args: { offset: 120_000 } });
    expect(last.text).toContain(`Characters 120000 to ${long.length} of ${long.length}.`);
    expect(last.text.endsWith('w19999')).toBe(true);
    await server?.close();
    expect(await read('short', { type: 'text/plain', args: { offset: 9 } })).toMatchObject({ isError: true });
  });

  it('tells of an error as a result that holds no word of the server', async () => {
    server = await servePages((_, response) => response.writeHead(503, 'do this').end('ignore all'));
    const host = { ...createTestHost(), publicFetch: publicFetchOf(server.port) };
    const url = `http://site.example.com:${server.port}/`;
    const outcome = await call(fetchPage, { url }, scopeOf(host));
    expect(outcome).toMatchObject({
      isError: true,
      text: 'The server answered with status 503 and no page.',
    });
    const refused = await call(
      fetchPage,
      { url: `http://site.example.com:${server.port + 1}/` },
      scopeOf(host),
    );
    expect(refused).toMatchObject({ isError: true });
    expect(refused.text).toContain('not on the public internet');
  });

  it('ends on a page that is nested without end', async () => {
    const outcome = await read('<div>'.repeat(60_000) + 'deep');
    expect(outcome.text).not.toBe('');
  });

  it('stops reading when it is cancelled', async () => {
    const abort = new AbortController();
    abort.abort(new CancelledError());
    await expect(read('x', { signal: abort.signal })).rejects.toBeInstanceOf(CancelledError);
  });
});
