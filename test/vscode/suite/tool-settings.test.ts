import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { parseRules } from '../../../src/core/tools/policy/parse-rules';
import { githubToken, tokenFor } from '../../../src/extension/tools/github-session';
import { TOOL_SETTINGS } from '../../../src/extension/tools/tool-configuration';
import { test } from './harness';
import { baton, folder, write } from './support';

const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
const ls = { type: 'exact', argv: ['ls'] };
const log = { type: 'pattern', program: 'git', subcommands: ['log'], flags: ['--oneline'] };

async function settings() {
  const { tools } = await baton();
  return tools.settings(folder());
}

async function having(values: Readonly<Record<string, unknown>>, body: () => Promise<void>): Promise<void> {
  const configuration = () => vscode.workspace.getConfiguration('baton');
  for (const [key, value] of Object.entries(values)) await configuration().update(key, value, Global);
  try {
    await body();
  } finally {
    for (const key of Object.keys(values)) await configuration().update(key, undefined, Global);
  }
}

test('nothing is allowed, set up or complained about where the person set nothing', async () => {
  assert.deepEqual(await settings(), {
    rules: parseRules(undefined).rules,
    addresses: {},
    mcpServers: {},
    notes: [],
  });
});

test('what a person sets about tools is what steps get', () =>
  having(
    {
      'policy.commands': [ls, log],
      'policy.hosts': ['*.example.com'],
      'policy.deny': [{ program: 'rm' }],
      'search.engine': 'searxng',
      'search.searxngAddress': 'http://localhost:8888',
      'elasticsearch.address': 'http://localhost:9200',
      'embeddings.address': 'https://models.example.com/v1',
      'embeddings.model': 'small',
      'github.address': 'https://github.example.com/api/v3',
      mcpServers: { notes: { command: 'notes-server', args: ['--plain'] } },
    },
    async () => {
      assert.deepEqual(await settings(), {
        rules: { commands: [ls, log], hosts: ['*.example.com'], alwaysAsk: [], deny: [{ program: 'rm' }] },
        searchEngine: 'searxng',
        addresses: {
          searxng: 'http://localhost:8888',
          elasticsearch: 'http://localhost:9200',
          embeddings: 'https://models.example.com/v1',
          github: 'https://github.example.com/api/v3',
        },
        embeddingsModel: 'small',
        mcpServers: { notes: { type: 'stdio', command: 'notes-server', args: ['--plain'], env: {} } },
        notes: [],
      });
    },
  ));

test('a guard that cannot be read, or whose name is misspelt, has everything asked', async () => {
  await having({ 'policy.commands': [ls], 'policy.deny': [{ pth: 'secrets/**' }] }, async () => {
    const { rules, notes } = await settings();
    assert.deepEqual([rules.commands, rules.alwaysAsk], [[], [{}]]);
    assert.match(notes.join('\n'), /"policy\.deny\[0\]" cannot be used/);
  });
});

test('neither a workspace nor a folder can set anything about tools', async () => {
  const configuration = vscode.workspace.getConfiguration('baton', folder().uri);
  for (const name of TOOL_SETTINGS)
    for (const target of [Workspace, WorkspaceFolder])
      await assert.rejects(async () => configuration.update(name, 'x', target), /Unable to write/);
  const uri = await write(
    '.vscode/settings.json',
    `{
      "baton.policy.commands": [{ "type": "exact", "argv": ["curl", "https://elsewhere.example.com"] }],
      "baton.policy": { "hosts": ["elsewhere.example.com"] },
      "baton.mcpServers": { "elsewhere": { "command": "sh" } },
      "baton.github.address": "https://elsewhere.example.com"
    }`,
  );
  try {
    const { rules, addresses, mcpServers, notes } = await settings();
    assert.deepEqual([rules, addresses, mcpServers], [parseRules(undefined).rules, {}, {}]);
    assert.deepEqual(notes.map((note) => /"(baton\.[\w.]+)" is ignored/.exec(note)?.[1]).sort(), [
      'baton.github.address',
      'baton.mcpServers',
      'baton.policy.commands',
    ]);
  } finally {
    await vscode.workspace.fs.delete(uri);
  }
});

test('a folder’s own file narrows what the person allowed, and the change is told', () =>
  having({ 'policy.commands': [ls, log], 'policy.hosts': ['a.example'] }, async () => {
    const { tools } = await baton();
    const { onDidChange } = tools.of(folder());
    assert.ok(onDidChange);
    const change = new Promise<void>((resolve) => {
      const listening = onDidChange(() => {
        listening.dispose();
        resolve();
      });
    });
    const uri = await write(
      'baton.config.json',
      JSON.stringify({
        policy: { commands: [ls, { type: 'exact', argv: ['curl'] }], deny: [{ effect: 'mcp' }] },
        mcpServers: { elsewhere: { command: 'sh' } },
      }),
    );
    try {
      const { rules, mcpServers, notes } = await settings();
      assert.deepEqual(rules, {
        commands: [ls],
        hosts: ['a.example'],
        alwaysAsk: [],
        deny: [{ effect: 'mcp' }],
      });
      assert.deepEqual(mcpServers, {});
      assert.match(notes.join('\n'), /"mcpServers" is ignored/);
      await change;
      await write('baton.config.json', '{ "policy": { "deny": [');
      assert.deepEqual((await settings()).rules.alwaysAsk, [{}]);
    } finally {
      await vscode.workspace.fs.delete(uri);
    }
  }));

test('rules that are misspelt in a folder’s file have everything asked', () =>
  having({ 'policy.commands': [ls] }, async () => {
    for (const value of [{ polcy: { deny: [] } }, { deny: [{ program: 'rm' }] }]) {
      const uri = await write('baton.config.json', JSON.stringify({ providers: {}, ...value }));
      const { rules, notes } = await settings();
      assert.deepEqual([rules.commands, rules.alwaysAsk], [[], [{}]], JSON.stringify(value));
      assert.equal(notes.length, 1, notes.join('\n'));
      await vscode.workspace.fs.delete(uri);
    }
  }));

test('the tools of a folder are those of its settings, and code is answered by the editor', async () => {
  const { access } = await baton();
  const { runtime } = await access.get(folder());
  await having({ 'search.searxngAddress': 'http://localhost:8888' }, async () => {
    const { usable, code } = await runtime.tools.list();
    const names = usable.map(({ name }) => name);
    assert.ok(names.includes('web_search') && names.includes('find_references'), names.join(', '));
    assert.deepEqual([code.kind, code.name], ['editor', "the editor's language services"]);
  });
});

test('a step gets no token of GitHub where nobody signed in, and nobody is asked', async () => {
  assert.equal(await githubToken(), undefined);
});

test('a token of github.com goes to no other address', async () => {
  const token = () => Promise.resolve('token-for-tests');
  for (const address of [undefined, 'https://api.github.com', 'https://api.github.com/'])
    assert.equal(await tokenFor(address, token), 'token-for-tests', address);
  for (const address of [
    'https://github.example.com/api/v3',
    'https://api.github.com.example.com',
    'http://api.github.com',
    'https://api.github.com:8443',
  ])
    assert.equal(await tokenFor(address, token), undefined, address);
});

test('keys of search services come from the secret storage by their names', async () => {
  const { models, sources } = await baton();
  const source = sources.of(folder());
  await models.keys.storeSecret('BRAVE_API_KEY', 'key-for-tests');
  assert.equal(await source.secret('BRAVE_API_KEY'), 'key-for-tests');
  await models.keys.removeSecret('BRAVE_API_KEY');
});
