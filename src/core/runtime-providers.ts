/*
 * owns: which providers are set up, from settings, keys, the editor and servers on this machine; how each is reached.
 * does not own: whom a call goes to (router), how people see it (runtime-provider-status).
 * must stay true: a key stands in closures only, never in a field; whoever reads one adds it to the redactor first.
 */
import { neverAborted } from './base/abort';
import type { Redactor } from './base/redactor';
import type { Host } from './host';
import { BatonError, messageOf } from './model/errors';
import { probeLocalServers, settingsOfLocalServer, type LocalServer } from './providers/automatic';
import type { Connection } from './providers/connection';
import type { EditorModels, ModelSettings, ModelSource, ProviderSettings } from './providers/model-settings';
import type { ChatProvider } from './providers/provider';
import type { Routable } from './providers/router/routable';

export type Connect = (connection: Connection) => Promise<ChatProvider>;

export interface SetUpProvider {
  readonly settings: ProviderSettings;
  /** What is there before anybody is asked. */
  readonly state: 'ready' | 'disabled' | 'no-key' | 'no-models' | 'no-consent';
  /** Why it can or cannot be asked: "key in ANTHROPIC_API_KEY", "no key". */
  readonly because: string;
  /** Asked when a step names none. */
  readonly model?: string;
  readonly keyFrom?: string;
  /** A server that was found, not set up. */
  readonly found?: true;
  readonly routable: Routable;
  /** Another key than its own, for a test before that one is stored. */
  readonly reach: (key?: string) => Promise<ChatProvider>;
}

export interface SetUp {
  readonly settings: ModelSettings;
  readonly providers: readonly SetUpProvider[];
  /** Undefined while nobody looked. */
  readonly servers: readonly LocalServer[] | undefined;
  /** Names of providers that are not what they were in the set-up before. */
  readonly changed: readonly string[];
}

export interface SetUpOptions {
  readonly host: Pick<Host, 'fetch' | 'clock' | 'ids' | 'env' | 'log'>;
  readonly source: ModelSource;
  readonly redactor: Pick<Redactor, 'add'>;
  readonly connect: Connect;
}

/** Reads anew what is set up. What did not change keeps its connection. Never rejects. */
export class ProviderSetUp {
  /** What each provider was made of, key included, as one hash-like text in a private place. */
  readonly #marks = new Map<string, { readonly mark: string; readonly made: SetUpProvider }>();
  #servers: readonly LocalServer[] | undefined;

  constructor(private readonly options: SetUpOptions) {}

