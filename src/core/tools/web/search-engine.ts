import type { ServiceRequest } from '../services/ask-service';

/** Gives a secret when it is needed, undefined when there is none. */
export type Secret = () => Promise<string | undefined>;

/** A search service that the person set up. */
export interface SearchEngine {
  /** "Brave Search". */
  readonly title: string;
  /** Asked for only when a search runs. Undefined: the service wants none. */
  readonly key?: Secret;
  /** True where nothing is found without a key. */
  readonly needsKey: boolean;
  request(query: string, count: number, key: string | undefined): ServiceRequest;
  /** What an answer of status 200 found, in its order. */
  results(body: unknown): readonly SearchResult[];
}

export interface SearchResult {
  readonly title: string;
  readonly url: string;
  readonly snippet: string;
}
