import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json';
import { noRules } from '../../../../src/core/tools/policy/rules';
import { readToolSettings, TOOL_SECTIONS } from '../../../../src/core/tools/settings/read-tool-settings';

const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 2 ** 31);
const ls = { type: 'exact', argv: ['ls'] } as const;
const log = { type: 'pattern', program: 'git', subcommands: ['log'] } as const;

describe('the settings of tools', () => {
  it('are empty where nothing is set', () => {
    const nothing = { rules: noRules, addresses: {}, mcpServers: {}, notes: [] };
    for (const value of [{}, null, { policy: null, search: {}, mcpServers: {} }])
      expect(readToolSettings(value)).toEqual(nothing);
  });

  it('are what the person wrote', () => {
    const settings = readToolSettings({
      policy: {
        commands: [ls],
        hosts: ['*.example.com'],
        alwaysAsk: [{ tool: 'web_search' }],
        deny: [{ program: 'rm' }],
      },
      search: { engine: 'searxng', searxngAddress: 'http://localhost:8888/' },
      elasticsearch: { address: 'http://10.0.0.7:9200' },
      embeddings: { address: 'https://models.example.com/v1', model: ' small ' },
      github: { address: 'https://github.example.com/api/v3' },
      mcpServers: {
        files: { command: 'node', args: ['server.js'], env: { MODE: 'plain' }, cwd: '/srv/files' },
        notes: {
          type: 'http',
          url: 'https://notes.example.com/mcp',
          headers: { Authorization: 'Bearer ${secrets.NOTES}' },
        },
      },
    });
    expect(settings).toEqual({
      rules: {
        commands: [ls],
        hosts: ['*.example.com'],
        alwaysAsk: [{ tool: 'web_search' }],
        deny: [{ program: 'rm' }],
      },
      searchEngine: 'searxng',
      addresses: {
        searxng: 'http://localhost:8888',
        elasticsearch: 'http://10.0.0.7:9200',
        embeddings: 'https://models.example.com/v1',
        github: 'https://github.example.com/api/v3',
      },
      embeddingsModel: 'small',
      mcpServers: {
        files: {
          type: 'stdio',
          command: 'node',
          args: ['server.js'],
          env: { MODE: 'plain' },
          cwd: '/srv/files',
        },
        notes: {
          type: 'http',
          url: 'https://notes.example.com/mcp',
          headers: { Authorization: 'Bearer ${secrets.NOTES}' },
        },
      },
      notes: [],
    });
  });

  it('take fields that a settings editor emptied as not set', () => {
    const emptied = {
      search: { engine: 'automatic', searxngAddress: '' },
      embeddings: { address: '', model: null },
    };
    expect(readToolSettings(emptied)).toEqual(readToolSettings({}));
  });

  it.each([
    [{ policy: { commands: [{ type: 'exact' }] } }, '"policy.commands[0]" cannot be used'],
    [{ policy: { hosts: ['https://a.example'] } }, '"policy.hosts[0]" cannot be used: A host is a name'],
    [{ policy: { hosts: 'a.example' } }, '"policy.hosts" must be a list.'],
    [{ policy: { deny: [{ pth: 'x' }] } }, '"policy.deny[0]" cannot be used'],
    [{ policy: [] }, '"policy" cannot be used: The rules of tools are an object.'],
    [{ search: { engin: 'brave' } }, '"search.engin" is no setting. Did you mean "engine"?'],
    [{ search: { engine: 'google' } }, '"search.engine" must be'],
    [{ search: { engine: 'searxng' } }, '"search.engine" is SearXNG, which needs "search.searxngAddress".'],
    [{ search: 'brave' }, '"search" must be an object.'],
    [
      { elasticsearch: { address: 'http://search.example.com' } },
      '"elasticsearch.address" cannot be used. http://search.example.com is not encrypted',
    ],
    [{ github: { address: 'file:///etc/passwd' } }, '"github.address" cannot be used.'],
    [{ github: { address: 7 } }, '"github.address" must be an address'],
    [{ embeddings: { model: 7 } }, '"embeddings.model" must be the id of a model.'],
    [{ serch: {} }, '"serch" is no setting. Did you mean "search"?'],
    [[], 'The settings of tools are an object.'],
    [{ mcpServers: [] }, '"mcpServers" must be an object of servers by their names.'],
    [{ mcpServers: { 'a b': { command: 'x' } } }, '"mcpServers.a b" is no name for a server'],
    [{ mcpServers: { a: 'node' } }, '"mcpServers.a" must be an object with "command" or "url".'],
    [{ mcpServers: { a: {} } }, '"mcpServers.a" needs either "command"'],
    [
      { mcpServers: { a: { command: 'x', url: 'https://a.example' } } },
      '"mcpServers.a" needs either "command"',
    ],
    [
      { mcpServers: { a: { type: 'sse', url: 'https://a.example' } } },
      '"mcpServers.a" needs either "command"',
    ],
    [
      { mcpServers: { a: { command: 'x', arg: [] } } },
      '"mcpServers.a.arg" is no setting. Did you mean "args"?',
    ],
    [{ mcpServers: { a: { command: 'x', args: [1] } } }, '"mcpServers.a.args" must be a list'],
    [
      { mcpServers: { a: { command: 'x', args: ['${secrets.KEY}'] } } },
      '"mcpServers.a.args" may hold no secret',
    ],
    [{ mcpServers: { a: { command: 'x', cwd: 'here' } } }, '"mcpServers.a.cwd" must be the absolute path'],
    [{ mcpServers: { a: { command: 'x', env: { 'A B': 'c' } } } }, '"mcpServers.a.env" must be an object'],
    [
      { mcpServers: { a: { url: 'http://10.0.0.1/' } } },
      '"mcpServers.a.url" is not encrypted and not on this machine.',
    ],
    [
      { mcpServers: { a: { url: 'https://a.example', headers: { X: 'a\nb' } } } },
      '"mcpServers.a.headers" must be an object',
    ],
  ] as readonly (readonly [JsonValue, string])[])('tell what is wrong with %j', (value, told) => {
    const { notes, mcpServers, addresses, searchEngine } = readToolSettings(value);
    expect(notes.join('\n')).toContain(told);
    expect([mcpServers, addresses]).toEqual([{}, {}]);
    if (!told.includes('is SearXNG')) expect(searchEngine).toBeUndefined();
  });

  it('tell a command that no rule can allow', () => {
    const commands = [{ type: 'wrong' }, { type: 'pattern', program: 'sh' }];
    expect(readToolSettings({ policy: { commands } }).notes).toEqual([
      expect.stringContaining('"policy.commands[0]" cannot be used: '),
      expect.stringContaining('"policy.commands[1]" cannot be used: sh '),
    ]);
  });

  it('leave one server that cannot be read out, and keep the others', () => {
    const servers = { good: { command: 'node' }, bad: { command: 7 }, better: { url: 'https://a.example' } };
    expect(Object.keys(readToolSettings({ mcpServers: servers }).mcpServers)).toEqual(['good', 'better']);
  });

  it('say where a key stands as it is, without repeating it, and use it all the same', () => {
    const key = ['plain', 'value', 'of', 'somebody'].join('-');
    const { mcpServers, notes } = readToolSettings({
      mcpServers: { a: { command: 'node', env: { NOTES_TOKEN: key, OTHER_KEY: '${secrets.OTHER}' } } },
    });
    expect(mcpServers['a']).toMatchObject({ env: { NOTES_TOKEN: key } });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('"mcpServers.a.env.NOTES_TOKEN" looks like a key.');
    expect(notes[0]).not.toContain(key);
  });

  it('never repeat a value that may be a key, wherever it was put by mistake', () => {
    const key = ['sk', 'of', 'somebody', '0123456789'].join('-');
    const wrong: JsonValue = {
      search: { engine: key, apiKey: key },
      github: { address: `https://name:${key}@github.example.com` },
      embeddings: { address: `https://a.example/v1?key=${key}`, key },
      mcpServers: {
        a: { url: `ftp://${key}@a.example` },
        b: { command: 'x', args: [`\${secrets.A}${key}`] },
        c: key,
      },
    };
    expect(readToolSettings(wrong).notes.join('\n')).not.toContain(key);
  });
});

