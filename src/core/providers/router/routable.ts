import type { ModelRef } from '../../model/model-call';
import type { ModelFacts } from '../model-facts';
import type { ProviderSettings } from '../model-settings';
import type { ChatProvider } from '../provider';

/** A provider as the router gets it: set up, perhaps not connected yet. */
export interface Routable {
  readonly settings: ProviderSettings;
  /** Connects when first needed; once connected, there is nothing to wait for. */
  readonly provider: () => ChatProvider | Promise<ChatProvider>;
  /** Why it cannot be asked at all: "no key", "switched off". Absent: usable. */
  readonly unusable?: string;
  /** Asked when a step names no model. */
  readonly model?: string;
}

/** A provider's model that could answer. */
export interface Candidate {
  readonly ref: ModelRef;
  readonly routable: Routable;
  readonly title: string;
  readonly facts: ModelFacts | undefined;
}
