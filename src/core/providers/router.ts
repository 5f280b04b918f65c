import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { Event } from '../base/emitter';
import type { Log } from '../host';
import type { ModelRef, ProviderName } from '../model/model-call';
import { ask } from './router/ask';
import { nobody } from './router/candidates';
import type { Runner } from './router/choose-next';
import { createKnownCandidates } from './router/known-candidates';
import { createHealth, type ProviderHealth } from './health/health';
import type { ModelFacts } from './model-facts';
import type { Routing } from './router/order';
import { planRoute } from './router/plan-route';
import type { ChatTimeouts } from './provider';
import type { Routable } from './router/routable';
import type { ModelRouter, RouteWish } from './routing';

export type { ProviderHealth, Routable };

export interface RouterOptions {
  readonly clock: Clock;
  /** In [0, 1). For jitter only. */
  readonly random: () => number;
  readonly log: Log;
  /** As things are set up now; asked for with each call. The same list for as long as nothing changed, what `facts` says included. */
  readonly routables: () => readonly Routable[];
  /** Where a step wishes for nothing else. */
  readonly routing: () => Routing;
  readonly facts: (ref: ModelRef) => ModelFacts | undefined;
  /** Milliseconds. Default: a minute to the first byte, five between two pieces of content, within the provider's own timeout. */
  readonly timeouts?: Partial<ChatTimeouts>;
}

export interface Router extends ModelRouter, Disposable {
  health(provider: ProviderName): ProviderHealth;
  /** After each request, and when something is forgotten. */
  readonly onDidChange: Event<void>;
  /** Its key or settings changed: closed circuit, no cooling, not blocked. */
  forget(provider: ProviderName): void;
}

const FIRST_BYTE_MS = 60_000;
const IDLE_MS = 300_000;

/** Asks whoever can answer. Remembers how everybody is doing until it is disposed. */
export function createRouter(options: RouterOptions): Router {
  const { clock } = options;
  const health = createHealth(clock);
  const candidates = createKnownCandidates(options.facts);
  const plan = (wish: RouteWish) =>
    planRoute(wish, {
      candidates: candidates(wish, options.routables(), clock.now()),
      routing: options.routing(),
      health,
      now: clock.monotonic(),
    });
  const told = new Set<string>();
  const warnOnce = (warnings: readonly string[]) => {
    for (const warning of warnings) {
      if (told.has(warning)) continue;
      told.add(warning);
      options.log.warn(warning);
    }
  };
  const timeoutsOf = ({ candidate }: Runner): ChatTimeouts => {
    const { kind, timeout } = candidate.routable.settings;
    const total = options.timeouts?.total ?? timeout;
    // A server of one's own loads its model and reads the whole prompt before it says anything.
    const patience = kind === 'compatible' ? total : FIRST_BYTE_MS;
    return {
      total,
      firstByte: Math.min(total, options.timeouts?.firstByte ?? patience),
      idle: Math.min(total, options.timeouts?.idle ?? IDLE_MS),
    };
  };
  return {
    route(wish) {
      const { chain, why, warnings, leftOut } = plan(wish);
      if (chain.length === 0) return { none: nobody(wish, leftOut).message };
      return { chain: chain.map(({ ref }) => ref), why, warnings };
    },
    ask(call) {
      const own = plan(call.wish);
      warnOnce(own.warnings);
      return ask(call, { clock, random: options.random, log: options.log, health, plan: own, timeoutsOf });
    },
    health: (provider) => health.of(provider),
    onDidChange: health.onDidChange,
    forget: (provider) => health.forget(provider),
    dispose: () => health.dispose(),
  };
}