describe('the rules in the settings of tools', () => {
  const everything = {};

  it.each([
    { policy: 'all' },
    { policy: { deny: [{ pth: 'secrets/**' }] } },
    { policy: { dney: [{ path: 'secrets/**' }] } },
    { polcy: { deny: [{ path: 'secrets/**' }] } },
    { deny: [{ path: 'secrets/**' }] },
  ] as readonly JsonValue[])('ask of everything where a guard may have been lost: %j', (value) => {
    const given = value as { readonly policy?: object };
    const policy =
      typeof given.policy === 'string'
        ? given.policy
        : { commands: [ls], hosts: ['a.example'], ...given.policy };
    const { rules, notes } = readToolSettings({ ...given, policy });
    expect(rules.commands).toEqual([]);
    expect(rules.hosts).toEqual([]);
    expect(rules.alwaysAsk).toContainEqual(everything);
    expect(notes).not.toEqual([]);
  });

  it('keep guards that can be read beside one that cannot', () => {
    const { rules } = readToolSettings({ policy: { deny: [{ program: 'rm' }, { program: 7 }] } });
    expect(rules.deny).toEqual([{ program: 'rm' }]);
  });

  it('are narrowed by a workspace, and nothing else of it counts', () => {
    const { notes, ...settings } = readToolSettings(
      { policy: { commands: [ls, log], hosts: ['a.example', 'b.example'] }, search: { engine: 'brave' } },
      {
        policy: {
          commands: [ls, { type: 'exact', argv: ['curl'] }],
          hosts: ['b.example', 'c.example'],
          deny: [{ effect: 'mcp' }],
        },
        search: { engine: 'tavily' },
        mcpServers: { evil: { command: 'sh' } },
      },
    );
    expect(settings).toEqual({
      rules: { commands: [ls], hosts: ['b.example'], alwaysAsk: [], deny: [{ effect: 'mcp' }] },
      searchEngine: 'brave',
      addresses: {},
      mcpServers: {},
    });
    expect(notes).toEqual([
      'This workspace: "search" is ignored: a workspace cannot set it. Set it in your own settings.',
      'This workspace: "mcpServers" is ignored: a workspace cannot set it. Set it in your own settings.',
    ]);
  });

  it('stay as they are where a workspace says nothing of them', () => {
    const person = { policy: { commands: [ls], hosts: ['a.example'] } };
    expect(readToolSettings(person, {}).rules).toEqual(readToolSettings(person).rules);
    expect(readToolSettings(person, { policy: {} }).rules).toEqual(readToolSettings(person).rules);
  });

  it.each([{ policy: 7 }, { policy: { deny: 7 } }, { polizy: {} }, 'x'] as readonly JsonValue[])(
    'ask of everything where the wishes of a workspace cannot be read: %j',
    (workspace) => {
      const { rules, notes } = readToolSettings({ policy: { commands: [ls] } }, workspace);
      expect(rules.commands).toEqual([]);
      expect(rules.alwaysAsk).toContainEqual(everything);
      expect(notes.every((note) => note.startsWith('This workspace: '))).toBe(true);
    },
  );

  it('are never wider by any workspace, and no settings throw', () => {
    const section = fc.constantFrom(...TOOL_SECTIONS, 'policy', 'deny', '__proto__', 'constructor');
    const policy = fc.record(
      {
        commands: fc.oneof(fc.subarray([ls, log, { type: 'exact', argv: ['curl'] }]), fc.jsonValue()),
        hosts: fc.oneof(fc.subarray(['a.example', '*.b.example']), fc.jsonValue()),
        alwaysAsk: fc.oneof(fc.subarray([{ effect: 'shell' }, {}]), fc.jsonValue()),
        deny: fc.oneof(fc.subarray([{ program: 'rm' }]), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const any = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(section, fc.oneof(policy, fc.jsonValue())),
      fc.record({ policy }),
    ) as fc.Arbitrary<JsonValue>;
    fc.assert(
      fc.property(any, any, (person, workspace) => {
        const alone = readToolSettings(person);
        const within = readToolSettings(person, workspace);
        for (const key of ['commands', 'hosts'] as const)
          for (const rule of within.rules[key]) expect(alone.rules[key]).toContainEqual(rule);
        for (const key of ['alwaysAsk', 'deny'] as const)
          for (const guard of alone.rules[key]) expect(within.rules[key]).toContainEqual(guard);
        expect({ ...within, rules: 0, notes: 0 }).toEqual({ ...alone, rules: 0, notes: 0 });
      }),
      { seed, numRuns: 500, verbose: true },
    );
  });
});
