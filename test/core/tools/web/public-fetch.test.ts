import net from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressFault } from '../../../../src/core/base/public-address';
import { CancelledError } from '../../../../src/core/base/abort';
import type { PublicRequest } from '../../../../src/core/host';
import { createPublicFetch } from '../../../../src/core/node-public-fetch';
import { publicFetchOf, servePages, type PageServer } from './page-server';

const servers: PageServer[] = [];
const serve = async (...args: Parameters<typeof servePages>): Promise<PageServer> => {
  const server = await servePages(...args);
  servers.push(server);
  return server;
};

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const get = (url: string, more: Partial<PublicRequest> = {}): PublicRequest => ({
  url,
  accept: 'text/*',
  accepts: (type) => type.startsWith('text/'),
  maxBytes: 10_000,
  timeoutMs: 10_000,
  maxRedirects: 5,
  signal: new AbortController().signal,
  ...more,
});
const html = { 'content-type': 'text/html' };

/** Records where sockets are told to connect, and lets none of them. */
function recordConnections(): string[] {
  const hosts: string[] = [];
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (
    this: net.Socket,
    ...args: unknown[]
  ) {
    const [first] = args;
    const options = (Array.isArray(first) ? (first as unknown[])[0] : first) as { host?: string };
    hosts.push(options.host ?? 'none');
    process.nextTick(() => this.destroy(new Error('no network here')));
    return this;
  });
  return hosts;
}

