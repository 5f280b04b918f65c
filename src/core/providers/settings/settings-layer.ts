import type { OwnPrices } from '../model-facts';

/** What one place says about one provider. Nothing here is a key: keys never stand in settings. */
export interface ProviderWish {
  readonly enabled?: boolean;
  readonly priority?: number;
  readonly defaultModel?: string;
  readonly maxRetries?: number;
  /** Milliseconds for one whole request. */
  readonly timeout?: number;
  readonly rateLimitPerMinute?: number;
  readonly title?: string;
  readonly baseUrl?: string;
  /** The server wants no key. */
  readonly keyless?: boolean;
  /** Name of the environment variable that holds the key. */
  readonly keyName?: string;
  /** The person knows that the address is spoken to without encryption. */
  readonly allowInsecure?: boolean;
}

/** What one place (a file, the editor's settings) says about models. Absent: nothing. */
export interface SettingsLayer {
  /** For people, in notes: "~/.config/baton/baton.config.json", "The settings of this workspace". */
  readonly from: string;
  /** By any word for the provider; other names are servers that speak OpenAI's Chat Completions. */
  readonly providers?: Readonly<Record<string, ProviderWish>>;
  readonly routing?: 'priority' | 'cheapest' | 'fastest';
  readonly dayCap?: { readonly usd?: number; readonly tokens?: number };
  readonly probeLocalServers?: boolean;
  readonly prices?: OwnPrices;
  /** True when the place could not be read whole: then nobody is asked until it is right. */
  readonly isBroken?: boolean;
}

/** Everything that `resolveModelSettings` decides from. */
export interface ModelSettingsParts {
  /** The person's own, the stronger ones last. May set everything. */
  readonly person: readonly SettingsLayer[];
  /** What came with the folder. May only narrow: switch off, lower a cap, choose among what there is. */
  readonly workspace: readonly SettingsLayer[];
  /** The process environment's value of one name. */
  readonly env: (name: string) => string | undefined;
  /** What was noticed while the places were read. */
  readonly notes?: readonly string[];
}
