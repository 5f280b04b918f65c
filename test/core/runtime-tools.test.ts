import { describe, expect, it } from 'vitest';
import { neverAborted } from '../../src/core/base/abort';
import { Emitter } from '../../src/core/base/emitter';
import { createRuntimeTools, noToolSource } from '../../src/core/runtime-tools';
import { SERVICE_KEYS } from '../../src/core/tools/service-tools';
import { noRules } from '../../src/core/tools/policy/rules';
import type { Tool } from '../../src/core/tools/tool';
import type { ToolSettings, ToolSource } from '../../src/core/tools/tool-box';
import { silentLog } from '../../src/core/node-host';
import { createTestHost } from '../support/node-host';

const plain: ToolSettings = { rules: noRules, addresses: {}, mcpServers: {}, notes: [] };
const server = { type: 'stdio' as const, command: 'wiki', args: [], env: {} };

function opened(source: ToolSource, secret: (name: string) => Promise<string | undefined> = noSecret) {
  const hidden: string[] = [];
  const servers = { opened: 0, ended: 0 };
  const asked: (readonly string[] | undefined)[] = [];
  const trust = { is: true };
  const told: string[] = [];
  const tools = createRuntimeTools({
    host: { ...createTestHost(), log: { ...silentLog, warn: (message) => void told.push(message) } },
    source,
    secret,
    redactor: { add: (value) => hidden.push(value) > 0 },
    isTrusted: () => trust.is,
    openServers: () => {
      servers.opened += 1;
      return {
        tools: (_signal, only) => {
          asked.push(only);
          return Promise.resolve(offered.filter(({ declaration }) => isOfAny(declaration.name, only)));
        },
        faults: () => [{ server: 'broken', message: 'did not start: no such program' }],
        dispose: () => {
          servers.ended += 1;
          return Promise.resolve();
        },
      };
    },
  });
  return { tools, hidden, servers, asked, trust, told };
}
const offered: readonly Tool[] = ['mcp_wiki_find', 'mcp_wiki_read', 'mcp_wiki-two_find'].map((name) => ({
  declaration: { name, description: 'Of a server.', parameters: { type: 'object' } },
  prepare: () => Promise.reject(new Error('never')),
}));
const isOfAny = (tool: string, servers: readonly string[] | undefined): boolean =>
  servers?.some((name) => tool.startsWith(`mcp_${name}_`)) ?? true;
const noSecret = () => Promise.resolve<string | undefined>(undefined);

