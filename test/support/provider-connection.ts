import { systemClock } from '../../src/core/base/clock';
import { neverAborted } from '../../src/core/base/abort';
import { createNodeIds } from '../../src/core/node-ids';
import type { Connection } from '../../src/core/providers/connection';
import type { ProviderSettings } from '../../src/core/providers/model-settings';
import type { ChatOptions, ChatRequest } from '../../src/core/providers/provider';

export type WireKind = 'anthropic' | 'gemini' | 'openai' | 'compatible';
export const wireKinds: readonly WireKind[] = ['anthropic', 'gemini', 'openai', 'compatible'];

const titles = { anthropic: 'Claude', gemini: 'Gemini', openai: 'OpenAI', compatible: 'Ollama' } as const;
const names = { anthropic: 'claude', gemini: 'gemini', openai: 'openai', compatible: 'ollama' } as const;

/** Where each vendor's paths begin under a server that speaks them all. */
function baseUrlOf(kind: WireKind, url: string): string {
  return kind === 'openai' || kind === 'compatible' ? `${url}/v1` : url;
}

export function connectionTo(
  kind: WireKind,
  url: string,
  settings: Partial<ProviderSettings> = {},
  rest: Partial<Connection> = {},
): Connection {
  return {
    settings: {
      name: names[kind],
      title: titles[kind],
      kind,
      enabled: true,
      priority: 1,
      maxRetries: 2,
      timeout: 60_000,
      keyNames: [],
      baseUrl: baseUrlOf(kind, url),
      ...settings,
    },
    key: 'key-for-tests',
    fetch: globalThis.fetch,
    clock: systemClock,
    ids: createNodeIds(),
    ...rest,
  };
}

export function requestOf(text: string, rest: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'model-for-tests',
    messages: [{ role: 'user', text }],
    tools: [],
    maxOutputTokens: 1000,
    ...rest,
  };
}

export function chatOptions(rest: Partial<ChatOptions> = {}): ChatOptions {
  return {
    signal: neverAborted,
    stream: true,
    timeouts: { firstByte: 10_000, idle: 10_000, total: 10_000 },
    ...rest,
  };
}
