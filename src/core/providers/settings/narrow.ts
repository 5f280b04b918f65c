/*
 * owns: what the settings that came with a folder may change: they may switch off, lower a cap and choose among what the
 * person has set up.
 * must stay true: no folder ever sets an address or a key, adds a server, or loosens a cap; what is ignored is told.
 */
import type { ModelSettings, ProviderSettings } from '../model-settings';
import type { ProviderWish, SettingsLayer } from './settings-layer';

export type Draft = Omit<ModelSettings, 'notes' | 'providers'> & {
  readonly providers: ReadonlyMap<string, ProviderSettings>;
};

export function narrow(draft: Draft, layer: SettingsLayer, note: (text: string) => void): Draft {
  const ignored = (what: string, why: string) => note(`${layer.from}: ${what} is ignored: ${why}.`);
  const providers = new Map(draft.providers);
  for (const [name, wish] of Object.entries(layer.providers ?? {})) {
    const settings = providers.get(name);
    if (settings === undefined) ignored(`the provider "${name}"`, 'a folder cannot add a server');
    else providers.set(name, narrowProvider(settings, wish, layer.from, ignored));
  }
  if (layer.prices !== undefined) ignored('"prices"', 'a folder cannot set prices');
  if (layer.probeLocalServers === true && !draft.probeLocalServers) {
    ignored('"probeLocalServers"', 'you have switched it off');
  }
  const dayCap = {
    ...lower('usd', layer.dayCap?.usd, draft.dayCap?.usd, () =>
      ignored('"budget.usdPerDay"', 'a folder cannot raise your cap'),
    ),
    ...lower('tokens', layer.dayCap?.tokens, draft.dayCap?.tokens, () =>
      ignored('"budget.tokensPerDay"', 'a folder cannot raise your cap'),
    ),
  };
  return {
    ...draft,
    providers,
    routing: layer.routing ?? draft.routing,
    probeLocalServers: draft.probeLocalServers && layer.probeLocalServers !== false,
    ...(Object.keys(dayCap).length > 0 && { dayCap }),
  };
}

function narrowProvider(
  settings: ProviderSettings,
  wish: ProviderWish,
  from: string,
  ignored: (what: string, why: string) => void,
): ProviderSettings {
  const at = (key: string) => `"providers.${settings.name}.${key}"`;
  for (const key of ['baseUrl', 'allowInsecure'] as const) {
    if (wish[key] !== undefined) ignored(at(key), 'a folder cannot set an address');
  }
  for (const key of ['keyName', 'keyless'] as const) {
    if (wish[key] !== undefined) ignored(at(key), 'a folder cannot set where a key comes from');
  }
  if (wish.title !== undefined) ignored(at('title'), 'a folder cannot rename a provider');
  if (wish.enabled === true && !settings.enabled) ignored(at('enabled'), 'you have switched it off');
  const raised = (key: string) => () => ignored(at(key), 'a folder cannot set a looser limit than yours');
  return {
    ...settings,
    ...(settings.enabled && wish.enabled === false && off(from)),
    priority: wish.priority ?? settings.priority,
    ...(wish.defaultModel !== undefined && { defaultModel: wish.defaultModel }),
    ...lower('maxRetries', wish.maxRetries, settings.maxRetries, raised('maxRetries')),
    ...lower('timeout', wish.timeout, settings.timeout, raised('timeout')),
    ...lower(
      'rateLimitPerMinute',
      wish.rateLimitPerMinute,
      settings.rateLimitPerMinute,
      raised('rateLimitPerMinute'),
    ),
  };
}

const off = (from: string) => ({ enabled: false, offBecause: `switched off by ${from}` });

/** The lower one of two limits under its name; a wish for a higher one is told. */
function lower<Name extends string>(
  name: Name,
  wished: number | undefined,
  limit: number | undefined,
  onRaised: () => void,
): { [K in Name]?: number } {
  if (wished !== undefined && limit !== undefined && wished > limit) onRaised();
  const value = Math.min(wished ?? Number.POSITIVE_INFINITY, limit ?? Number.POSITIVE_INFINITY);
  return value === Number.POSITIVE_INFINITY ? {} : ({ [name]: value } as { [K in Name]?: number });
}
