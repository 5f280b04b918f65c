import type { Event } from '../base/emitter';
import type { ProviderName } from '../model/model-call';
import type { ChatProvider } from './provider';

/** How one provider is to be used. Defaults are filled in. */
export interface ProviderSettings {
  readonly name: ProviderName;
  /** For people: "Claude", "Ollama". */
  readonly title: string;
  /** compatible: any server that speaks OpenAI's Chat Completions. vscode: the editor's own models. */
  readonly kind: 'anthropic' | 'gemini' | 'openai' | 'compatible' | 'vscode';
  readonly enabled: boolean;
  /** Why it is off, where the person did not say so themselves: "switched off by the folder's baton.config.json". */
  readonly offBecause?: string;
  /** Small is first. claude 1, gemini 2, openai 3 by default. */
  readonly priority: number;
  readonly defaultModel?: string;
  /** Further requests after the first; at most 2 count. */
  readonly maxRetries: number;
  /** Milliseconds for one whole request. */
  readonly timeout: number;
  readonly rateLimitPerMinute?: number;
  /** Absent: the vendor's own. */
  readonly baseUrl?: string;
  /** True where the server wants no key (Ollama, LM Studio). */
  readonly keyless?: true;
  /** Names of environment variables that may hold the key, in order. */
  readonly keyNames: readonly string[];
}

export interface ModelSettings {
  readonly providers: readonly ProviderSettings[];
  readonly routing: 'priority' | 'cheapest' | 'fastest';
  /** The person's cap for a day, over all folders. */
  readonly dayCap?: { readonly usd?: number; readonly tokens?: number };
  /** Whether servers on this machine may be looked for when nothing else is set up. */
  readonly probeLocalServers: boolean;
  /** The person's own prices, over the table's: USD per million tokens, by model id. */
  readonly prices: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
  /** What was ignored, renamed or read from another file, one sentence each, for people. */
  readonly notes: readonly string[];
}

/** What a door lends the core so that models can be asked. */
export interface ModelSource {
  /** Read anew at each refresh. */
  settings(): Promise<ModelSettings>;
  /** The key of a provider: the editor's secret storage first, then the environment. */
  key(provider: ProviderSettings): Promise<string | undefined>;
  /** `secrets.NAME` of a workflow; undefined when there is none. */
  secret(name: string): Promise<string | undefined>;
  /** The editor's own models, where there is an editor. */
  readonly editorModels?: EditorModels;
  /** Fires when settings, keys or the editor's models changed. */
  readonly onDidChange?: Event<void>;
}

/** The editor's own models. They want no key but the person's consent, which only an action of that person may ask for. */
export interface EditorModels extends ChatProvider {
  /** What stands now. Asks no model, shows no dialog, never rejects. */
  standing(): Promise<EditorModelsStanding>;
}

export type EditorModelsStanding =
  /** `model` is asked when a step names none; `offered` is how many there are. */
  | { readonly state: 'ready'; readonly model: string; readonly offered: number }
  | {
      readonly state: 'no-models' | 'no-consent';
      /** One sentence for people. */
      readonly detail: string;
    };
