import type { ProviderErrorFacts } from '../provider-error';

const NOBODY_THERE = /\b(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)\b/;

/**
 * True when nobody is there to take the connection: asking again at once finds nobody either. A connection that
 * breaks, or a name that could not be looked up this time (EAI_AGAIN), is another matter.
 */
export function isRefusedConnection(facts: ProviderErrorFacts, error: unknown): boolean {
  if (facts.fault !== 'network') return false;
  if (facts.raw !== undefined && NOBODY_THERE.test(facts.raw)) return true;
  let cause: unknown = error;
  for (let depth = 0; depth < 6 && cause instanceof Error; depth++) {
    if ('code' in cause && typeof cause.code === 'string' && NOBODY_THERE.test(cause.code)) return true;
    // Node tries each address of a name, and tells of all of them at once.
    const first: unknown = 'errors' in cause && Array.isArray(cause.errors) ? cause.errors[0] : undefined;
    cause = first ?? cause.cause;
  }
  return false;
}
