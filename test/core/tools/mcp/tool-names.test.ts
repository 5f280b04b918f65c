import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverParts, toolName } from '../../../../src/core/tools/mcp/tool-names';
import { serversFor, serverToolNames } from '../../../../src/core/tools/server-tool-names';
import { sha256 } from '../../../../src/core/node-sha256';

/** The names of the tools of some servers. */
function namesOf(servers: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const parts = serverParts(Object.keys(servers), sha256);
  return Object.entries(servers).flatMap(([server, tools]) =>
    tools.map((tool) => toolName(parts.get(server) ?? '', tool, sha256)),
  );
}

describe('the name of a tool', () => {
  it('says the server and the tool', () => {
    expect(namesOf({ github: ['search_code', 'get-issue'] })).toEqual([
      'mcp_github_search_code',
      'mcp_github_get-issue',
    ]);
  });

  it('cannot be taken by another server, however that one calls its tools', () => {
    const [plain, hostile] = namesOf({ a_b: ['c'], a: ['b_c'] });
    expect([plain, hostile]).toEqual(['mcp_a-b_c', 'mcp_a_b_c']);
  });

  it('differs for servers whose names are alike', () => {
    const names = namesOf({
      'a.b': ['c'],
      'a-b': ['c'],
      a_b: ['c'],
      [`${'x'.repeat(30)}1`]: ['c'],
      [`${'x'.repeat(30)}2`]: ['c'],
    });
    expect(new Set(names).size).toBe(5);
    expect(names).toContain('mcp_a-b_c');
  });

  it('stays the same whatever else a server offers', () => {
    const alone = namesOf({ a: ['x.y'] })[0];
    expect(namesOf({ a: ['x_y', 'x/y', 'x.y'], b: ['x.y'] })).toContain(alone);
    expect(namesOf({ a: ['x_y'] })).toEqual(['mcp_a_x_y']);
  });

  it('is one that vendors take, and one for each tool', () => {
    const servers = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 40 }), {
      minLength: 1,
      maxLength: 5,
    });
    const tools = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 128 }), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(servers, tools, (some, each) => {
        const names = namesOf(Object.fromEntries(some.map((name) => [name, each])));
        for (const name of names) expect(name).toMatch(/^mcp_[a-zA-Z0-9-]{1,24}_[a-zA-Z0-9_-]+$/);
        for (const name of names) expect(name.length).toBeLessThanOrEqual(64);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the servers that have to be there', () => {
  const servers = ['github', 'Jira', 'wiki', 'wiki two'];
  const needed = (named: readonly string[], ofServers: readonly string[] = []) =>
    serversFor({ named, ofServers }, { servers, sha256 });

  it('are those whose tools an agent or a step names, and no others', () => {
    expect(needed([])).toEqual([]);
    expect(needed(['read_file', 'read_*', 'mcp_nobody_find'])).toEqual([]);
    expect(needed(['mcp_wiki_find'])).toEqual(['wiki']);
    expect(needed(['mcp_wiki_*'])).toEqual(['wiki']);
    expect(needed(['mcp_wiki*'])).toEqual(['wiki', 'wiki two']);
    expect(needed(['mcp_wiki-two_find'], ['GitHub/create_issue'])).toEqual(['github', 'wiki two']);
    expect(needed([], ['jira/*'])).toEqual(['Jira']);
    expect(needed(['mcp_*'])).toEqual(servers);
    expect(needed(['*'])).toEqual(servers);
  });

  it('hold every tool that is meant, whatever the names are', () => {
    const name = fc.stringMatching(/^[a-bA-B_ -]{1,3}$/);
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.array(name, { maxLength: 3 }), { maxKeys: 4 }),
        fc.array(fc.tuple(name, name)),
        fc.array(fc.stringMatching(/^(mcp_)?[ab_-]{0,4}\*?$/)),
        (offered, asked, named) => {
          const all = Object.keys(offered);
          const ofServers = asked.map(([server, tool]) => `${server}/${tool}`);
          const there = serversFor({ named, ofServers }, { servers: all, sha256 });
          for (const [server, tools] of Object.entries(offered)) {
            const names = namesOf({ ...Object.fromEntries(all.map((one) => [one, []])), [server]: tools });
            const meant = [
              ...serverToolNames(ofServers, { names, servers: [server], sha256 }),
              ...names.filter((one) =>
                named.some((pattern) =>
                  pattern.endsWith('*') ? one.startsWith(pattern.slice(0, -1)) : one === pattern,
                ),
              ),
            ];
            if (meant.length > 0) expect(there).toContain(server);
          }
        },
      ),
      { numRuns: 500, seed: 5_120 },
    );
  });
});
