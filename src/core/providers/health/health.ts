import type { Clock } from '../../base/clock';
import { Emitter, type Event } from '../../base/emitter';
import type { ModelRef, ProviderName } from '../../model/model-call';
import { createModelHealth, type Account, type ModelHealth } from './model-health';
import { createRequestLog, type RequestLog } from './request-log';

/** How a provider is doing: the worst over its models that were asked. */
export interface ProviderHealth {
  /** Moving average over answers, milliseconds; absent before the first. */
  readonly latencyMs?: number;
  /** 0 to 1, over the last minute; absent with too few requests in it. */
  readonly errorRate?: number;
  /** Requests that ended in the last minute. */
  readonly samples: number;
  /** Requests that left in the last minute. */
  readonly requestsPerMinute: number;
  /** Wall clock, milliseconds. */
  readonly coolingUntil?: number;
  /** Wall clock, milliseconds; in the past while one request probes. */
  readonly circuitOpenUntil?: number;
  readonly blocked?: 'auth' | 'quota';
}

/** What is remembered of the providers for as long as the process lives. */
export interface Health {
  /** Looked up once for each request: how it ended is told to the same one, which is nobody's when the provider was forgotten meanwhile. */
  model(ref: ModelRef): ModelHealth;
  /** Its key or its settings changed: nothing of before holds any more but how many requests left. */
  forget(provider: ProviderName): void;
  of(provider: ProviderName): ProviderHealth;
  /** To be called when a request has ended and its circuit knows: who waits looks again. */
  changed(): void;
  readonly onDidChange: Event<void>;
  dispose(): void;
}

interface Remembered {
  readonly account: Account;
  readonly models: Map<string, ModelHealth>;
}

export function createHealth(clock: Clock): Health {
  const providers = new Map<ProviderName, Remembered>();
  const changes = new Emitter<void>();

  const begin = (provider: ProviderName, requests: RequestLog): Remembered => {
    const begun = { account: { requests, block: undefined }, models: new Map<string, ModelHealth>() };
    providers.set(provider, begun);
    return begun;
  };
  const remembered = (provider: ProviderName): Remembered =>
    providers.get(provider) ?? begin(provider, createRequestLog(clock));
  return {
    model(ref) {
      const { account, models } = remembered(ref.provider);
      let health = models.get(ref.model);
      if (health === undefined) models.set(ref.model, (health = createModelHealth(clock, account)));
      return health;
    },
    forget(provider) {
      begin(provider, remembered(provider).account.requests);
      changes.fire();
    },
    of(provider) {
      const { account, models } = remembered(provider);
      return {
        ...summary(clock, [...models.values()]),
        requestsPerMinute: account.requests.lastMinute,
        ...blockedOf(account, clock.monotonic()),
      };
    },
    changed() {
      if (changes.hasListeners) changes.fire();
    },
    onDidChange: changes.event,
    dispose: () => changes.dispose(),
  };
}

function blockedOf({ block }: Account, now: number): Pick<ProviderHealth, 'blocked'> {
  return block === undefined || block.until <= now ? {} : { blocked: block.because };
}

/** The worst of several models, in wall-clock time. */
function summary(clock: Clock, all: readonly ModelHealth[]): Omit<ProviderHealth, 'requestsPerMinute'> {
  const now = clock.monotonic();
  const wall = (at: number) => Math.round(clock.now() + at - now);
  const latencies = all.flatMap(({ latencyMs }) => latencyMs ?? []);
  const rates = all.flatMap(({ outcomes }) => outcomes.errorRate ?? []);
  const cooling = all.map(({ coolingUntil }) => coolingUntil).filter((until) => until > now);
  const open = all.flatMap(({ circuit }) => {
    const view = circuit.view();
    if (view.status === 'closed') return [];
    return view.status === 'open' ? view.until : now;
  });
  return {
    samples: all.reduce((sum, { outcomes }) => sum + outcomes.samples, 0),
    ...(latencies.length > 0 && { latencyMs: Math.max(...latencies) }),
    ...(rates.length > 0 && { errorRate: Math.max(...rates) }),
    ...(cooling.length > 0 && { coolingUntil: wall(Math.max(...cooling)) }),
    ...(open.length > 0 && { circuitOpenUntil: wall(Math.max(...open)) }),
  };
}
