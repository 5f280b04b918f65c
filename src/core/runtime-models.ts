/*
 * owns: the providers of a runtime as one thing: reading what is set up, the router over it, what people ask about it.
 * does not own: how a provider is reached (runtime-providers), whom a call goes to (router), what a day cost (ledger).
 */
import { neverAborted } from './base/abort';
import type { Disposable } from './base/disposable';
import { DisposableStore } from './base/disposable';
import { Emitter } from './base/emitter';
import type { Redactor } from './base/redactor';
import type { Host } from './host';
import { BatonError, messageOf } from './model/errors';
import type { ModelRef, ProviderName } from './model/model-call';
import { automaticChoice } from './providers/automatic';
import { factsFor, type ModelFacts } from './providers/model-facts';
import type { ModelSettings, ModelSource } from './providers/model-settings';
import { factsOf } from './providers/provider-error';
import { createRouter, type Routable } from './providers/router';
import type { ModelRouter, RouteWish } from './providers/routing';
import type { AutomaticChoice, Models, ProviderStatus } from './runtime-port';
import { statusOf, type StatusParts } from './runtime-provider-status';
import { isUsable, ProviderSetUp, type Connect, type SetUp, type SetUpProvider } from './runtime-providers';
import type { DayLedger, DaySummary } from './storage/day-spending';

/** For a door that lends no models: nobody is ever asked. */
export const noSource: ModelSource = {
  settings: () =>
    Promise.resolve({ providers: [], routing: 'priority', probeLocalServers: false, prices: {}, notes: [] }),
  key: () => Promise.resolve(undefined),
  secret: () => Promise.resolve(undefined),
};

export interface ModelsOptions {
  readonly host: Host;
  readonly source: ModelSource;
  readonly ledger: Pick<DayLedger, 'today' | 'onDidChange'>;
  readonly redactor: Pick<Redactor, 'add'>;
  readonly connect: Connect;
}

/** Models and what the core itself needs of them. */
export interface OpenModels extends Disposable {
  readonly models: Models;
  readonly router: ModelRouter;
  /** As read last; undefined before `ready`. */
  readonly settings: () => ModelSettings | undefined;
  readonly facts: (model: ModelRef) => ModelFacts | undefined;
  /** Resolves when it is known who can be asked; looks for local servers when nobody else can. */
  readonly ready: () => Promise<void>;
}

/** Somebody may have started a server meanwhile. */
const LOOK_AGAIN_MS = 5_000;

