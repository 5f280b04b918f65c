import type { Clock } from '../../base/clock';
import { Emitter, type Event } from '../../base/emitter';
import type { ModelRef, ProviderName } from '../../model/model-call';
import { FAULT_POLICY } from '../fault-policy';
import { createModelHealth, type ModelHealth } from './model-health';
import type { ProviderErrorFacts } from '../provider-error';
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

/** Why a provider is left out of every call, and until when (monotonic; Infinity: until something changes). */
export interface Block {
  readonly because: 'auth' | 'quota';
  readonly until: number;
}

export interface Asking {
  answered(latencyMs: number, restMs?: number): void;
  failed(facts: ProviderErrorFacts): void;
}

/** What is remembered of the providers for as long as the process lives. */
export interface Health {
  model(ref: ModelRef): ModelHealth;
  requests(provider: ProviderName): RequestLog;
  block(provider: ProviderName): Block | undefined;
  /** Called when a request leaves: how it ended is told to the result. */
  asking(ref: ModelRef): Asking;
  /** Its key or its settings changed: nothing of before holds any more. */
  forget(provider: ProviderName): void;
  of(provider: ProviderName): ProviderHealth;
  /** To be called when a request has ended and its circuit knows: who waits looks again. */
  changed(): void;
  readonly onDidChange: Event<void>;
  dispose(): void;
}

/** Accounts are topped up and a day's quota ends without anybody telling: after this a provider without money is asked again. */
const MONEY_MS = 60 * 60_000;

export function createHealth(clock: Clock): Health {
  /** By provider, then by model: this is asked several times for each request. */
  const models = new Map<ProviderName, Map<string, ModelHealth>>();
  const logs = new Map<ProviderName, RequestLog>();
  const blocks = new Map<ProviderName, Block>();
  const changes = new Emitter<void>();

  const model = (ref: ModelRef): ModelHealth => {
    let ofProvider = models.get(ref.provider);
    if (ofProvider === undefined) models.set(ref.provider, (ofProvider = new Map<string, ModelHealth>()));
    let health = ofProvider.get(ref.model);
    if (health === undefined) ofProvider.set(ref.model, (health = createModelHealth(clock)));
    return health;
  };
  const requests = (provider: ProviderName): RequestLog => {
    let log = logs.get(provider);
    if (log === undefined) logs.set(provider, (log = createRequestLog(clock)));
    return log;
  };
  const block = (provider: ProviderName): Block | undefined => {
    const found = blocks.get(provider);
    if (found === undefined || clock.monotonic() < found.until) return found;
    blocks.delete(provider);
    return undefined;
  };
  return {
    model,
    requests,
    block,
    asking(ref) {
      const health = model(ref);
      // What a request with the old key comes to says nothing about the new one.
      const isStale = () => model(ref) !== health;
      return {
        answered(latencyMs, restMs) {
          if (!isStale()) health.answered(latencyMs, restMs);
        },
        failed(facts) {
          if (isStale()) return;
          health.failed(facts);
          const { blocks: because } = FAULT_POLICY[facts.fault];
          if (because === 'auth') blocks.set(ref.provider, { because, until: Number.POSITIVE_INFINITY });
          if (because === 'quota')
            blocks.set(ref.provider, {
              because,
              until: clock.monotonic() + (facts.retryAfterMs ?? MONEY_MS),
            });
        },
      };
    },
    forget(provider) {
      blocks.delete(provider);
      models.delete(provider);
      changes.fire();
    },
    of: (provider) => ({
      ...summary(clock, [...(models.get(provider)?.values() ?? [])]),
      requestsPerMinute: requests(provider).lastMinute,
      ...blockedOf(block(provider)),
    }),
    changed() {
      if (changes.hasListeners) changes.fire();
    },
    onDidChange: changes.event,
    dispose: () => changes.dispose(),
  };
}

function blockedOf(block: Block | undefined): Pick<ProviderHealth, 'blocked'> {
  return block === undefined ? {} : { blocked: block.because };
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
