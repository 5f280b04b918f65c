import { BatonError, messageOf } from '../../model/errors';
import type { Unanswered } from '../../model/unanswered';
import { availabilityOf } from './availability';
import type { Runner } from './choose-next';
import type { Health } from '../health/health';
import { inWords } from './plan-route';
import type { ProviderErrorFacts } from '../provider-error';
import { NobodyAnswered } from '../routing';
import type { Candidate } from './routable';

/** What the call comes to when its last failure is not the provider's but the request's: asking others would not have helped. */
export function callFailure(
  candidate: Candidate,
  { fault }: ProviderErrorFacts,
  cause: unknown,
): BatonError | undefined {
  if (fault === 'content-blocked') return new BatonError('content-blocked', messageOf(cause), { cause });
  if (fault !== 'context-too-long') return undefined;
  const message = `The request is too long for ${candidate.ref.model} of ${candidate.title}, and no model that could be asked takes more.`;
  return new BatonError('context-too-long', message, { cause });
}

/** `providers-failed`: every provider and why, who was asked first. */
export function providersFailed(
  runners: readonly Runner[],
  leftOut: readonly Unanswered[],
  health: Health,
  now: number,
): NobodyAnswered {
  const reasons = runners.map(({ candidate, requests, because }): Unanswered => {
    const who = { provider: candidate.ref.provider, title: candidate.title };
    const times = requests > 1 ? ` (${requests} requests)` : '';
    if (because !== undefined) return { ...who, standing: 'failed', why: `${because}${times}` };
    const availability = availabilityOf(candidate, health, now);
    const isFree = availability.status === 'free' || availability.status === 'resting';
    const why = isFree ? 'not asked' : inWords(availability, now);
    return { ...who, standing: 'unable', why };
  });
  return new NobodyAnswered('providers-failed', 'No model answered', [...reasons, ...leftOut]);
}
