import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { McpLimits } from '../../../../src/core/tools/mcp/limits';
import type { McpServers } from '../../../../src/core/tools/mcp/mcp-servers';
import { bench, call, type Bench } from './servers';

const secret = ['made', 'up', 'token', '5512'].join('-');
let here: Bench;
const running: Server[] = [];
beforeEach(async () => (here = await bench({ TOKEN: secret, BROKEN: `a\r\nb: ${secret}` })));
afterEach(async () => {
  await here.close();
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly id?: number; readonly method?: string } | undefined;
}

interface Listening {
  readonly url: string;
  readonly asked: Asked[];
}

/** A web server on this machine that answers as `answer` says. */
async function listen(
  answer: (asked: Asked, request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Listening> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => (text += data.toString()));
    request.on('end', () => {
      const one: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as NonNullable<Asked['body']>),
      };
      asked.push(one);
      answer(one, request, response);
    });
  });
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, asked };
}

/** A server with the protocol's own package; each session is known by its number. */
async function ordinary(): Promise<
  Listening & { readonly add: (name: string) => void; readonly forget: () => void }
> {
  const sessions = new Map<string, { transport: StreamableHTTPServerTransport; server: McpServer }>();
  const listening = await listen(async ({ headers, body }, request, response) => {
    const known = sessions.get(String(headers['mcp-session-id'] ?? ''));
    if (known !== undefined) return known.transport.handleRequest(request, response, body);
    if (body?.method !== 'initialize') return response.writeHead(404).end('{}');
    const server = new McpServer({ name: 'ordinary', version: '1' });
    server.registerTool('greet', { description: 'Greets' }, ({ requestInfo }) => ({
      content: [{ type: 'text', text: `hello ${String(requestInfo?.headers['authorization'])}` }],
    }));
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, { transport, server }),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await server.connect(transport);
    return transport.handleRequest(request, response, body);
  });
  return {
    ...listening,
    add(name) {
      for (const { server } of sessions.values())
        server.registerTool(name, { description: 'New' }, () => ({ content: [] }));
    },
    forget: () => sessions.clear(),
  };
}

/** The protocol by hand, one answer for each request. */
function byHand(more: (asked: Asked, response: ServerResponse) => boolean = () => false): Promise<Listening> {
  return listen((asked, _request, response) => {
    if (more(asked, response)) return;
    const { id, method } = asked.body ?? {};
    if (asked.method !== 'POST') response.writeHead(405).end();
    else if (method === 'initialize')
      reply(response, id, {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'x', version: '1' },
      });
    else if (method === 'tools/list')
      reply(response, id, { tools: [{ name: 'tool', inputSchema: { type: 'object' } }] });
    else if (method === 'tools/call') reply(response, id, { content: [{ type: 'text', text: 'done' }] });
    else response.writeHead(202).end();
  });
}