describe('getting what is public', () => {
  it('gives the page, and sends no cookie, key or referrer', async () => {
    const server = await serve((_, response) => response.writeHead(200, html).end('<p>hello'));
    const page = await publicFetchOf(server.port)(get(`http://site.example.com:${server.port}/a?b=c#d`));
    expect(page).toMatchObject({ status: 200, contentType: 'text/html' });
    expect(page.url).toBe(`http://site.example.com:${server.port}/a?b=c`);
    expect(Buffer.from(page.body).toString()).toBe('<p>hello');
    expect(server.requests[0]?.url).toBe('/a?b=c');
    expect(Object.keys(server.requests[0]?.headers ?? {}).sort()).toEqual(
      ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'].sort(),
    );
    expect(server.requests[0]?.headers.host).toBe(`site.example.com:${server.port}`);
  });

  it('connects to nothing that is not public while a resolver changes its answers, in 1,000 rounds', async () => {
    const hosts = recordConnections();
    const answers = [
      ['93.184.216.34'],
      ['127.0.0.1'],
      ['93.184.216.34', '10.0.0.7'],
      ['2606:4700::1', '::1'],
      ['169.254.169.254'],
      ['8.8.8.8', '2606:4700:4700::1111'],
      ['::ffff:192.168.0.1'],
      ['fe80::1%lo', '1.1.1.1'],
      [],
    ];
    let asked = 0;
    const lookup = vi.fn(() => Promise.resolve(answers[asked++ % answers.length] ?? []));
    const fetch = createPublicFetch({ lookup });
    const codes = new Map<string, number>();
    for (let round = 0; round < 1000; round++) {
      const error = await fetch(get('http://rebind.example.com/')).catch((thrown: unknown) => thrown);
      const { code } = error as { code: string };
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    // Once in each round: nobody asks again between the check and the connection.
    expect(lookup).toHaveBeenCalledTimes(1000);
    expect(hosts.length).toBeGreaterThan(200);
    expect(hosts.filter((host) => addressFault(host) !== undefined)).toEqual([]);
    expect([...codes.keys()].sort()).toEqual(['address-refused', 'page-unreachable']);
    expect(codes.get('address-refused')).toBeGreaterThan(600);
  });

  it('judges again what the socket is really connected to', async () => {
    const server = await serve((_, response) => response.writeHead(200, html).end('inside'));
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the socket below
    const connect = net.Socket.prototype.connect;
    // As if something below (a proxy, a patched module) led a checked connection elsewhere.
    vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: net.Socket) {
      return Reflect.apply(connect, this, [{ host: '127.0.0.1', port: server.port }]) as net.Socket;
    });
    const fetch = createPublicFetch({ lookup: () => Promise.resolve(['93.184.216.34']) });
    await expect(fetch(get('http://site.example.com/'))).rejects.toMatchObject({ code: 'address-refused' });
    expect(server.requests).toHaveLength(0);
  });

  it.each([1, 2, 3, 4, 5])('refuses a way to a private address at redirect %i', async (hops) => {
    const victim = await serve((_, response) => response.writeHead(200, html).end('inside'));
    const targets = [
      `http://127.0.0.1:${victim.port}/`,
      `http://inside.example.com:${victim.port}/`,
      `//2130706433:${victim.port}/`,
      `http://[::ffff:7f00:1]:${victim.port}/`,
      `http://localhost:${victim.port}/`,
      `http://user@inside.example.com:${victim.port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'ftp://example.com/',
      'data:text/html,x',
    ];
    for (const [index, target] of targets.entries()) {
      const server = await serve((request, response) => {
        const hop = Number(request.url?.slice(1));
        const location = hop + 1 === hops ? target : `/${hop + 1}`;
        response.writeHead([301, 302, 303, 307, 308][(hop + index) % 5] ?? 302, { location }).end();
      });
      await expect(
        publicFetchOf(server.port)(get(`http://site.example.com:${server.port}/0`)),
      ).rejects.toMatchObject({ code: 'address-refused' });
      expect(server.requests).toHaveLength(hops);
    }
    expect(victim.connections()).toBe(0);
  });

  it('follows five redirects and not a sixth', async () => {
    const server = await serve((request, response) => {
      const hop = Number(request.url?.slice(1));
      if (hop === 0) response.writeHead(200, html).end('there');
      else response.writeHead(302, { location: `/${hop - 1}`, 'set-cookie': 'a=b' }).end();
    });
    const fetch = publicFetchOf(server.port);
    const page = await fetch(get(`http://site.example.com:${server.port}/5`));
    expect(page.url).toBe(`http://site.example.com:${server.port}/0`);
    expect(server.requests.every(({ headers }) => headers.cookie === undefined)).toBe(true);
    await expect(fetch(get(`http://site.example.com:${server.port}/6`))).rejects.toMatchObject({
      code: 'page-redirects',
    });
  });

  it('unpacks what it asked for, and stops what unpacks to more than the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const server = await serve((request, response) => {
      const bodies: Record<string, [string, Buffer]> = {
        '/gzip': ['gzip', gzipSync('zipped')],
        '/br': ['br', brotliCompressSync('zipped')],
        '/bomb': ['gzip', bomb],
        '/twice': ['gzip, gzip', gzipSync(gzipSync('x'))],
        '/broken': ['gzip', Buffer.from('no gzip')],
        '/long': ['identity', Buffer.alloc(10_001)],
      };
      const [encoding, body] = bodies[request.url ?? ''] ?? ['', Buffer.alloc(0)];
      response.writeHead(200, { ...html, 'content-encoding': encoding }).end(body);
    });
    const at = (path: string) =>
      publicFetchOf(server.port)(get(`http://site.example.com:${server.port}${path}`));
    expect(Buffer.from((await at('/gzip')).body).toString()).toBe('zipped');
    expect(Buffer.from((await at('/br')).body).toString()).toBe('zipped');
    await expect(at('/bomb')).rejects.toMatchObject({ code: 'page-too-large' });
    await expect(at('/long')).rejects.toMatchObject({ code: 'page-too-large' });
    await expect(at('/twice')).rejects.toMatchObject({ code: 'page-broken' });
    await expect(at('/broken')).rejects.toMatchObject({ code: 'page-broken' });
  });

  it('downloads no other type than what is wanted, and no page of an error', async () => {
    const server = await serve((request, response) =>
      request.url === '/image'
        ? response.writeHead(200, { 'content-type': 'image/png' }).end('x')
        : response.writeHead(404, html).end('not here'),
    );
    const fetch = publicFetchOf(server.port);
    await expect(fetch(get(`http://site.example.com:${server.port}/image`))).rejects.toMatchObject({
      code: 'page-type',
    });
    const missing = await fetch(get(`http://site.example.com:${server.port}/missing`));
    expect([missing.status, missing.body.byteLength]).toEqual([404, 0]);
  });

  it('gives up when the whole takes too long: a look-up, a silent server, a body that drips', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/drip') response.writeHead(200, html).write('a');
    });
    const hanging = createPublicFetch({ lookup: () => new Promise(() => {}) });
    const late = { code: 'page-timeout', retryable: true };
    await expect(hanging(get('http://site.example.com/', { timeoutMs: 30 }))).rejects.toMatchObject(late);
    for (const path of ['/silent', '/drip']) {
      const request = get(`http://site.example.com:${server.port}${path}`, { timeoutMs: 150 });
      await expect(publicFetchOf(server.port)(request)).rejects.toMatchObject(late);
    }
  });

  it('ends with the reason of the signal, and leaves no connection behind', async () => {
    const abort = new AbortController();
    let isClosed: () => void = () => {};
    const closed = new Promise<void>((resolve) => (isClosed = resolve));
    const server = await serve((request) => {
      request.socket.on('close', isClosed);
      abort.abort(new CancelledError());
    });
    const request = get(`http://site.example.com:${server.port}/`, { signal: abort.signal });
    await expect(publicFetchOf(server.port)(request)).rejects.toBeInstanceOf(CancelledError);
    await closed;
    await expect(publicFetchOf(server.port)(request)).rejects.toBeInstanceOf(CancelledError);
    expect(server.requests).toHaveLength(1);
  });

  it('tells of a host that is not there or breaks off', async () => {
    const server = await serve((request) => request.socket.destroy());
    const broken = publicFetchOf(server.port)(get(`http://site.example.com:${server.port}/`));
    await expect(broken).rejects.toMatchObject({ code: 'page-broken', retryable: true });
    const nowhere = createPublicFetch({ lookup: () => Promise.reject(new Error('ENOTFOUND')) });
    await expect(nowhere(get('http://nowhere.example.com/'))).rejects.toThrow(/never through a proxy/);
  });

  it('refuses a server that speaks no TLS where the address says https', async () => {
    const server = await serve((_, response) => response.writeHead(200, html).end('plain'));
    const request = get(`https://site.example.com:${server.port}/`);
    await expect(publicFetchOf(server.port)(request)).rejects.toMatchObject({ code: 'page-unreachable' });
    expect(server.requests).toHaveLength(0);
  });
});
