import { providerTitle } from '../../model/fault-words';
import { defaultModelOf } from '../model-facts';
import type { ProviderSettings } from '../model-settings';

const MAX_RETRIES = 2;
const TIMEOUT_MS = 120_000;
/** Servers that the person added come after the known providers. */
const FIRST_COMPATIBLE_PRIORITY = 5;

const known = (
  name: string,
  title: string,
  kind: ProviderSettings['kind'],
  priority: number,
  keyNames: readonly string[],
): ProviderSettings => {
  const model = defaultModelOf(kind);
  return {
    name,
    title,
    kind,
    enabled: true,
    priority,
    ...(model !== undefined && { defaultModel: model }),
    maxRetries: MAX_RETRIES,
    timeout: TIMEOUT_MS,
    ...(kind === 'vscode' && { keyless: true as const }),
    keyNames,
  };
};

/** The providers that are there without any setting. */
export const DEFAULT_PROVIDERS: readonly ProviderSettings[] = [
  known('claude', 'Claude', 'anthropic', 1, ['ANTHROPIC_API_KEY']),
  known('gemini', 'Gemini', 'gemini', 2, ['GEMINI_API_KEY', 'GOOGLE_API_KEY']),
  known('openai', 'OpenAI', 'openai', 3, ['OPENAI_API_KEY']),
  known('vscode', 'VS Code', 'vscode', 4, []),
];

/** Environment variables that give a known provider another address. */
export const ADDRESS_NAMES: Readonly<Record<string, string>> = {
  claude: 'ANTHROPIC_BASE_URL',
  gemini: 'GOOGLE_GEMINI_BASE_URL',
  openai: 'OPENAI_BASE_URL',
};

/** A server of the person's own that speaks OpenAI's Chat Completions. */
export function compatibleServer(name: string, place: number): ProviderSettings {
  return {
    name,
    title: providerTitle(name),
    kind: 'compatible',
    enabled: true,
    priority: FIRST_COMPATIBLE_PRIORITY + place,
    maxRetries: MAX_RETRIES,
    timeout: TIMEOUT_MS,
    keyNames: [`${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_API_KEY`],
  };
}