describe('the tools of a runtime', () => {
  it('are those that need nothing where a door lends nothing', async () => {
    const { tools } = opened(noToolSource);
    const listed = await tools.tools.list();
    expect(listed.usable.map(({ name }) => name)).toContain('read_file');
    expect(listed.usable.every(({ description }) => description.length > 20)).toBe(true);
    expect(listed).toMatchObject({ servers: [], notes: [], code: { kind: 'parser' } });
  });

  it('are set up once, and anew after a change', async () => {
    const changed = new Emitter<void>();
    let reads = 0;
    let addresses: ToolSettings['addresses'] = {};
    const { tools } = opened({
      settings: () => {
        reads += 1;
        return Promise.resolve({ ...plain, addresses });
      },
      onDidChange: changed.event,
    });
    expect((await tools.box(neverAborted)).names).not.toContain('query_es');
    await tools.box(neverAborted);
    expect(reads).toBe(1);
    let told = 0;
    tools.tools.onDidChange(() => void (told += 1));
    addresses = { elasticsearch: 'https://search.example.com' };
    changed.fire();
    expect(told).toBe(1);
    expect((await tools.box(neverAborted)).names).toContain('query_es');
    expect(reads).toBe(2);
  });

  it('ask for settings again after they could not be read', async () => {
    let reads = 0;
    const { tools } = opened({
      settings: () => (++reads === 1 ? Promise.reject(new Error('no')) : Promise.resolve(plain)),
    });
    await expect(tools.box(neverAborted)).rejects.toThrow('no');
    expect((await tools.box(neverAborted)).names).toContain('read_file');
  });

  it('open servers when first asked, keep them while their settings stay, and end them at the end', async () => {
    const changed = new Emitter<void>();
    let settings: ToolSettings = { ...plain, mcpServers: { wiki: server } };
    const { tools, servers } = opened({
      settings: () => Promise.resolve(settings),
      onDidChange: changed.event,
    });
    expect(servers).toEqual({ opened: 0, ended: 0 });
    await tools.box(neverAborted);
    settings = { ...settings, addresses: { searxng: 'https://search.example.com' } };
    changed.fire();
    await tools.box(neverAborted);
    expect(servers).toEqual({ opened: 1, ended: 0 });
    settings = { ...settings, mcpServers: { wiki: { ...server, command: 'other' } } };
    changed.fire();
    await tools.box(neverAborted);
    expect(servers).toEqual({ opened: 2, ended: 1 });
    await tools.close();
    await tools.close();
    expect(servers).toEqual({ opened: 2, ended: 2 });
    await tools.box(neverAborted);
    expect(servers.opened).toBe(2);
  });

  it('log what is wrong with the settings once, when somebody works by them', async () => {
    const { tools, told } = opened({
      settings: () => Promise.resolve({ ...plain, notes: ['"policy" is wrong.'] }),
    });
    await tools.tools.list();
    expect(told).toEqual([]);
    await tools.settings();
    await tools.settings();
    expect(told).toEqual(['"policy" is wrong.']);
  });

  it('tell of each server how many tools it gives, and what is wrong with it', async () => {
    const mcpServers = { wiki: server, 'wiki-two': server, broken: server };
    const { tools } = opened({ settings: () => Promise.resolve({ ...plain, mcpServers }) });
    expect((await tools.tools.list()).servers).toEqual([
      { name: 'wiki', tools: 2, faults: [] },
      { name: 'wiki-two', tools: 1, faults: [] },
      { name: 'broken', tools: 0, faults: ['did not start: no such program'] },
    ]);
    const box = await tools.box(neverAborted);
    expect(box.ofServers(['Wiki/*', 'broken/*', 'nobody/*'])).toEqual(['mcp_wiki_find', 'mcp_wiki_read']);
    expect(box.ofServers(['wiki-two/find', 'wiki/none', 'wiki', ''])).toEqual(['mcp_wiki-two_find']);
  });

  it('ask a server only where one of its tools may be used, and keep what the others told', async () => {
    const mcpServers = { wiki: server, 'wiki-two': server };
    const { tools, asked } = opened({ settings: () => Promise.resolve({ ...plain, mcpServers }) });
    const names = async (ofServers: readonly string[], named: readonly string[] = []) =>
      (await tools.box(neverAborted, { ofServers, named })).names.filter((name) => name.startsWith('mcp_'));
    expect(await names([])).toEqual([]);
    expect(await names(['nobody/*'], ['read_file'])).toEqual([]);
    expect(asked.flat()).toEqual([]);
    expect(await names(['wiki-two/*'])).toEqual(['mcp_wiki-two_find']);
    expect(await names([], ['mcp_wiki_f*'])).toEqual(['mcp_wiki_find', 'mcp_wiki_read']);
    expect(asked.filter((only) => only?.length !== 0)).toEqual([['wiki-two'], ['wiki']]);
    expect((await tools.tools.standing()).servers.map((one) => one.tools)).toEqual([2, 1]);
  });

  it('are told without starting a server: how each stands is known once its tools were wanted', async () => {
    const mcpServers = { wiki: server, broken: server };
    const { tools, servers } = opened({
      settings: () => Promise.resolve({ ...plain, mcpServers, notes: ['"policy" is wrong.'] }),
    });
    let told = 0;
    tools.tools.onDidChange(() => void (told += 1));
    expect(await tools.tools.standing()).toEqual({
      servers: [
        { name: 'wiki', faults: [] },
        { name: 'broken', faults: [] },
      ],
      asksEverything: false,
      notes: ['"policy" is wrong.'],
    });
    expect(servers.opened).toBe(0);
    await tools.box(neverAborted);
    await tools.box(neverAborted);
    expect(told).toBe(1);
    expect((await tools.tools.standing()).servers).toEqual([
      { name: 'wiki', tools: 2, faults: [] },
      { name: 'broken', tools: 0, faults: ['did not start: no such program'] },
    ]);
  });

  it('start no server in a folder that is not trusted, and end those of one that is no longer', async () => {
    const { tools, servers, trust } = opened({
      settings: () => Promise.resolve({ ...plain, mcpServers: { wiki: server } }),
    });
    trust.is = false;
    const [listed] = (await tools.tools.list()).servers;
    expect(listed).toEqual({
      name: 'wiki',
      tools: 0,
      faults: ['is not started: the folder is not trusted'],
    });
    expect(servers.opened).toBe(0);
    trust.is = true;
    expect((await tools.box(neverAborted)).names).toContain('mcp_wiki_find');
    trust.is = false;
    expect((await tools.box(neverAborted)).names).not.toContain('mcp_wiki_find');
    expect(servers).toEqual({ opened: 1, ended: 1 });
  });

  it('hide every key before any tool was used, the token of the editor too', async () => {
    const asked: string[] = [];
    const token = ['session', 'token', 'of', 'an', 'editor'].join('-');
    const { tools, hidden } = opened(
      { settings: () => Promise.resolve(plain), githubToken: () => Promise.resolve(token) },
      (name) => {
        asked.push(name);
        return noSecret();
      },
    );
    await tools.rememberKeys();
    expect(new Set(asked)).toEqual(new Set(SERVICE_KEYS));
    expect(hidden).toEqual([token]);
  });
});
