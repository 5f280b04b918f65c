import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelSettings } from '../../../../src/core/providers/model-settings';
import { resolveModelSettings } from '../../../../src/core/providers/settings/resolve-settings';
import type {
  ModelSettingsParts,
  ProviderWish,
  SettingsLayer,
} from '../../../../src/core/providers/settings/settings-layer';

const mine = (more: Omit<SettingsLayer, 'from'>): SettingsLayer => ({ from: 'mine', ...more });
const folder = (more: Omit<SettingsLayer, 'from'>): SettingsLayer => ({ from: 'folder', ...more });
const resolve = (parts: {
  person?: readonly SettingsLayer[];
  workspace?: readonly SettingsLayer[];
  env?: Readonly<Record<string, string>>;
  notes?: ModelSettingsParts['notes'];
}): ModelSettings =>
  resolveModelSettings({
    person: parts.person ?? [],
    workspace: parts.workspace ?? [],
    env: (name) => parts.env?.[name],
    ...(parts.notes && { notes: parts.notes }),
  });
const provider = (settings: ModelSettings, name: string) =>
  settings.providers.find((one) => one.name === name);

describe('without any setting', () => {
  it('there are four providers in order, with current models and where their keys lie', () => {
    const { providers, notes, routing, probeLocalServers } = resolve({});
    expect(
      providers.map(({ name, kind, priority, defaultModel, keyNames }) => [
        name,
        kind,
        priority,
        defaultModel,
        keyNames,
      ]),
    ).toEqual([
      ['claude', 'anthropic', 1, 'claude-sonnet-5-5', ['ANTHROPIC_API_KEY']],
      ['gemini', 'gemini', 2, 'gemini-3.8-flash', ['GEMINI_API_KEY', 'GOOGLE_API_KEY']],
      ['openai', 'openai', 3, 'gpt-6.1-terra', ['OPENAI_API_KEY']],
      ['vscode', 'vscode', 4, undefined, []],
    ]);
    for (const { enabled, maxRetries, timeout, baseUrl } of providers) {
      expect({ enabled, maxRetries, timeout, baseUrl }).toEqual({
        enabled: true,
        maxRetries: 2,
        timeout: 120_000,
        baseUrl: undefined,
      });
    }
    expect({ notes, routing, probeLocalServers }).toEqual({
      notes: [],
      routing: 'priority',
      probeLocalServers: true,
    });
  });
});

