import type { CallFault } from '../model/model-call';

/** What follows from one kind of failure. */
export interface FaultPolicy {
  /**
   * The same provider once more, within a second, before the next one is asked. "when-soon": only if what it asks for
   * (Retry-After) ends within two seconds.
   */
  readonly retry: 'once' | 'when-soon' | 'never';
  /** at-once: another one may do better. bigger-context: only one that takes more. never: the answer would be dodged, not found. */
  readonly fallback: 'at-once' | 'bigger-context' | 'never';
  /** On the last candidate: whether waiting may help. */
  readonly waitingHelps: boolean;
  /** Counts for the circuit breaker: the provider failed, not the request, the key or the network's owner. */
  readonly countsForCircuit: boolean;
  /** Who is left out of later calls, until its key or settings change. "model": for a while. */
  readonly blocks?: 'auth' | 'quota' | 'model';
  /**
   * What it cost when the adapter does not say. nothing: it was refused before any work; begun: what was sent and what was seen
   * of the answer; worst: nobody knows, so no budget may count on less.
   */
  readonly cost: 'nothing' | 'begun' | 'worst';
  /** After the provider's name: "Claude is overloaded". */
  readonly words: string;
}

const failed = {
  retry: 'once',
  fallback: 'at-once',
  waitingHelps: true,
  countsForCircuit: true,
  cost: 'nothing',
} as const;
const refused = {
  retry: 'never',
  fallback: 'at-once',
  waitingHelps: false,
  countsForCircuit: false,
  cost: 'nothing',
} as const;

/** Every fault, and what the router does about it. The order of retry and fallback of a whole call follows from this table alone. */
export const FAULT_POLICY: Readonly<Record<CallFault, FaultPolicy>> = {
  'rate-limited': { ...failed, retry: 'when-soon', words: 'asks for fewer requests' },
  overloaded: { ...failed, words: 'is overloaded' },
  server: { ...failed, words: 'has an error of its own' },
  network: { ...failed, words: 'cannot be reached' },
  // The wait for it was long already: whoever is next is asked at once.
  timeout: { ...failed, retry: 'never', cost: 'worst', words: 'took too long' },
  incomplete: { ...failed, cost: 'begun', words: 'ended in the middle of its answer' },
  'invalid-response': { ...failed, cost: 'begun', words: 'answered with something that is no answer' },
  'malformed-tool-call': { ...failed, cost: 'begun', words: 'called a tool in a way that cannot be read' },
  'not-the-provider': { ...refused, waitingHelps: true, words: 'is hidden behind a page of another server' },
  quota: { ...refused, blocks: 'quota', words: 'has no money or quota left' },
  auth: { ...refused, blocks: 'auth', words: 'refuses the key' },
  'model-gone': { ...refused, blocks: 'model', words: 'does not have the model' },
  'context-too-long': { ...refused, fallback: 'bigger-context', words: 'takes no request of this length' },
  // Another model is not asked until one agrees: the refusal is the answer.
  'content-blocked': { ...refused, fallback: 'never', cost: 'begun', words: 'declined to answer' },
  'invalid-request': { ...refused, words: 'does not take the request' },
  tls: { ...refused, words: 'has a certificate that is not trusted here' },
  proxy: { ...refused, words: 'is behind a proxy that wants a login' },
};
