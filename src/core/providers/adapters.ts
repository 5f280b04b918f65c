import { CancelledError } from '../base/abort';
import { BatonError } from '../model/errors';
import type { Connection } from './connection';
import type { ChatProvider } from './provider';

export type { Connection } from './connection';

/**
 * A provider behind its vendor's package, which is loaded when first needed: each is a bundle of its own.
 * @throws BatonError "no-adapter" for the editor's own models, which the editor lends.
 */
export async function connect(connection: Connection): Promise<ChatProvider> {
  return withOwnCancellation(await adapter(connection));
}

async function adapter(connection: Connection): Promise<ChatProvider> {
  const { kind, title } = connection.settings;
  switch (kind) {
    case 'anthropic':
      return (await import('./anthropic/anthropic')).createAnthropic(connection);
    case 'gemini':
      return (await import('./gemini/gemini')).createGemini(connection);
    case 'openai':
    case 'compatible':
      return (await import('./openai/openai')).createOpenAI(connection);
    case 'vscode':
      throw new BatonError(
        'no-adapter',
        `${title} is the editor's own and cannot be connected to from here.`,
      );
    default:
      return kind satisfies never;
  }
}

const nothing = Promise.resolve(undefined);

/** The classes of a bundle are not this one's, and cancellation is told by its class everywhere else. */
function withOwnCancellation(provider: ChatProvider): ChatProvider {
  const own = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'CancelledError') throw error;
      throw signal.reason instanceof CancelledError ? signal.reason : new CancelledError();
    }
  };
  return {
    name: provider.name,
    chat: (request, options) => own(provider.chat(request, options), options.signal),
    healthCheck: (signal) => own(provider.healthCheck(signal), signal),
    models: (signal) => own(provider.models(signal), signal),
    ...(provider.countTokens !== undefined && {
      countTokens: (request, signal) => own(provider.countTokens?.(request, signal) ?? nothing, signal),
    }),
  };
}