describe('what the person sets', () => {
  it('wins over the defaults, the later place over the earlier one, key by key', () => {
    const settings = resolve({
      person: [
        mine({
          providers: { claude: { priority: 9, timeout: 5_000 } },
          dayCap: { usd: 5, tokens: 10 },
          prices: { a: { input: 1, output: 2 } },
        }),
        mine({
          providers: { claude: { timeout: 7_000, defaultModel: 'claude-opus-5-5' } },
          dayCap: { usd: 9 },
          routing: 'fastest',
          probeLocalServers: false,
        }),
      ],
    });
    expect(provider(settings, 'claude')).toMatchObject({
      priority: 9,
      timeout: 7_000,
      defaultModel: 'claude-opus-5-5',
      maxRetries: 2,
    });
    expect(settings.providers.at(-1)!.name).toBe('claude');
    expect(settings).toMatchObject({
      dayCap: { usd: 9, tokens: 10 },
      routing: 'fastest',
      probeLocalServers: false,
      prices: { a: { input: 1, output: 2 } },
    });
  });

  it('may use any word for a provider, its own name winning, and is told how it was read', () => {
    const settings = resolve({
      person: [
        mine({
          providers: { claude: { priority: 5 }, anthropic: { priority: 8, timeout: 1_000 }, local: {} },
        }),
      ],
    });
    expect(provider(settings, 'claude')).toMatchObject({ priority: 5, timeout: 1_000 });
    expect(settings.notes).toEqual([
      'mine: "anthropic" is read as "claude".',
      'mine: "local" is the local engine, which has no settings.',
    ]);
  });

  it('may add servers of their own, which come after the others', () => {
    const settings = resolve({
      person: [
        mine({
          providers: {
            ollama: { baseUrl: 'http://127.0.0.1:11434/v1/', defaultModel: 'llama3.3', keyless: true },
            'my-server': { baseUrl: 'https://models.example.com/v1', keyName: 'MY_KEY' },
          },
        }),
      ],
    });
    expect(provider(settings, 'ollama')).toEqual({
      name: 'ollama',
      title: 'Ollama',
      kind: 'compatible',
      enabled: true,
      priority: 5,
      defaultModel: 'llama3.3',
      maxRetries: 2,
      timeout: 120_000,
      baseUrl: 'http://127.0.0.1:11434/v1',
      keyless: true,
      keyNames: ['OLLAMA_API_KEY'],
    });
    expect(provider(settings, 'my-server')).toMatchObject({
      priority: 6,
      baseUrl: 'https://models.example.com/v1',
      keyNames: ['MY_KEY', 'MY_SERVER_API_KEY'],
    });
    expect(settings.notes).toEqual([]);
  });

  it('is told when a default model of theirs has been ended by its vendor, or is not known', () => {
    const notesFor = (providers: Readonly<Record<string, ProviderWish>>) =>
      resolve({ person: [mine({ providers })] }).notes;
    expect(
      notesFor({
        claude: { defaultModel: 'claude-sonnet-4-5-20250929' },
        gemini: { defaultModel: 'gemini-2.0-flash-exp' },
        openai: { defaultModel: 'gpt-9' },
      }),
    ).toEqual([
      'The default model of Claude: Claude Sonnet 4.5 ends on 2026-11-30 (as of 2026-10-16). Use "claude-sonnet-5-5".',
      'The default model of Gemini: Gemini 2.0 Flash (experiment) is retired: requests for it fail. Use "gemini-3.8-flash".',
      'The default model of OpenAI: The model "gpt-9" is not in the table of models (of 2026-11-21): its price, its size and its abilities are not known.',
    ]);
    expect(notesFor({ openai: { defaultModel: 'my-deployment', baseUrl: 'https://x.example.com' } })).toEqual(
      [],
    );
    expect(notesFor({ ollama: { defaultModel: 'llama3.3', baseUrl: 'http://localhost:11434/v1' } })).toEqual(
      [],
    );
    expect(notesFor({ openai: { defaultModel: 'gpt-9', enabled: false } })).toEqual([]);
  });

  it('cannot name a server without an address', () => {
    const settings = resolve({ person: [mine({ providers: { groq: { priority: 1 } } })] });
    expect(provider(settings, 'groq')).toBeUndefined();
    expect(settings.notes).toEqual([
      'mine: "groq" is no known provider. A server of your own needs a "baseUrl".',
    ]);
  });

  it('is not used for anything while a place of theirs is broken: a cap may be lost in it', () => {
    const settings = resolve({ person: [mine({ isBroken: true })], notes: ['mine:1:1 This is no JSON.'] });
    expect(settings.providers.map(({ enabled }) => enabled)).toEqual([false, false, false, false]);
    expect(settings.providers[0]!.offBecause).toBe('off until mine is right');
    expect(settings.notes).toEqual([
      'mine:1:1 This is no JSON.',
      'No model is asked until mine is right: a cap in it may have been lost.',
    ]);
  });
});

