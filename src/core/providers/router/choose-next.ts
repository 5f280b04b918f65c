import { availabilityOf } from './availability';
import { FAULT_POLICY } from '../fault-policy';
import type { Health } from '../health/health';
import type { ProviderErrorFacts } from '../provider-error';
import { isRefusedConnection } from './refused-connection';
import type { Candidate } from './routable';

/*
 * owns: in which order the candidates of one call are asked, asked again, and waited for.
 * does not own: asking, money, events. Pure but for the jitter and what `Health` says of now.
 * must stay true: at most `MOST_PER_PROVIDER` requests to one provider and `MOST_PER_CALL` for the call, whatever fails how.
 */

const MOST_PER_PROVIDER = 3;
const MOST_PER_CALL = 6;
/** A 429 that is over sooner is waited for where it came from. */
const SOON_MS = 2_000;
/** Nobody is waited for longer. The person's own limit per minute never asks for more, however long the queue. */
const PATIENCE_MS = 60_000;

/** What one call has seen of one candidate. */
export interface Runner {
  readonly candidate: Candidate;
  requests: number;
  /** fresh: not asked yet; retrying: once more at once; passed: the next one's turn; out: not in this call. */
  turn: 'fresh' | 'retrying' | 'passed' | 'out';
  /** Not asked again before; monotonic. */
  notBefore: number;
  /** Why it did not answer, after its name. */
  because?: string;
}

export interface Next {
  readonly runner: Runner;
  /** Monotonic; in the past: now. */
  readonly at: number;
}

export function runnersOf(candidates: readonly Candidate[]): readonly Runner[] {
  return candidates.map((candidate) => ({ candidate, requests: 0, turn: 'fresh', notBefore: 0 }));
}

/** Notes a failure: what it means for the one that failed, and for the others where a longer request is concerned. */
export function noteFailure(
  runner: Runner,
  runners: readonly Runner[],
  { facts, error }: { readonly facts: ProviderErrorFacts; readonly error: unknown },
  { now, random }: { readonly now: number; readonly random: number },
): void {
  const policy = FAULT_POLICY[facts.fault];
  runner.because = policy.words;
  if (policy.fallback === 'never') for (const other of runners) other.turn = 'out';
  if (policy.fallback === 'bigger-context') leaveOutSmaller(runner, runners);
  if (!policy.waitingHelps) {
    runner.turn = 'out';
    return;
  }
  const says = policy.retry === 'once' || (policy.retry === 'when-soon' && facts.retryAfterMs !== undefined);
  const isAgainAtOnce = runner.turn === 'fresh' && says && !isRefusedConnection(facts, error);
  runner.turn = isAgainAtOnce ? 'retrying' : 'passed';
  runner.notBefore = now + backOff(runner.requests, random);
}

/** A quarter to three quarters of a second before the second request, then two seconds and more. */
function backOff(requests: number, random: number): number {
  return requests <= 1 ? 250 + 500 * random : 1000 * 2 ** (requests - 1) * (1 + random / 4);
}

function leaveOutSmaller(runner: Runner, runners: readonly Runner[]): void {
  const size = contextOf(runner) ?? 0;
  for (const other of runners) if ((contextOf(other) ?? 0) <= size) other.turn = 'out';
}

function contextOf({ candidate }: Runner): number | undefined {
  const context = candidate.facts?.context;
  return context !== undefined && Number.isFinite(context) ? context : undefined;
}

/** Who is asked next, and when; undefined when nobody can be. */
export function chooseNext(runners: readonly Runner[], health: Health, now: number): Next | undefined {
  let sent = 0;
  for (const { requests } of runners) sent += requests;
  if (sent >= MOST_PER_CALL) return undefined;
  const [first] = runners;
  if (sent === 0 && first?.turn === 'fresh' && first.notBefore <= now && hasRequests(first, runners)) {
    const availability = availabilityOf(first.candidate, health, now);
    if (availability.status === 'free' || availability.status === 'resting')
      return { runner: first, at: first.notBefore };
  }
  const possible = runners.flatMap((runner) => placed(runner, health, now));
  const retrying = possible.find(({ runner, at }) => runner.turn === 'retrying' && at - now <= SOON_MS);
  if (retrying !== undefined && hasRequests(retrying.runner, runners)) return retrying;
  const fresh = possible.filter(({ runner }) => runner.turn === 'fresh' && hasRequests(runner, runners));
  // Who is free comes first. Back-off is for the last one that could still answer; the others had their turn.
  const last = possible.findLast(({ runner }) => runner.turn !== 'fresh');
  // One request is kept for each that was never asked, however long it rests: it may be the only one that is well.
  const isLeft = sent + fresh.length < MOST_PER_CALL;
  const again = isLeft && last !== undefined && hasRequests(last.runner, runners) ? [last] : [];
  return [...fresh, ...again].sort((a, b) => a.at - b.at)[0];
}

/** When a runner may be asked; empty when it is out of the call, or would be waited for too long. */
function placed(runner: Runner, health: Health, now: number): readonly Next[] {
  if (runner.turn === 'out') return [];
  const availability = availabilityOf(runner.candidate, health, now);
  if (availability.status === 'blocked') return [];
  if (availability.status !== 'later') return [{ runner, at: runner.notBefore }];
  if (availability.at - now > PATIENCE_MS) return [];
  return [{ runner, at: Math.max(runner.notBefore, availability.at) }];
}

/** Of one provider, over all of its models in the chain. */
function hasRequests(runner: Runner, runners: readonly Runner[]): boolean {
  const { settings } = runner.candidate.routable;
  let sent = 0;
  for (const { candidate, requests } of runners)
    if (candidate.ref.provider === settings.name) sent += requests;
  return sent < Math.min(settings.maxRetries + 1, MOST_PER_PROVIDER);
}