  async read(): Promise<SetUp> {
    const settings = await this.settings();
    const changed: string[] = [];
    const providers: SetUpProvider[] = [];
    for (const each of settings.providers) providers.push(await this.provider(each, changed));
    if (this.#servers !== undefined && !providers.some(isUsable)) providers.push(...this.found(changed));
    return { settings, providers, servers: this.#servers, changed };
  }

  /** Looks for servers on this machine; what it finds is there from the next `read` on. */
  async look(): Promise<void> {
    const { fetch, clock } = this.options.host;
    this.#servers = await probeLocalServers(fetch, clock, neverAborted).catch(() => []);
  }

  private async settings(): Promise<ModelSettings> {
    try {
      return await this.options.source.settings();
    } catch (error) {
      const note = `No model is asked: the settings cannot be read. ${messageOf(error)}`;
      this.options.host.log.warn(note);
      return { providers: [], routing: 'priority', probeLocalServers: false, prices: {}, notes: [note] };
    }
  }

  private async provider(settings: ProviderSettings, changed: string[]): Promise<SetUpProvider> {
    const { editorModels } = this.options.source;
    if (settings.kind === 'vscode') return ofEditor(settings, editorModels);
    const key = await this.key(settings);
    return this.kept(settings, key, changed, () => {
      const keyFrom = key === undefined ? undefined : this.whereFrom(settings, key);
      return this.made(settings, key, keyFrom);
    });
  }

  private found(changed: string[]): SetUpProvider[] {
    return (this.#servers ?? []).map((server, place) => {
      const settings = settingsOfLocalServer(server, place);
      return this.kept(settings, undefined, changed, () => ({
        ...this.made(settings, undefined, undefined),
        because: 'answers on this machine',
        found: true,
      }));
    });
  }

  /** The provider as it was, connection and all, while nothing that it is made of changed. */
  private kept(
    settings: ProviderSettings,
    key: string | undefined,
    changed: string[],
    make: () => SetUpProvider,
  ): SetUpProvider {
    const mark = JSON.stringify([settings, key ?? null]);
    const before = this.#marks.get(settings.name);
    if (before?.mark === mark) return before.made;
    const made = make();
    this.#marks.set(settings.name, { mark, made });
    if (before !== undefined) changed.push(settings.name);
    return made;
  }

  private async key(settings: ProviderSettings): Promise<string | undefined> {
    const { source, redactor, host } = this.options;
    if (!settings.enabled) return undefined;
    try {
      const key = (await source.key(settings))?.trim();
      if (key === undefined || key === '') return undefined;
      redactor.add(key, settings.keyNames[0] ?? `key of ${settings.title}`);
      return key;
    } catch (error) {
      host.log.warn(`The key of ${settings.title} cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }

  private whereFrom({ keyNames }: ProviderSettings, key: string): string {
    return keyNames.find((name) => this.options.host.env(name)?.trim() === key) ?? 'secret storage';
  }

  private made(
    settings: ProviderSettings,
    key: string | undefined,
    keyFrom: string | undefined,
  ): SetUpProvider {
    const { connect, redactor, host } = this.options;
    const { fetch, clock, ids } = host;
    const reach = async (other?: string): Promise<ChatProvider> => {
      if (other !== undefined) redactor.add(other, settings.keyNames[0] ?? `key of ${settings.title}`);
      const used = other ?? key;
      return connect({ settings, ...(used !== undefined && { key: used }), fetch, clock, ids });
    };
    let connected: ChatProvider | Promise<ChatProvider> | undefined;
    const provider = (): ChatProvider | Promise<ChatProvider> => {
      connected ??= reach().then(
        (reached) => (connected = reached),
        (error: unknown) => {
          // A bundle that could not be loaded may be there the next time.
          connected = undefined;
          throw error;
        },
      );
      return connected;
    };
    const model = settings.defaultModel;
    const standing = standingOf(settings, keyFrom);
    const unusable = standing.state === 'ready' ? undefined : standing.because;
    return {
      settings,
      ...standing,
      ...(model !== undefined && { model }),
      ...(keyFrom !== undefined && { keyFrom }),
      reach,
      routable: {
        settings,
        provider,
        ...(unusable !== undefined && { unusable }),
        ...(model !== undefined && { model }),
      },
    };
  }
}

/** Whether it is worth asking, as far as is known before it is asked. */
export function isUsable({ state, model }: SetUpProvider): boolean {
  return state === 'ready' && model !== undefined;
}

function standingOf(
  { enabled, offBecause, keyless, kind, baseUrl }: ProviderSettings,
  keyFrom: string | undefined,
): Pick<SetUpProvider, 'state' | 'because'> {
  if (!enabled) return { state: 'disabled', because: offBecause ?? 'switched off' };
  if (kind === 'compatible' && baseUrl === undefined) return { state: 'no-models', because: 'no address' };
  if (keyFrom !== undefined) return { state: 'ready', because: `key in ${keyFrom}` };
  if (keyless === true) return { state: 'ready', because: 'needs no key' };
  return { state: 'no-key', because: 'no key' };
}

async function ofEditor(
  settings: ProviderSettings,
  editor: EditorModels | undefined,
): Promise<SetUpProvider> {
  const reach = (): Promise<ChatProvider> =>
    editor === undefined
      ? Promise.reject(new BatonError('no-provider', 'Only an editor has models of its own.'))
      : Promise.resolve(editor);
  const made = (
    state: SetUpProvider['state'],
    because: string,
    model: string | undefined = settings.defaultModel,
  ): SetUpProvider => ({
    settings,
    state,
    because,
    ...(model !== undefined && { model }),
    reach,
    routable: {
      settings,
      provider: () => editor ?? reach(),
      ...(state !== 'ready' && { unusable: because }),
      ...(model !== undefined && { model }),
    },
  });
  if (!settings.enabled) return made('disabled', settings.offBecause ?? 'switched off');
  if (editor === undefined) return made('no-models', 'only inside the editor');
  const standing = await editor.standing();
  // It stands in lists of others, each behind its name.
  if (standing.state !== 'ready') return made(standing.state, standing.detail.replace(/\.$/, ''));
  const models = standing.offered === 1 ? 'model' : 'models';
  return made(
    'ready',
    `${standing.offered} ${models} of the editor`,
    settings.defaultModel ?? standing.model,
  );
}
