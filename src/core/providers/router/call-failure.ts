import { BatonError, messageOf } from '../../model/errors';
import { availabilityOf } from './availability';
import type { Runner } from './choose-next';
import type { Health } from '../health/health';
import { inWords } from './plan-route';
import type { ProviderErrorFacts } from '../provider-error';
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

/** `providers-failed`: every provider and why, in one line for people. */
export function providersFailed(
  runners: readonly Runner[],
  leftOut: readonly string[],
  health: Health,
  now: number,
): BatonError {
  const reasons = runners.map((runner) => {
    const { candidate, requests } = runner;
    const times = requests > 1 ? ` (${requests} requests)` : '';
    if (runner.because !== undefined) return `${candidate.title} ${runner.because}${times}`;
    const availability = availabilityOf(candidate, health, now);
    return `${candidate.title}: ${availability.status === 'free' ? 'not asked' : inWords(availability, now)}`;
  });
  return new BatonError('providers-failed', `No model answered: ${[...reasons, ...leftOut].join('; ')}.`);
}