describe('an address', () => {
  const claudeAt = (baseUrl: string, more: ProviderWish = {}) =>
    resolve({ person: [mine({ providers: { claude: { baseUrl, ...more } } })] });

  it('comes from the environment before the settings', () => {
    const settings = resolve({
      person: [mine({ providers: { openai: { baseUrl: 'https://one.example.com/v1' } } })],
      env: {
        OPENAI_BASE_URL: ' https://two.example.com/v1/ ',
        ANTHROPIC_BASE_URL: 'http://localhost:4010',
        GOOGLE_GEMINI_BASE_URL: 'https://three.example.com',
      },
    });
    expect(settings.providers.map(({ name, baseUrl }) => [name, baseUrl])).toEqual([
      ['claude', 'http://localhost:4010'],
      ['gemini', 'https://three.example.com'],
      ['openai', 'https://two.example.com/v1'],
      ['vscode', undefined],
    ]);
  });

  it.each([
    'https://models.example.com/v1',
    'http://127.0.0.1:8080/v1',
    'http://localhost:1234/v1',
    'http://[::1]:1234/v1',
    'http://10.0.0.7/v1',
    'http://192.168.1.20:11434/v1',
    'http://172.20.1.1/v1',
    'http://gpu-box/v1',
    'http://gpu.local/v1',
  ])('is taken when it is encrypted or near: %s', (address) => {
    expect(provider(claudeAt(address), 'claude')).toMatchObject({ enabled: true, baseUrl: address });
  });

  it.each([
    ['http://models.example.com/v1', 'is not encrypted'],
    ['http://172.32.1.1/v1', 'is not encrypted'],
    ['http://8.8.8.8/v1', 'is not encrypted'],
    ['http://127.0.0.1.example.com/v1', 'is not encrypted'],
    ['ftp://127.0.0.1/v1', 'not an address of the web'],
    ['file:///etc/passwd', 'not an address of the web'],
    ['models.example.com?key=user:word', 'is no address'],
    ['https://user:word@models.example.com/v1', 'holds a name or a password'],
  ])(
    'switches the provider off when it cannot be used, so that its vendor gets nothing: %s',
    (address, why) => {
      const settings = claudeAt(address);
      expect(provider(settings, 'claude')!.enabled).toBe(false);
      expect(provider(settings, 'claude')!.baseUrl).toBeUndefined();
      expect(provider(settings, 'claude')!.offBecause).toBe('off, for the address in mine is refused');
      expect(JSON.stringify(settings)).not.toContain('user:word');
      expect(settings.notes).toHaveLength(1);
      expect(settings.notes[0]).toContain(why);
      expect(settings.notes[0]).not.toContain('user:word');
    },
  );

  it('may be without encryption where the person says that they know', () => {
    const settings = claudeAt('http://models.example.com/v1', { allowInsecure: true });
    expect(provider(settings, 'claude')).toMatchObject({
      enabled: true,
      baseUrl: 'http://models.example.com/v1',
    });
  });

  it('of the environment is judged in the same way', () => {
    const settings = resolve({ env: { OPENAI_BASE_URL: 'http://models.example.com' } });
    expect(provider(settings, 'openai')!.enabled).toBe(false);
    expect(settings.notes[0]).toMatch(/^OPENAI_BASE_URL: OpenAI is switched off\. /);
  });
});

