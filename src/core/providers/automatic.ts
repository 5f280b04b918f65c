import type { Clock } from '../base/clock';
import type { ModelRef } from '../model/model-call';
import type { ProviderSettings } from './model-settings';
import { compatibleServer } from './settings/default-settings';

/** A model server on this machine that nobody set up and that answers. */
export interface LocalServer {
  /** As steps call it: "ollama". */
  readonly name: string;
  readonly title: string;
  /** With "/v1". */
  readonly baseUrl: string;
  /** Ids of the models it offers; may be empty. */
  readonly models: readonly string[];
}

const PLACES = [
  { name: 'ollama', title: 'Ollama', port: 11434 },
  { name: 'lm-studio', title: 'LM Studio', port: 1234 },
  { name: 'llama-cpp', title: 'llama.cpp', port: 8080 },
  { name: 'jan', title: 'Jan', port: 1337 },
  { name: 'vllm', title: 'vLLM', port: 8000 },
  { name: 'gpt4all', title: 'GPT4All', port: 4891 },
] as const;

const PATIENCE_MS = 300;
const LONGEST_ANSWER = 256 * 1024;

/**
 * Looks for model servers where they usually listen, all at once, for at most 300 ms. What answers in another way than a list
 * of models is some other program. Never rejects but for the signal.
 */
export async function probeLocalServers(
  fetch: typeof globalThis.fetch,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly LocalServer[]> {
  const ending = new AbortController();
  const stop = () => ending.abort();
  signal.addEventListener('abort', stop, { once: true });
  const timer = clock.after(PATIENCE_MS, stop);
  try {
    if (signal.aborted) stop();
    const answers = await Promise.all(PLACES.map((place) => ask(place, fetch, ending.signal)));
    signal.throwIfAborted();
    return answers.filter((answer) => answer !== undefined);
  } finally {
    timer.dispose();
    signal.removeEventListener('abort', stop);
  }
}

async function ask(
  { name, title, port }: (typeof PLACES)[number],
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<LocalServer | undefined> {
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  try {
    const answered = await fetch(`${baseUrl}/models`, {
      signal,
      redirect: 'error',
      headers: { accept: 'application/json' },
    });
    if (!answered.ok) {
      await answered.body?.cancel();
      return undefined;
    }
    const models = modelsOf(await beginning(answered));
    return models === undefined ? undefined : { name, title, baseUrl, models };
  } catch {
    return undefined;
  }
}

/** At most so much of the body: whoever listens there is a stranger. */
async function beginning(answered: Response): Promise<string> {
  if (answered.body === null) return '';
  const decoder = new TextDecoder();
  const reader = answered.body.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    if (text.length <= LONGEST_ANSWER) continue;
    await reader.cancel();
    return '';
  }
}

/** The ids in OpenAI's list of models; undefined when it is none. */
function modelsOf(text: string): readonly string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { object, data } = value as { object?: unknown; data?: unknown };
  if (object !== 'list') return undefined;
  // Ollama says null where there is no model yet.
  if (data === null) return [];
  if (!Array.isArray(data)) return undefined;
  const ids = data.map((item: unknown) => (item as { id?: unknown } | null)?.id);
  return ids.every((id) => typeof id === 'string' && id !== '') ? (ids as string[]) : undefined;
}

/** How a server that was found is asked. Its models come after everything that the person set up. */
export function settingsOfLocalServer(server: LocalServer, place: number): ProviderSettings {
  const model = chattingModel(server.models);
  return {
    ...compatibleServer(server.name, place),
    title: server.title,
    priority: 100 + place,
    baseUrl: server.baseUrl,
    keyless: true,
    keyNames: [],
    ...(model !== undefined && { defaultModel: model }),
  };
}

/** The first model that is not known by its name to do something else than to answer. */
function chattingModel(models: readonly string[]): string | undefined {
  return models.find((id) => !/embed|rerank|whisper|tts|bge-|clip/i.test(id));
}

/** One provider as the choice sees it. */
export interface Candidate {
  readonly settings: ProviderSettings;
  /** What is asked when nobody names a model. */
  readonly model?: string;
  /** "no key", "switched off": why it cannot be asked; absent when it can. */
  readonly unusable?: string;
  /** "key in ANTHROPIC_API_KEY", "needs no key". */
  readonly because?: string;
}

export interface AutomaticModel {
  /** Absent: the local engine. */
  readonly model?: ModelRef;
  /** Every rung that was looked at, first first: "Claude: no key". */
  readonly why: readonly string[];
}

/**
 * Who answers when nobody is named: a provider with a key or a server that was set up, else the editor's models, else a server
 * on this machine that answers, else the local engine. `servers`: undefined when nobody looked.
 */
export function automaticChoice(
  candidates: readonly Candidate[],
  servers: readonly LocalServer[] | undefined,
): AutomaticModel {
  const why: string[] = [];
  const ordered = [...candidates].sort((a, b) => a.settings.priority - b.settings.priority);
  const isEditor = ({ settings }: Candidate) => settings.kind === 'vscode';
  const rungs = [...ordered.filter((one) => !isEditor(one)), ...ordered.filter(isEditor)];
  for (const { settings, model, unusable, because } of rungs) {
    if (unusable !== undefined) why.push(`${settings.title}: ${unusable}`);
    else if (model === undefined) why.push(`${settings.title}: no model is chosen`);
    else {
      why.push(`${settings.title}: ${because ?? 'can be asked'}, model ${model}`);
      return { model: { provider: settings.name, model }, why };
    }
  }
  for (const server of servers ?? []) {
    const model = chattingModel(server.models);
    if (model === undefined) why.push(`${server.title}: answers, and offers no model`);
    else {
      why.push(`${server.title}: answers on this machine, model ${model}`);
      return { model: { provider: server.name, model }, why };
    }
  }
  if (servers?.length === 0) why.push('No model server answers on this machine');
  why.push('Local engine: rules, no AI model');
  return { why };
}
