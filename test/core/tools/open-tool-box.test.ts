import { describe, expect, it } from 'vitest';
import { neverAborted } from '../../../src/core/base/abort';
import { TOOL_NAMES } from '../../../src/core/agents/profile/tool-names';
import { openToolBox, type ServerTools } from '../../../src/core/tools/open-tool-box';
import { noRules } from '../../../src/core/tools/policy/rules';
import type { ToolSettings } from '../../../src/core/tools/tool-box';
import type { Tool } from '../../../src/core/tools/tool';
import { createTestHost } from '../../support/node-host';
import { scopeOf } from './web/tool-scope';

const value = ['made', 'up', 'key'].join('-');
const plain: ToolSettings = { rules: noRules, addresses: {}, mcpServers: {}, notes: [] };
const everything: ToolSettings = {
  ...plain,
  addresses: { elasticsearch: 'http://127.0.0.1:9200', embeddings: 'https://embeddings.example.com/v1' },
  embeddingsModel: 'small',
};
const none = () => Promise.resolve<string | undefined>(undefined);
const only =
  (...names: readonly string[]) =>
  (name: string) =>
    Promise.resolve(names.includes(name) ? value : undefined);

const open = (
  settings = plain,
  secret: (name: string) => Promise<string | undefined> = none,
  more: { githubToken?: () => Promise<string | undefined>; servers?: ServerTools } = {},
) => {
  const { servers, ...source } = more;
  return openToolBox({
    settings,
    secret,
    source,
    signal: neverAborted,
    ...(servers && { servers }),
  });
};

const fake = (name: string): Tool => ({
  declaration: { name, description: 'Of a server.', parameters: { type: 'object' } },
  prepare: () => Promise.reject(new Error('never')),
});

describe('the tool box', () => {
  it('has every tool that an agent may name, but the handing on of work, once all is set up', async () => {
    const box = await open(everything, only('TAVILY_API_KEY', 'GITHUB_TOKEN'));
    expect(box.missing).toEqual([]);
    expect(new Set(box.names)).toEqual(new Set([...TOOL_NAMES].filter((name) => name !== 'delegate')));
    expect(new Set(box.names).size).toBe(box.names.length);
    for (const name of box.names) expect(box.tool(name)?.declaration.name).toBe(name);
    expect(box.tool('constructor')).toBeUndefined();
  });

  it('says of each tool that cannot be used why, and what to do', async () => {
    const { names, missing } = await open();
    expect(missing.map(({ name }) => name)).toEqual([
      'web_search',
      'github_search_code',
      'create_es_index',
      'query_es',
      'generate_embeddings',
    ]);
    for (const { why, fix } of missing) {
      expect(why).toMatch(/^[A-Z].*\.$/);
      expect(fix).toMatch(/^(Set|Sign) .*\.$/);
    }
    expect(names).toContain('github_search_issues');
    expect([...names, ...missing.map(({ name }) => name), 'delegate'].sort()).toEqual([...TOOL_NAMES].sort());
  });

  it.each([
    ['Tavily', ['TAVILY_API_KEY', 'BRAVE_API_KEY'], {}],
    ['Brave Search', ['BRAVE_API_KEY'], { addresses: { searxng: 'http://127.0.0.1:1' } }],
    ['SearXNG', [], { addresses: { searxng: 'http://127.0.0.1:1' } }],
    [
      'SearXNG',
      ['TAVILY_API_KEY'],
      { searchEngine: 'searxng' as const, addresses: { searxng: 'http://127.0.0.1:1' } },
    ],
    ['Brave Search', ['TAVILY_API_KEY', 'BRAVE_API_KEY'], { searchEngine: 'brave' as const }],
  ])('searches with %s where %j are set with %j', async (title, keys, settings) => {
    const box = await open({ ...plain, ...settings }, only(...keys));
    const prepared = await box.tool('web_search')?.prepare({ query: 'foxes' }, scopeOf(createTestHost()));
    expect(prepared?.shown['service']).toBe(title);
  });

  it.each([
    ['tavily', 'TAVILY_API_KEY'],
    ['brave', 'BRAVE_API_KEY'],
    ['searxng', 'search.searxngAddress'],
  ] as const)('takes no other engine when %s is chosen and not set up', async (searchEngine, fix) => {
    const others = only('TAVILY_API_KEY', 'BRAVE_API_KEY');
    const secret = (name: string) => (name === fix ? none() : others(name));
    const { names, missing } = await open({ ...plain, searchEngine }, secret);
    expect(names).not.toContain('web_search');
    expect(missing.find(({ name }) => name === 'web_search')?.fix).toContain(fix);
  });

  it('searches code on GitHub with the session of the editor, else with the token', async () => {
    for (const given of [
      await open(plain, none, { githubToken: () => Promise.resolve(value) }),
      await open(plain, only('GITHUB_TOKEN'), { githubToken: none }),
    ])
      expect(given.names).toContain('github_search_code');
  });

  it('names what of two settings is missing', async () => {
    const { missing } = await open({ ...plain, embeddingsModel: 'small' });
    expect(missing.find(({ name }) => name === 'generate_embeddings')).toMatchObject({
      why: 'No address for embeddings is set.',
      fix: 'Set "embeddings.address" in your settings.',
    });
  });

  it('holds the tools of servers behind its own, and lets none take the name of one of its own', async () => {
    const servers: ServerTools = {
      tools: () => Promise.resolve([fake('mcp_jira_find'), fake('read_file'), fake('web_search')]),
      faults: () => [],
    };
    const box = await open(plain, none, { servers });
    expect(box.names.at(-1)).toBe('mcp_jira_find');
    expect(box.tool('read_file')?.declaration.description).not.toBe('Of a server.');
    expect(box.names).not.toContain('web_search');
    expect(box.missing.map(({ name }) => name)).toEqual(expect.arrayContaining(['read_file']));
  });

  it('gives schemas that are plain objects, small, and without references', async () => {
    const box = await open(everything, only('TAVILY_API_KEY', 'GITHUB_TOKEN'));
    for (const name of box.names) {
      const { parameters, description } = box.tool(name)?.declaration ?? {};
      expect(parameters).toMatchObject({ type: 'object' });
      expect(JSON.stringify(parameters)).not.toContain('$ref');
      expect(JSON.stringify(parameters).length).toBeLessThan(4_000);
      expect(description?.length ?? 0).toBeGreaterThan(20);
    }
  });
});
