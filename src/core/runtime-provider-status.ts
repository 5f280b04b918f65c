import type { ProviderHealth } from './providers/health/health';
import type { ProviderErrorFacts } from './providers/provider-error';
import type { ProviderStatus } from './runtime-port';
import type { SetUpProvider } from './runtime-providers';

export interface StatusParts {
  readonly provider: SetUpProvider;
  readonly health: ProviderHealth;
  /** Wall clock, milliseconds. */
  readonly now: number;
  /** What the last test of it by a person ended with, while nothing changed since. */
  readonly failure?: Pick<ProviderErrorFacts, 'fault'> & { readonly message: string };
  readonly today: ProviderStatus['today'];
}

/** One provider as people see it: the first thing that is in its way, and what to do about that. */
export function statusOf(parts: StatusParts): ProviderStatus {
  const { settings, model, keyFrom } = parts.provider;
  const { latencyMs, errorRate, requestsPerMinute } = parts.health;
  const address = addressOf(settings.baseUrl);
  return {
    name: settings.name,
    title: settings.title,
    enabled: settings.enabled,
    priority: settings.priority,
    ...standing(parts),
    ...(model !== undefined && { model }),
    ...(address !== undefined && { address }),
    ...(keyFrom !== undefined && { keyFrom }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(errorRate !== undefined && { errorRate }),
    requestsPerMinute,
    today: parts.today,
  };
}

type Standing = Pick<ProviderStatus, 'state' | 'detail' | 'fix' | 'until'>;

function standing({ provider, health, now, failure }: StatusParts): Standing {
  const { state, because, settings, model } = provider;
  const { title, kind } = settings;
  switch (state) {
    case 'disabled':
      return settings.offBecause === undefined
        ? { state, detail: `${title} is switched off.`, fix: 'enable' }
        : { state, detail: sentence(settings.offBecause) };
    case 'no-key':
      return { state, detail: `${title} has no key.`, fix: 'set-key' };
    case 'no-consent':
      return { state, detail: sentence(because), fix: 'allow' };
    case 'no-models':
      return { state, detail: sentence(because) };
    case 'ready':
      break;
    default:
      return state satisfies never;
  }
  if (health.blocked === 'auth' || failure?.fault === 'auth')
    return { state: 'refused-key', detail: `${title} refused the key.`, fix: 'set-key' };
  if (health.blocked === 'quota' || failure?.fault === 'quota')
    return { state: 'no-money', detail: `${title} has no money or quota left.`, fix: 'try-now' };
  const { coolingUntil, circuitOpenUntil } = health;
  if (coolingUntil !== undefined && coolingUntil > now)
    return { state: 'cooling-down', until: coolingUntil, detail: `${title} asks for fewer requests.` };
  if (circuitOpenUntil !== undefined)
    return {
      state: 'circuit-open',
      until: circuitOpenUntil,
      detail: `Too many requests to ${title} failed; one is sent to see whether it is back.`,
      fix: 'try-now',
    };
  if (failure !== undefined)
    return {
      state: 'unreachable',
      detail: failure.message,
      fix: kind === 'compatible' ? 'start-server' : 'try-now',
    };
  if (model === undefined)
    return { state: 'no-models', detail: `No model of ${title} is chosen.`, fix: 'choose-model' };
  return { state: 'ready', detail: `Ready: ${because}.` };
}

/** Only the host: an address may hold words that are nobody's business. */
function addressOf(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined) return undefined;
  try {
    return new URL(baseUrl).host;
  } catch {
    return undefined;
  }
}

const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
