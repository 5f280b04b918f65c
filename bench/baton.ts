/* Baton's side: the shipped bundle of each provider, alone and behind the router. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { neverAborted } from '../src/core/base/abort';
import { systemClock } from '../src/core/base/clock';
import { createNodeIds } from '../src/core/node-ids';
import type { Connection } from '../src/core/providers/connection';
import { factsOfModel } from '../src/core/providers/model-facts';
import type { ProviderSettings } from '../src/core/providers/model-settings';
import type { ChatProvider } from '../src/core/providers/provider';
import { createRouter, type Routable, type Router } from '../src/core/providers/router';
import type { Purse, RouteWish, RoutedAnswer } from '../src/core/providers/routing';
import { modelOf, type Vendor } from './vendors';

type Create = (connection: Connection) => ChatProvider;
const load = createRequire(__filename);

export function connect(vendor: Vendor, baseUrl: string): ChatProvider {
  const bundle = load(path.join(__dirname, `provider-${vendor}.js`)) as Record<string, Create>;
  const create =
    bundle[{ anthropic: 'createAnthropic', gemini: 'createGemini', openai: 'createOpenAI' }[vendor]];
  if (create === undefined) throw new Error(`The bundle of ${vendor} exports nothing to connect with.`);
  return create({
    settings: settingsOf(vendor, baseUrl),
    key: 'key-for-tests',
    fetch: globalThis.fetch,
    clock: systemClock,
    ids: createNodeIds(),
  });
}

export function routable(vendor: Vendor, baseUrl: string, name: string = vendor, priority = 1): Routable {
  const provider = connect(vendor, baseUrl);
  return {
    settings: { ...settingsOf(vendor, baseUrl), name, title: name, priority },
    provider: () => provider,
    model: modelOf(vendor),
  };
}

export function routerOver(routables: readonly Routable[]): Router {
  return createRouter({
    clock: systemClock,
    random: Math.random,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    routables: () => routables,
    routing: () => 'priority',
    facts: ({ model }) => factsOfModel(model),
  });
}

export const wish: RouteWish = { needs: { tools: false, structuredOutput: false, context: 1_000 } };

/** What it costs to record and to hold money is measured with the engine, not here. */
const purse: Purse = {
  reserve: () => Promise.resolve({ settle: () => Promise.resolve(), release: () => Promise.resolve() }),
};

export function ask(router: Router, question: string): Promise<RoutedAnswer> {
  return router.ask({
    wish,
    request: { messages: [{ role: 'user', text: question }], tools: [], maxOutputTokens: 1000 },
    signal: neverAborted,
    purse,
    onText: () => {},
    onVoid: () => {},
    onEvent: () => Promise.resolve(),
  });
}

/** One request of the adapter alone. */
export async function askAdapter(provider: ChatProvider, model: string, question: string): Promise<string> {
  const { text } = await provider.chat(
    {
      model,
      messages: [{ role: 'user', text: question }],
      tools: [],
      maxOutputTokens: 1000,
    },
    {
      signal: neverAborted,
      stream: true,
      timeouts: { firstByte: 60_000, idle: 120_000, total: 120_000 },
      onEvent: () => {},
    },
  );
  return text;
}

function settingsOf(vendor: Vendor, baseUrl: string): ProviderSettings {
  return {
    name: vendor,
    title: vendor,
    kind: vendor,
    enabled: true,
    priority: 1,
    maxRetries: 2,
    timeout: 120_000,
    keyNames: [],
    baseUrl,
  };
}

/** Where each vendor's paths begin. */
export function baseUrlOf(vendor: Vendor, url: string): string {
  return vendor === 'openai' ? `${url}/v1` : url;
}
