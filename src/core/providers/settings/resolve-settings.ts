/*
 * owns: how models are to be used, from all the places that say something about it: defaults, then the person's own settings,
 * then their environment, then what came with the folder.
 * must stay true: pure; the folder's part comes last and can only narrow (see narrow.ts).
 */
import { canonicalProvider } from '../../model/provider-names';
import { factsOfModel } from '../model-facts';
import type { ModelSettings, ProviderSettings } from '../model-settings';
import { modelWarnings } from '../model-warnings';
import { readAddress } from './address';
import { ADDRESS_NAMES, compatibleServer, DEFAULT_PROVIDERS } from './default-settings';
import { narrow, type Draft } from './narrow';
import type { ModelSettingsParts, ProviderWish, SettingsLayer } from './settings-layer';

/** Defaults filled in, aliases resolved, what was ignored told in `notes`. Never throws. */
export function resolveModelSettings(parts: ModelSettingsParts): ModelSettings {
  const notes: string[] = [...(parts.notes ?? [])];
  const note = (text: string) => void (notes.includes(text) || notes.push(text));
  const addresses = new Map<string, { readonly text: string; readonly from: string }>();
  const insecure = new Set<string>();
  let draft: Draft = {
    providers: new Map(DEFAULT_PROVIDERS.map((settings) => [settings.name, settings])),
    routing: 'priority',
    probeLocalServers: true,
    prices: {},
  };
  for (const layer of parts.person) {
    const known = withKnownNames(layer, note);
    draft = apply(draft, known, note);
    for (const [name, { baseUrl, allowInsecure }] of Object.entries(known.providers ?? {})) {
      if (baseUrl !== undefined) addresses.set(name, { text: baseUrl, from: layer.from });
      if (allowInsecure !== undefined) insecure[allowInsecure ? 'add' : 'delete'](name);
    }
  }
  for (const [name, variable] of Object.entries(ADDRESS_NAMES)) {
    const text = parts.env(variable)?.trim();
    if (text !== undefined && text !== '') addresses.set(name, { text, from: variable });
  }
  draft = { ...draft, providers: addressed(draft.providers, addresses, insecure, note) };
  for (const layer of parts.workspace) draft = narrow(draft, withKnownNames(layer, note), note);

  for (const settings of draft.providers.values()) judgeModel(settings, draft, note);
  const broken = parts.person.filter(({ isBroken }) => isBroken === true);
  for (const { from } of broken)
    note(`No model is asked until ${from} is right: a cap in it may have been lost.`);
  const off = broken[0] && `off until ${broken[0].from} is right`;
  const providers = [...draft.providers.values()]
    .map((settings) => (off === undefined ? settings : { ...settings, enabled: false, offBecause: off }))
    .sort((a, b) => a.priority - b.priority);
  return { ...draft, providers, notes };
}

/** A default model that its vendor has ended, or that nobody knows, is told: it is asked at every turn. */
function judgeModel(
  { kind, title, enabled, baseUrl, defaultModel }: ProviderSettings,
  { prices }: Pick<Draft, 'prices'>,
  note: (text: string) => void,
): void {
  if (!enabled || defaultModel === undefined || kind === 'vscode' || kind === 'compatible') return;
  const facts = factsOfModel(defaultModel);
  // Behind another address models may have names of their own.
  if (facts === undefined && (baseUrl !== undefined || Object.hasOwn(prices, defaultModel))) return;
  for (const { message, suggestion } of modelWarnings(defaultModel, facts)) {
    note(
      `The default model of ${title}: ${[message, suggestion].filter((part) => part !== undefined).join(' ')}`,
    );
  }
}

/** The same layer with every provider under its one name; what is given under two is told. */
function withKnownNames(layer: SettingsLayer, note: (text: string) => void): SettingsLayer {
  if (layer.providers === undefined) return layer;
  const providers: Record<string, ProviderWish> = {};
  for (const [written, wish] of Object.entries(layer.providers)) {
    const name = canonicalProvider(written);
    if (name === 'local') {
      note(`${layer.from}: "${written}" is the local engine, which has no settings.`);
      continue;
    }
    if (name !== written) note(`${layer.from}: "${written}" is read as "${name}".`);
    // Its own name wins over another word for it, wherever each stands.
    const before = providers[name];
    providers[name] = written === name ? { ...before, ...wish } : { ...wish, ...before };
  }
  return { ...layer, providers };
}

/** A layer of the person's own: it says what it wants. */
function apply(draft: Draft, layer: SettingsLayer, note: (text: string) => void): Draft {
  const providers = new Map(draft.providers);
  for (const [name, wish] of Object.entries(layer.providers ?? {})) {
    const before = providers.get(name);
    if (before === undefined && wish.baseUrl === undefined) {
      note(`${layer.from}: "${name}" is no known provider. A server of your own needs a "baseUrl".`);
      continue;
    }
    const settings = before ?? compatibleServer(name, providers.size - DEFAULT_PROVIDERS.length);
    providers.set(name, { ...settings, ...wished(wish, settings) });
  }
  const dayCap = { ...draft.dayCap, ...layer.dayCap };
  return {
    ...draft,
    providers,
    routing: layer.routing ?? draft.routing,
    probeLocalServers: layer.probeLocalServers ?? draft.probeLocalServers,
    ...(Object.keys(dayCap).length > 0 && { dayCap }),
    prices: { ...draft.prices, ...layer.prices },
  };
}

function wished(wish: ProviderWish, settings: ProviderSettings): Partial<ProviderSettings> {
  const { enabled, priority, defaultModel, maxRetries, timeout, rateLimitPerMinute, title } = wish;
  const plain = { enabled, priority, defaultModel, maxRetries, timeout, rateLimitPerMinute, title };
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return {
    ...given,
    ...(wish.keyless === true && { keyless: true as const }),
    ...(wish.keyName !== undefined && {
      keyNames: [wish.keyName, ...settings.keyNames.filter((name) => name !== wish.keyName)],
    }),
  };
}

/**
 * Puts the addresses in. A provider whose address cannot be used is switched off: its own vendor, whom the person did not
 * mean, must not get the request instead.
 */
function addressed(
  providers: ReadonlyMap<string, ProviderSettings>,
  addresses: ReadonlyMap<string, { readonly text: string; readonly from: string }>,
  insecure: ReadonlySet<string>,
  note: (text: string) => void,
): ReadonlyMap<string, ProviderSettings> {
  const result = new Map(providers);
  for (const [name, { text, from }] of addresses) {
    const settings = result.get(name);
    if (settings === undefined) continue;
    const address = readAddress(text, insecure.has(name));
    if ('url' in address) result.set(name, { ...settings, baseUrl: address.url });
    else {
      note(`${from}: ${settings.title} is switched off. ${address.refused}`);
      result.set(name, {
        ...settings,
        enabled: false,
        offBecause: `off, for the address in ${from} is refused`,
      });
    }
  }
  return result;
}