/** Nothing is read before it is first asked for. */
export function createModels(options: ModelsOptions): OpenModels {
  const { host, source, ledger } = options;
  const open = new DisposableStore();
  const changes = open.add(new Emitter<void>((error) => host.log.error('A listener failed', error)));
  const setUp = new ProviderSetUp(options);
  const failures = new Map<ProviderName, NonNullable<StatusParts['failure']>>();
  let current: SetUp | undefined;
  let routables: readonly Routable[] = [];
  let reading: Promise<SetUp> | undefined;

  const facts = (ref: ModelRef): ModelFacts | undefined =>
    factsFor(ref, { prices: current?.settings.prices ?? {}, now: host.clock.now() });
  const router = open.add(
    createRouter({
      clock: host.clock,
      random: () => host.ids.random(),
      log: host.log,
      routables: () => routables,
      routing: () => current?.settings.routing ?? 'priority',
      facts,
    }),
  );

  const read = async (): Promise<SetUp> => {
    const next = await setUp.read();
    current = next;
    routables = next.providers.map(({ routable }) => routable);
    for (const name of next.changed) {
      router.forget(name);
      failures.delete(name);
    }
    return next;
  };
  /** One after the other: an older reading must not win over a newer one. */
  const readAnew = (): Promise<SetUp> => {
    reading = (reading ?? Promise.resolve()).then(read, read);
    return reading;
  };
  const known = (): Promise<SetUp> => reading ?? readAnew();
  let looking: Promise<SetUp> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** Local servers are looked for only while there is nobody else, and not all the time. */
  const whoAnswers = async (): Promise<SetUp> => {
    const found = await known();
    if (found.providers.some(isUsable) || !found.settings.probeLocalServers) return found;
    if (host.clock.monotonic() - lookedAt >= LOOK_AGAIN_MS) {
      lookedAt = host.clock.monotonic();
      looking = setUp.look().then(readAnew);
    }
    await looking;
    return known();
  };
  const refresh = async (): Promise<void> => {
    if (current?.servers !== undefined) await setUp.look();
    await readAnew();
    changes.fire();
  };
  const find = async (name: ProviderName): Promise<SetUpProvider> => {
    const provider = (await known()).providers.find(({ settings }) => settings.name === name);
    if (provider === undefined) throw new BatonError('unknown-provider', `There is no provider "${name}".`);
    return provider;
  };
  const usable = (provider: SetUpProvider): void => {
    if (provider.state !== 'ready')
      throw new BatonError('no-provider', `${provider.settings.title}: ${provider.because}.`);
  };

  if (source.onDidChange !== undefined)
    open.add(
      source.onDidChange(() => {
        // What nobody has read yet is read when it is asked for.
        if (reading === undefined) changes.fire();
        else refresh().catch((error: unknown) => host.log.error('Providers could not be read', error));
      }),
    );
  open.add(router.onDidChange(() => changes.fire()));
  open.add(ledger.onDidChange(() => changes.fire()));

  const models: Models = {
    onDidChange: changes.event,
    refresh,
    notes: async () => (await known()).settings.notes,
    async status() {
      const [{ providers }, today] = await Promise.all([known(), spending(ledger, host)]);
      return providers.map((provider) => {
        const { name } = provider.settings;
        const failure = failures.get(name);
        return statusOf({
          provider,
          health: router.health(name),
          now: host.clock.now(),
          ...(failure !== undefined && { failure }),
          today: today?.byProvider[name] ?? NOTHING,
        });
      });
    },
    async automatic(): Promise<AutomaticChoice> {
      const { providers, servers } = await whoAnswers();
      const candidates = providers
        .filter(({ found }) => found !== true)
        .map((provider) => {
          const { settings, model, state, because } = provider;
          const { blocked } = router.health(settings.name);
          const block = blocked === 'auth' ? 'its key was refused' : 'no money or quota left';
          const unusable = state !== 'ready' ? because : blocked !== undefined ? block : undefined;
          return {
            settings,
            ...(model !== undefined && { model }),
            ...(unusable === undefined ? { because } : { unusable }),
          };
        });
      const choice = automaticChoice(candidates, servers);
      // The router has the last word: it also knows who was told to wait just now.
      const route = router.route(ANY_WISH);
      const first = 'none' in route ? undefined : route.chain[0];
      if (first === undefined || isSame(first, choice.model)) return choice;
      return { model: first, why: 'none' in route ? choice.why : [route.why] };
    },
    async test(name, { key, signal = neverAborted } = {}) {
      const provider = await find(name);
      if (key === undefined) usable(provider);
      try {
        const connected = await (key === undefined ? provider.routable.provider() : provider.reach(key));
        const report = await connected.healthCheck(signal);
        // A key that is not stored yet says nothing about the one that is.
        if (key === undefined) {
          failures.delete(name);
          router.forget(name);
          changes.fire();
        }
        return report;
      } catch (error) {
        const fault = factsOf(error)?.fault;
        if (key === undefined && fault !== undefined) {
          failures.set(name, { fault, message: messageOf(error) });
          changes.fire();
        }
        throw error;
      }
    },
    async offered(name, signal = neverAborted) {
      const provider = await find(name);
      usable(provider);
      return (await provider.routable.provider()).models(signal);
    },
  };

  return {
    models,
    router,
    facts,
    settings: () => current?.settings,
    ready: async () => void (await whoAnswers()),
    dispose: () => open.dispose(),
  };
}

/** What a step wants that wants nothing in particular. */
const ANY_WISH: RouteWish = { needs: { tools: false, structuredOutput: false, context: 0 } };

const isSame = (one: ModelRef, other: ModelRef | undefined): boolean =>
  one.provider === other?.provider && one.model === other.model;

const NOTHING: ProviderStatus['today'] = { calls: 0, usd: 0, tokens: 0, estimated: false };

async function spending(ledger: Pick<DayLedger, 'today'>, host: Host): Promise<DaySummary | undefined> {
  try {
    return await ledger.today();
  } catch (error) {
    host.log.warn(`What today cost cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}
