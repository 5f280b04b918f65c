import type { Connection } from '../../../../src/core/providers/connection';
import type {
  ChatAnswer,
  ChatEvent,
  ChatOptions,
  ChatRequest,
} from '../../../../src/core/providers/provider';
import type { ProviderSettings } from '../../../../src/core/providers/model-settings';
import { factsOf, type ProviderErrorFacts } from '../../../../src/core/providers/provider-error';
import { connectBuilt } from '../../../support/built-providers';
import { chatOptions, connectionTo, requestOf, type WireKind } from '../../../support/provider-connection';

export interface Asked {
  /** The finish of an answer, the fault of a failure, or "cancelled". */
  readonly verdict: string;
  readonly answer?: ChatAnswer;
  readonly facts?: ProviderErrorFacts;
  readonly error?: Error;
  readonly told: readonly ChatEvent[];
}

export interface Asking {
  readonly options?: Partial<ChatOptions>;
  readonly request?: Partial<ChatRequest>;
  readonly settings?: Partial<ProviderSettings>;
  readonly connection?: Partial<Connection>;
  readonly text?: string;
}

/** Asks once, through the bundle, and says what came of it. */
export async function askBuilt(kind: WireKind, url: string, asking: Asking = {}): Promise<Asked> {
  const provider = await connectBuilt(connectionTo(kind, url, asking.settings, asking.connection));
  const told: ChatEvent[] = [];
  const onEvent = (event: ChatEvent) => void told.push(event);
  const request = requestOf(asking.text ?? 'What is a baton?', asking.request);
  try {
    const answer = await provider.chat(request, chatOptions({ onEvent, ...asking.options }));
    return { verdict: answer.finish, answer, told };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'CancelledError') return { verdict: 'cancelled', error, told };
    const facts = factsOf(error);
    if (facts === undefined) throw error;
    return { verdict: facts.fault, facts, error, told };
  }
}
