import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../src/core/base/emitter';
import { createRedactor } from '../../src/core/base/redactor';
import type { Connection } from '../../src/core/providers/connection';
import type { EditorModels, ModelSettings, ModelSource } from '../../src/core/providers/model-settings';
import type { ChatProvider } from '../../src/core/providers/provider';
import { ProviderError } from '../../src/core/providers/provider-error';
import { resolveModelSettings } from '../../src/core/providers/settings/resolve-settings';
import type { ProviderWish } from '../../src/core/providers/settings/settings-layer';
import { createModels, noSource, type OpenModels } from '../../src/core/runtime-models';
import type { DaySummary } from '../../src/core/storage/day-spending';
import { createTestHost } from '../support/node-host';

const KEY = 'key-for-tests-1';
const WISH = { needs: { tools: false, structuredOutput: false, context: 100 } };
const settings = (providers: Record<string, ProviderWish> = {}, more: object = {}): ModelSettings =>
  resolveModelSettings({
    person: [{ from: 'test', providers, probeLocalServers: false, ...more }],
    workspace: [],
    env: () => undefined,
  });

interface Setup {
  settings: ModelSettings;
  keys: Record<string, string>;
  env: Record<string, string>;
  /** Why a health check fails; absent: it does not. */
  fault?: ProviderError;
  editor?: EditorModels;
  fetch?: typeof fetch;
  /** The monotonic clock. */
  now?: () => number;
  today: DaySummary['byProvider'];
}

