import type { Clock } from '../base/clock';
import type { Ids } from '../host';
import type { ProviderSettings } from './model-settings';

/** What an adapter needs to reach its provider. */
export interface Connection {
  readonly settings: ProviderSettings;
  readonly key?: string;
  /** The host's. In an editor it knows the person's proxy and certificates. */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** For the ids of tool calls where a vendor gives none. */
  readonly ids: Pick<Ids, 'next'>;
}
