import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ModelSettings } from '../../../src/core/providers/model-settings';
import { test } from './harness';
import { baton, folder, when, write } from './support';

async function settings(): Promise<ModelSettings> {
  const { sources } = await baton();
  return sources.settings(folder());
}

async function provider(name: string) {
  const found = (await settings()).providers.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

/** Writes settings for the time of a test. */
async function having(
  target: vscode.ConfigurationTarget,
  values: Readonly<Record<string, unknown>>,
  body: () => Promise<void>,
): Promise<void> {
  const configuration = () => vscode.workspace.getConfiguration('baton', folder().uri);
  for (const [key, value] of Object.entries(values)) await configuration().update(key, value, target);
  try {
    await body();
  } finally {
    for (const key of Object.keys(values)) await configuration().update(key, undefined, target);
  }
}

const { Global, Workspace } = vscode.ConfigurationTarget;

test('what a person sets about a provider is how it is used', () =>
  having(
    Global,
    {
      'providers.claude.priority': 9,
      'providers.claude.timeout': 30_000,
      'providers.gemini.enabled': false,
      'providers.openai.rateLimitPerMinute': 5,
      'budget.usdPerDay': 2.5,
      prices: { 'house-model': { input: 1, output: 2 } },
    },
    async () => {
      const claude = await provider('claude');
      assert.deepEqual([claude.priority, claude.timeout], [9, 30_000]);
      assert.equal((await provider('gemini')).enabled, false);
      assert.equal((await provider('openai')).rateLimitPerMinute, 5);
      const { dayCap, prices, notes } = await settings();
      assert.deepEqual([dayCap, prices], [{ usd: 2.5 }, { 'house-model': { input: 1, output: 2 } }]);
      assert.deepEqual(notes, []);
    },
  ));

test('servers of a person are providers of their own', () =>
  having(
    Global,
    {
      compatibleServers: [
        { name: 'ollama', baseUrl: 'http://localhost:11434/v1', defaultModel: 'small', keyless: true },
        { name: 'far', baseUrl: 'http://models.example.com/v1' },
      ],
    },
    async () => {
      const ollama = await provider('ollama');
      assert.equal(ollama.kind, 'compatible');
      assert.deepEqual([ollama.baseUrl, ollama.keyless], ['http://localhost:11434/v1', true]);
      assert.equal((await provider('far')).enabled, false, 'its key would be readable on the way');
      assert.match((await settings()).notes.join(' '), /not encrypted/);
    },
  ));

test('a folder may narrow what a person set, and nothing else', () =>
  having(Global, { 'providers.openai.rateLimitPerMinute': 5, 'providers.gemini.enabled': false }, () =>
    having(
      Workspace,
      {
        'providers.claude.enabled': false,
        'providers.claude.defaultModel': 'claude-of-the-team',
        'providers.openai.rateLimitPerMinute': 500,
        'providers.gemini.enabled': true,
      },
      async () => {
        const claude = await provider('claude');
        assert.deepEqual([claude.enabled, claude.defaultModel], [false, 'claude-of-the-team']);
        assert.equal((await provider('openai')).rateLimitPerMinute, 5);
        assert.equal((await provider('gemini')).enabled, false);
        const { notes } = await settings();
        assert.equal(notes.filter((note) => note.includes('is ignored')).length, 2, notes.join('\n'));
      },
    ),
  ));

test('a file of the folder sets no address, no server, no price and no cap, and whoever wrote it there is told', async () => {
  const uri = await write(
    '.vscode/settings.json',
    `{
      // "baton.prices": {},
      "baton.providers.claude.baseUrl": "https://elsewhere.example.com",
      "baton.compatibleServers": [{ "name": "mine", "baseUrl": "https://elsewhere.example.com/v1" }],
      "baton.budget.usdPerDay": 1000
    }`,
  );
  try {
    const { providers, dayCap, notes } = await settings();
    assert.equal(JSON.stringify(providers).includes('elsewhere'), false);
    assert.equal(dayCap, undefined);
    assert.deepEqual(notes, [
      '.vscode/settings.json: "baton.providers.claude.baseUrl" is ignored: a folder cannot set it. Set it in your user settings.',
      '.vscode/settings.json: "baton.compatibleServers" is ignored: a folder cannot set it. Set it in your user settings.',
      '.vscode/settings.json: "baton.budget.usdPerDay" is ignored: a folder cannot set it. Set it in your user settings.',
    ]);
    const claude = vscode.workspace.getConfiguration('baton', folder().uri);
    assert.equal(claude.get('providers.claude.baseUrl'), '');
  } finally {
    await vscode.workspace.fs.delete(uri);
  }
});

test('a cap that cannot be read stops all asking, and is told', () =>
  having(Global, { 'budget.usdPerDay': 'five' }, async () => {
    const { providers, notes } = await settings();
    assert.deepEqual([...new Set(providers.map(({ enabled }) => enabled))], [false]);
    assert.match(notes.join('\n'), /Your settings: "baton\.budget\.usdPerDay" must be a number above 0\./);
  }));

test('keys and secrets lie in the secret storage, and change is told', async () => {
  const { models, sources } = await baton();
  const claude = await provider('claude');
  const { keys } = models;
  const source = sources.of(folder());
  assert.equal(await source.key(claude), undefined);
  let told = 0;
  const listening = source.onDidChange?.(() => told++);
  await keys.storeKey('claude', ' key-for-tests ');
  await when(
    (listener) => keys.onDidChange(listener),
    () => true as const,
  );
  assert.equal(await source.key(claude), 'key-for-tests');
  assert.equal(await keys.hasStoredKey('claude'), true);
  await keys.removeKey('claude');
  assert.equal(await source.key(claude), undefined);

  assert.equal(await source.secret('DEPLOY'), undefined);
  await keys.storeSecret('DEPLOY', 'value-for-tests');
  assert.equal(await source.secret('DEPLOY'), 'value-for-tests');
  assert.equal(await source.secret('not a name'), undefined);
  await keys.removeSecret('DEPLOY');
  listening?.dispose();
});
