import type { ProviderName } from './model-call';

/** Names that need no set-up of their own. "local" is the local engine, which asks no model. */
export const KNOWN_PROVIDERS = ['claude', 'gemini', 'openai', 'vscode', 'local'] as const;

const ALIASES: Readonly<Record<string, (typeof KNOWN_PROVIDERS)[number]>> = {
  anthropic: 'claude',
  'claude-code': 'claude',
  google: 'gemini',
  'gemini-cli': 'gemini',
  'google-gemini': 'gemini',
  'open-ai': 'openai',
  copilot: 'vscode',
  'vscode-lm': 'vscode',
  'vscode.lm': 'vscode',
};

/** All words for a known provider, its own name first. */
export const PROVIDER_WORDS: readonly string[] = [...KNOWN_PROVIDERS, ...Object.keys(ALIASES)];

/** The name that settings and events use for a provider, however people write it; other names stay as they are. */
export function canonicalProvider(name: string): ProviderName {
  const plain = name.trim();
  const folded = plain.toLowerCase().replaceAll('_', '-');
  const known = KNOWN_PROVIDERS.find((candidate) => candidate === folded);
  return known ?? (Object.hasOwn(ALIASES, folded) ? ALIASES[folded]! : plain);
}