function reply(response: ServerResponse, id: number | undefined, result: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

function open(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  limits: Partial<McpLimits> = {},
): McpServers {
  return here.open({ web: { type: 'http', url, headers } }, limits);
}

const callsIn = (asked: readonly Asked[]) => asked.filter(({ body }) => body?.method === 'tools/call').length;

describe('a server at an address', () => {
  it('gets the headers that the person set, and what it repeats of them is hidden', async () => {
    const server = await ordinary();
    const tools = await here.tools(open(server.url, { Authorization: 'Bearer ${secrets.TOKEN}' }));
    expect(await call(here, tools.get('mcp_web_greet'))).toEqual({
      text: 'hello Bearer [hidden: TOKEN]',
      isError: false,
      isForeign: true,
    });
    expect(server.asked.every(({ headers }) => headers.authorization === `Bearer ${secret}`)).toBe(true);
  });

  it('that fails with the headers in its words is told without them', async () => {
    const server = await byHand(({ body, headers }, response) => {
      if (body?.method !== 'tools/call') return false;
      response.writeHead(500).end(`${'x'.repeat(240)} ${String(headers.authorization)}`);
      return true;
    });
    const tools = await here.tools(open(server.url, { Authorization: 'Bearer ${secrets.TOKEN}' }));
    const { text, isError } = await call(here, tools.get('mcp_web_tool'));
    expect(isError).toBe(true);
    expect(text).toContain('xxx');
    for (let length = 8; length <= secret.length; length += 1)
      expect(text).not.toContain(secret.slice(0, length));
  });

  it('tells that its tools have changed', async () => {
    const server = await ordinary();
    const servers = open(server.url);
    await here.tools(servers);
    await vi.waitFor(() => expect(server.asked.map(({ method }) => method)).toContain('GET'));
    server.add('more');
    await vi.waitFor(async () => expect([...(await here.tools(servers)).keys()]).toContain('mcp_web_more'), {
      timeout: 5_000,
    });
  });

  it('is told the end of the session', async () => {
    const server = await ordinary();
    const servers = open(server.url);
    await here.tools(servers);
    await servers.dispose();
    expect(server.asked.at(-1)?.method).toBe('DELETE');
  });

  it('that has forgotten the session gets a new one, and the call once', async () => {
    const server = await ordinary();
    const tools = await here.tools(open(server.url));
    server.forget();
    expect((await call(here, tools.get('mcp_web_greet'))).text).toBe('hello undefined');
    expect(callsIn(server.asked)).toBe(1);
  });

  it('is not asked for a login by itself', async () => {
    const server = await listen((_asked, _request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="/x"' }).end('no'),
    );
    const servers = open(server.url);
    expect(await here.tools(servers)).toEqual(new Map());
    expect(servers.faults()).toEqual([
      { server: 'web', message: expect.stringMatching(/^failed: .*no$/) as string },
    ]);
    expect(server.asked.map(({ path }) => path)).toEqual(['/mcp']);
  });
});

describe('a hostile address', () => {
  it.each([
    [301, '/mcp'],
    [302, '/mcp'],
    [303, '/mcp'],
    [307, '/mcp'],
    [308, '/mcp'],
    [307, '/elsewhere on the same server'],
  ])('leads nowhere else, by %i to %s', async (status, path) => {
    const other = await byHand();
    const server = await listen(({ path: asked }, _request, response) => {
      const target = path === '/mcp' ? other.url : '/other';
      response.writeHead(asked === '/other' ? 200 : status, { location: target }).end();
    });
    const servers = open(server.url, { Authorization: 'Bearer ${secrets.TOKEN}' });
    expect(await here.tools(servers)).toEqual(new Map());
    expect(servers.faults()).toHaveLength(1);
    expect(other.asked).toEqual([]);
    expect(server.asked.map(({ path: asked }) => asked)).toEqual(['/mcp']);
  });

  it('leads nowhere else in the middle of a call, which is not sent again', async () => {
    const other = await byHand();
    const server = await byHand(({ body }, response) => {
      if (body?.method !== 'tools/call') return false;
      response.writeHead(307, { location: other.url }).end();
      return true;
    });
    const tools = await here.tools(open(server.url));
    expect(await call(here, tools.get('mcp_web_tool'))).toMatchObject({ isError: true, isForeign: true });
    expect(other.asked).toEqual([]);
    expect(callsIn(server.asked)).toBe(1);
  });

  it('that hangs up in a call does not get it again', async () => {
    const server = await byHand(({ body }, response) => {
      if (body?.method !== 'tools/call') return false;
      response.destroy();
      return true;
    });
    const tools = await here.tools(open(server.url));
    const outcome = await call(here, tools.get('mcp_web_tool'));
    expect(outcome.text).toMatch(/Whether it was carried out is not known, and it was not sent again.$/);
    expect(callsIn(server.asked)).toBe(1);
  });

  it.each(['tools/list', 'tools/call'])(
    'that never answers %s is waited for until its time',
    async (method) => {
      const server = await byHand(({ body }) => body?.method === method);
      const servers = open(server.url, {}, { listMs: 1_500, callMs: 1_500 });
      const tools = await here.tools(servers);
      if (method === 'tools/list') {
        expect(servers.faults()).toEqual([{ server: 'web', message: 'did not answer within 1.5 s' }]);
      } else {
        expect((await call(here, tools.get('mcp_web_tool'))).text).toMatch(/did not answer within 1.5 s/);
      }
    },
  );

  it.each([
    ['application/json', ' '],
    ['text/event-stream', ': comment\n'],
    ['text/event-stream', 'data: x'],
    ['text/event-stream', 'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n'],
    ['text/html', '<p>'],
  ])('that sends %s without end is not read without end (%#)', async (type, piece) => {
    let sent = 0;
    const server = await byHand(({ body }, response) => {
      if (body?.method !== 'tools/call') return false;
      response.writeHead(200, { 'content-type': type });
      const more = () => {
        if (response.destroyed) return;
        sent += 100_000;
        if (response.write(piece.repeat(Math.ceil(100_000 / piece.length)))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
      return true;
    });
    const tools = await here.tools(open(server.url, {}, { callMs: 8_000, messageLength: 1_000_000 }));
    const outcome = await call(here, tools.get('mcp_web_tool'));
    expect(outcome.isError).toBe(true);
    if (type !== 'text/html')
      expect(outcome.text).toMatch(/ sen(t a response of more than 1 MB|ds more than)/);
    // What the network's own buffers take comes on top.
    expect(sent).toBeLessThan(30_000_000);
    expect(callsIn(server.asked)).toBe(1);
  });

  it('that wants to be listened to again and again is not', async () => {
    const server = await byHand(({ method }, response) => {
      if (method !== 'GET') return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 0\nid: 1\ndata:\n\n');
      return true;
    });
    const tools = await here.tools(open(server.url));
    const listening = () => server.asked.filter(({ method }) => method === 'GET').length;
    await vi.waitFor(() => expect(listening()).toBe(50), { timeout: 10_000 });
    expect((await call(here, tools.get('mcp_web_tool'))).text).toBe('done');
    expect(listening()).toBe(50);
  });

  it.each([
    ['http://192.0.2.1/mcp', 'has an address that is not encrypted and not on this machine: use https://'],
    [
      'http://localhost.example.com/mcp',
      'has an address that is not encrypted and not on this machine: use https://',
    ],
    ['ftp://127.0.0.1/mcp', 'has an address that is not encrypted and not on this machine: use https://'],
    ['https://name:word@127.0.0.1/mcp', 'has a name or a password in its address'],
    ['not an address', 'has no address that can be read'],
  ])('that may not be used is never asked: %s', async (url, message) => {
    const servers = open(url);
    expect(await here.tools(servers)).toEqual(new Map());
    expect(servers.faults()).toEqual([{ server: 'web', message }]);
  });

  it('is not told a header of two lines, and nobody is told what it holds', async () => {
    const server = await byHand();
    const servers = open(server.url, { Authorization: '${secrets.BROKEN}' });
    expect(await here.tools(servers)).toEqual(new Map());
    expect(servers.faults()).toEqual([
      { server: 'web', message: 'has a header that cannot be sent: Authorization' },
    ]);
    expect(server.asked).toEqual([]);
    expect(here.logged.join()).not.toContain(secret);
  });
});