describe('what came with the folder', () => {
  it('may switch off, lower, and choose among what there is', () => {
    const settings = resolve({
      person: [mine({ dayCap: { usd: 10 } })],
      workspace: [
        folder({
          providers: {
            claude: { enabled: false },
            google: { priority: 0, defaultModel: 'gemini-4-argon', rateLimitPerMinute: 5 },
            openai: { maxRetries: 0, timeout: 30_000 },
          },
          dayCap: { usd: 2, tokens: 1_000 },
          routing: 'cheapest',
          probeLocalServers: false,
        }),
      ],
    });
    expect(provider(settings, 'claude')).toMatchObject({
      enabled: false,
      offBecause: 'switched off by folder',
    });
    expect(settings.providers[0]).toMatchObject({
      name: 'gemini',
      defaultModel: 'gemini-4-argon',
      rateLimitPerMinute: 5,
    });
    expect(provider(settings, 'openai')).toMatchObject({ maxRetries: 0, timeout: 30_000 });
    expect(settings).toMatchObject({
      dayCap: { usd: 2, tokens: 1_000 },
      routing: 'cheapest',
      probeLocalServers: false,
    });
    expect(settings.notes).toEqual(['folder: "google" is read as "gemini".']);
  });

  it('never sets an address, a key, a server, a price or a looser cap, and each of it is told', () => {
    const before = {
      providers: {
        claude: { enabled: false, rateLimitPerMinute: 10, maxRetries: 1, timeout: 1_000 },
        ollama: { baseUrl: 'http://127.0.0.1:11434/v1' },
      },
      dayCap: { usd: 1, tokens: 5 },
      probeLocalServers: false,
    };
    const settings = resolve({
      person: [mine(before)],
      workspace: [
        folder({
          providers: {
            claude: { enabled: true, rateLimitPerMinute: 11, maxRetries: 2, timeout: 2_000 },
            openai: { baseUrl: 'https://evil.example.com', keyName: 'HOME', keyless: true, title: 'Claude' },
            ollama: { baseUrl: 'http://127.0.0.1:9/v1', allowInsecure: true },
            evil: { baseUrl: 'https://evil.example.com' },
          },
          dayCap: { usd: 100, tokens: 500 },
          probeLocalServers: true,
          prices: { 'gpt-6-luna': { input: 0, output: 0 } },
        }),
      ],
    });
    expect({ ...settings, notes: [] }).toEqual({ ...resolve({ person: [mine(before)] }), notes: [] });
    expect(settings.notes).toEqual([
      'folder: "providers.claude.enabled" is ignored: you have switched it off.',
      'folder: "providers.claude.maxRetries" is ignored: a folder cannot set a looser limit than yours.',
      'folder: "providers.claude.timeout" is ignored: a folder cannot set a looser limit than yours.',
      'folder: "providers.claude.rateLimitPerMinute" is ignored: a folder cannot set a looser limit than yours.',
      'folder: "providers.openai.baseUrl" is ignored: a folder cannot set an address.',
      'folder: "providers.openai.keyName" is ignored: a folder cannot set where a key comes from.',
      'folder: "providers.openai.keyless" is ignored: a folder cannot set where a key comes from.',
      'folder: "providers.openai.title" is ignored: a folder cannot rename a provider.',
      'folder: "providers.ollama.baseUrl" is ignored: a folder cannot set an address.',
      'folder: "providers.ollama.allowInsecure" is ignored: a folder cannot set an address.',
      'folder: the provider "evil" is ignored: a folder cannot add a server.',
      'folder: "prices" is ignored: a folder cannot set prices.',
      'folder: "probeLocalServers" is ignored: you have switched it off.',
      'folder: "budget.usdPerDay" is ignored: a folder cannot raise your cap.',
      'folder: "budget.tokensPerDay" is ignored: a folder cannot raise your cap.',
    ]);
  });

  it('does not stop the person when it is broken', () => {
    const settings = resolve({ workspace: [folder({ isBroken: true })] });
    expect(settings.providers.every(({ enabled }) => enabled)).toBe(true);
  });

  it('leaves every address, key and server as it was and every limit at most as loose, whatever it says', () => {
    const wish = fc.record<ProviderWish>(
      {
        enabled: fc.boolean(),
        priority: fc.nat(20),
        maxRetries: fc.nat(5),
        timeout: fc.integer({ min: 1, max: 500_000 }),
        rateLimitPerMinute: fc.integer({ min: 1, max: 100 }),
        baseUrl: fc.constantFrom('https://a.example.com', 'http://b.example.com', 'nonsense'),
        keyName: fc.constantFrom('A_KEY', 'B_KEY'),
        keyless: fc.boolean(),
        allowInsecure: fc.boolean(),
        title: fc.constant('Other'),
      },
      { requiredKeys: [] },
    );
    const names = fc.constantFrom(
      'claude',
      'anthropic',
      'gemini',
      'openai',
      'vscode',
      'ollama',
      'other',
      '__proto__',
    );
    const cap = fc.record(
      { usd: fc.integer({ min: 1, max: 50 }), tokens: fc.integer({ min: 1, max: 50 }) },
      {
        requiredKeys: [],
      },
    );
    const layer = fc.record<Omit<SettingsLayer, 'from'>>(
      {
        providers: fc.dictionary(names, wish),
        dayCap: cap,
        probeLocalServers: fc.boolean(),
        prices: fc.constant({ m: { input: 0, output: 0 } }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.array(layer, { maxLength: 3 }),
        fc.array(layer, { maxLength: 3 }),
        (person, workspace) => {
          const alone = resolve({ person: person.map(mine) });
          const both = resolve({ person: person.map(mine), workspace: workspace.map(folder) });
          const byName = new Map(both.providers.map((one) => [one.name, one]));
          expect([...byName.keys()].sort()).toEqual(alone.providers.map(({ name }) => name).sort());
          for (const before of alone.providers) {
            const after = byName.get(before.name)!;
            const { baseUrl, keyNames, keyless, title, kind } = before;
            expect(after).toMatchObject({ keyNames, title, kind });
            expect([after.baseUrl, after.keyless]).toEqual([baseUrl, keyless]);
            expect(after.enabled && !before.enabled).toBe(false);
            for (const limit of ['maxRetries', 'timeout', 'rateLimitPerMinute'] as const) {
              expect(after[limit] ?? Infinity).toBeLessThanOrEqual(before[limit] ?? Infinity);
            }
          }
          for (const unit of ['usd', 'tokens'] as const) {
            expect(both.dayCap?.[unit] ?? Infinity).toBeLessThanOrEqual(alone.dayCap?.[unit] ?? Infinity);
          }
          expect(both.prices).toEqual(alone.prices);
          expect(both.probeLocalServers && !alone.probeLocalServers).toBe(false);
        },
      ),
      { numRuns: 300, verbose: 1 },
    );
  });
});