describe('the models of a runtime', () => {
  const opened: OpenModels[] = [];
  const open = (given: Partial<Setup> = {}) => {
    const setup: Setup = { settings: settings(), keys: {}, env: {}, today: {}, ...given };
    const changes = new Emitter<void>();
    const connections: Connection[] = [];
    const redactor = createRedactor();
    const host = createTestHost();
    const source: ModelSource = {
      settings: async () => setup.settings,
      key: async ({ name }) => setup.keys[name],
      secret: async () => undefined,
      onDidChange: changes.event,
      ...(setup.editor && { editorModels: setup.editor }),
    };
    const opening = createModels({
      host: {
        ...host,
        env: (name) => setup.env[name],
        fetch: setup.fetch ?? host.fetch,
        clock: { ...host.clock, ...(setup.now && { monotonic: setup.now }) },
      },
      source,
      redactor,
      ledger: {
        onDidChange: new Emitter<void>().event,
        today: async () => ({
          date: '2026-11-21',
          total: { calls: 0, usd: 0, tokens: 0, estimated: false },
          byProvider: setup.today,
          raised: {},
        }),
      },
      connect: async (connection) => {
        connections.push(connection);
        return {
          name: connection.settings.name,
          healthCheck: async () => {
            if (setup.fault !== undefined) throw setup.fault;
            return { latencyMs: 3, detail: '2 models offered' };
          },
          models: async () => [{ id: 'm-1' }],
        } as unknown as ChatProvider;
      },
    });
    opened.push(opening);
    return { ...opening, setup, changes, connections, redactor };
  };
  const standing = async ({ models }: OpenModels) =>
    Object.fromEntries(
      (await models.status()).map(({ name, state, fix }) => [name, `${state} ${fix ?? ''}`.trim()]),
    );
  afterEach(() => opened.splice(0).forEach((one) => one.dispose()));

  it('say of each provider how it stands and what to do about it', async () => {
    const one = open({
      settings: settings({
        gemini: { enabled: false },
        ollama: { baseUrl: 'http://127.0.0.1:11434/v1', keyless: true },
      }),
      keys: { claude: KEY },
    });
    expect(await standing(one)).toEqual({
      claude: 'ready',
      gemini: 'disabled enable',
      openai: 'no-key set-key',
      vscode: 'no-models',
      ollama: 'no-models choose-model',
    });
    const [claude] = await one.models.status();
    expect(claude).toMatchObject({
      detail: 'Ready: key in secret storage.',
      keyFrom: 'secret storage',
      priority: 1,
    });
    expect((await one.models.status()).at(-1)).toMatchObject({ address: '127.0.0.1:11434' });
  });

  it('say where a key came from, and hide it from then on', async () => {
    const one = open({ keys: { claude: KEY }, env: { ANTHROPIC_API_KEY: KEY } });
    expect((await one.models.status())[0]).toMatchObject({ keyFrom: 'ANTHROPIC_API_KEY' });
    expect(one.redactor.text(`it is ${KEY}`)).toBe('it is [hidden: ANTHROPIC_API_KEY]');
  });

  it('show a key in nothing that is printed', async () => {
    const one = open({ keys: { claude: KEY, openai: KEY } });
    await one.ready();
    await one.models.test('claude');
    const printed = inspect({ ...one, connections: [], setup: {} }, { depth: 12, showHidden: true });
    expect(printed).not.toContain(KEY);
    expect(JSON.stringify(await one.models.status())).not.toContain(KEY);
  });

  it('put providers with a key into the chain, by priority, and connect when first needed', async () => {
    const one = open({ keys: { openai: KEY, claude: KEY } });
    expect(one.router.route(WISH)).toMatchObject({ none: expect.any(String) as string });
    await one.ready();
    const route = one.router.route(WISH);
    expect('chain' in route && route.chain.map(({ provider }) => provider)).toEqual(['claude', 'openai']);
    expect(one.connections).toHaveLength(0);
    await one.models.offered('claude');
    await one.models.offered('claude');
    expect(one.connections.map(({ key }) => key)).toEqual([KEY]);
  });

  it('say why nobody can be asked', async () => {
    const one = open({ settings: settings({ gemini: { enabled: false } }) });
    await one.ready();
    const route = one.router.route(WISH);
    expect('none' in route && route.none).toMatch(/Claude, OpenAI: no key;.*Gemini is switched off/);
  });

  it('are read again when something changes, and only what changed is connected anew', async () => {
    const one = open({ keys: { claude: KEY, openai: KEY } });
    await one.models.offered('claude');
    await one.models.offered('openai');
    const changed = new Promise<void>((resolve) => one.models.onDidChange(resolve));
    one.setup.keys['claude'] = 'key-for-tests-2';
    one.changes.fire();
    await changed;
    await one.models.offered('claude');
    await one.models.offered('openai');
    expect(one.connections.map(({ key }) => key)).toEqual([KEY, KEY, 'key-for-tests-2']);
  });

  it('remember what a test of a provider said, until something changes', async () => {
    const one = open({ keys: { claude: KEY } });
    one.setup.fault = new ProviderError({ provider: 'claude', fault: 'auth' }, 'Claude refused the key.');
    await expect(one.models.test('claude')).rejects.toThrow('refused');
    expect((await standing(one))['claude']).toBe('refused-key set-key');
    one.setup.keys['claude'] = 'key-for-tests-2';
    await one.models.refresh();
    expect((await standing(one))['claude']).toBe('ready');
    one.setup.fault = new ProviderError({ provider: 'claude', fault: 'network' }, 'Nobody listens there.');
    await expect(one.models.test('claude')).rejects.toThrow();
    expect((await one.models.status())[0]).toMatchObject({
      state: 'unreachable',
      detail: 'Nobody listens there.',
    });
    delete one.setup.fault;
    expect(await one.models.test('claude')).toMatchObject({ latencyMs: 3 });
    expect((await standing(one))['claude']).toBe('ready');
  });

  it('test a key before it is stored, and judge the stored one by nothing of that', async () => {
    const one = open();
    expect(await one.models.test('claude', { key: 'key-for-tests-3' })).toMatchObject({ latencyMs: 3 });
    expect(one.connections[0]?.key).toBe('key-for-tests-3');
    expect(one.redactor.text('key-for-tests-3')).not.toContain('key-for-tests-3');
    expect((await standing(one))['claude']).toBe('no-key set-key');
    await expect(one.models.test('claude')).rejects.toMatchObject({ code: 'no-provider' });
    await expect(one.models.test('nobody')).rejects.toMatchObject({ code: 'unknown-provider' });
  });

  it("ask the editor's models when the person allowed it", async () => {
    const editor = (standing: Awaited<ReturnType<EditorModels['standing']>>) =>
      ({ name: 'vscode', standing: async () => standing }) as unknown as EditorModels;
    const waiting = open({ editor: editor({ state: 'no-consent', detail: 'Not allowed yet.' }) });
    expect((await standing(waiting))['vscode']).toBe('no-consent allow');
    const ready = open({ editor: editor({ state: 'ready', model: 'copilot/x', offered: 3 }) });
    await ready.ready();
    expect(ready.router.route(WISH)).toMatchObject({ chain: [{ provider: 'vscode', model: 'copilot/x' }] });
    expect(await ready.models.automatic()).toMatchObject({
      model: { provider: 'vscode', model: 'copilot/x' },
    });
  });

  it('look for a server on this machine only when nobody else can be asked, and once', async () => {
    const looked: string[] = [];
    const fetching = (async (url: string) => {
      looked.push(url);
      if (!url.includes('11434')) throw new TypeError('refused');
      return new Response('{"object":"list","data":[{"id":"llama"}]}');
    }) as unknown as typeof fetch;
    const probing = { probeLocalServers: true };
    const rich = open({ settings: settings({}, probing), keys: { claude: KEY }, fetch: fetching });
    await rich.ready();
    expect((await rich.models.automatic()).model).toMatchObject({ provider: 'claude' });
    expect(looked).toHaveLength(0);

    const poor = open({ settings: settings({}, probing), fetch: fetching });
    await poor.models.status();
    expect(looked).toHaveLength(0);
    await Promise.all([poor.ready(), poor.ready(), poor.models.automatic()]);
    expect(looked).toHaveLength(6);
    expect(poor.router.route(WISH)).toMatchObject({ chain: [{ provider: 'ollama', model: 'llama' }] });
    expect((await poor.models.automatic()).model).toEqual({ provider: 'ollama', model: 'llama' });
    expect((await standing(poor))['ollama']).toBe('ready');
    expect(looked).toHaveLength(6);
  });

  it('find a server that was started after they looked', async () => {
    let isUp = false;
    let now = 0;
    const fetching = (async () => {
      if (!isUp) throw new TypeError('refused');
      return new Response('{"object":"list","data":[{"id":"llama"}]}');
    }) as unknown as typeof fetch;
    const poor = open({
      settings: settings({}, { probeLocalServers: true }),
      fetch: fetching,
      now: () => now,
    });
    await poor.ready();
    isUp = true;
    await poor.ready();
    expect(poor.router.route(WISH)).toHaveProperty('none');
    now = 6_000;
    await poor.ready();
    expect(poor.router.route(WISH)).toHaveProperty('chain');
  });

  it('end with the local engine, with every rung told', async () => {
    const { models } = open();
    const { model, why } = await models.automatic();
    expect(model).toBeUndefined();
    expect(why).toEqual(expect.arrayContaining(['Claude: no key', 'Local engine: rules, no AI model']));
  });

  it('show what each provider cost today', async () => {
    const one = open({
      keys: { claude: KEY },
      today: { claude: { calls: 2, usd: 0.5, tokens: 90, estimated: true } },
    });
    const [claude, gemini] = await one.models.status();
    expect(claude?.today).toEqual({ calls: 2, usd: 0.5, tokens: 90, estimated: true });
    expect(gemini?.today).toEqual({ calls: 0, usd: 0, tokens: 0, estimated: false });
  });

  it('ask nobody while the settings cannot be read, and say so', async () => {
    const one = open();
    Object.defineProperty(one.setup, 'settings', {
      get: () => {
        throw new Error('baton.config.json:3:1 is no JSON.');
      },
    });
    await one.ready();
    expect(await one.models.notes()).toEqual([expect.stringContaining('baton.config.json:3:1') as string]);
    expect(one.router.route(WISH)).toMatchObject({ none: expect.any(String) as string });
  });

  it('are none where a door lends none', async () => {
    expect((await noSource.settings()).providers).toEqual([]);
    expect(await noSource.key({} as never)).toBeUndefined();
  });
});
