/*
 * owns: one call: who is asked when, what is told of it, and that each reservation ends in exactly one settlement or release.
 * does not own: the order (choose-next), one request (one-request), what is remembered of providers (health).
 * must stay true: nothing leaves before its money is held back and its decision is recorded; when the call ends, nothing is held.
 */
import type { Clock } from '../../base/clock';
import type { Log } from '../../host';
import { messageOf } from '../../model/errors';
import { cutInputLine } from '../../model/fault-words';
import type { WorstCase } from '../../model/model-call';
import { callFailure, providersFailed } from './call-failure';
import { nobody } from './candidates';
import { chooseNext, noteFailure, runnersOf, type Next, type Runner } from './choose-next';
import { FAULT_POLICY } from '../fault-policy';
import type { Circuit } from '../health/circuit';
import type { Health } from '../health/health';
import type { ModelHealth } from '../health/model-health';
import type { ClaimedPlace } from '../health/request-log';
import { sendOne, type RequestEnd } from './one-request';
import { HeldMoney } from './held-money';
import { cancelledBy, orCancelled, pause, throwIfCancelled } from './cancellation';
import type { Plan } from './plan-route';
import { worstCase } from '../pricing';
import type { ChatProvider, ChatRequest, ChatTimeouts } from '../provider';
import type { RoutedAnswer, RoutedCall, RouterEvent } from '../routing';
import { requestFor } from './translate-request';

export interface AskParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly health: Health;
  readonly plan: Plan;
  readonly timeoutsOf: (runner: Runner) => ChatTimeouts;
}

/** A request as one runner gets it, and what it may cost there. */
interface Prepared {
  readonly request: ChatRequest;
  readonly worst: WorstCase;
}

type Failed = Extract<RequestEnd, { type: 'failed' }>;

/** One answer, or an error as `ModelRouter.ask` says. */
export async function ask(call: RoutedCall, parts: AskParts): Promise<RoutedAnswer> {
  const { clock, health, plan, log } = parts;
  const { signal } = call;
  if (plan.chain.length === 0 && !signal.aborted) throw nobody(call.wish, plan.leftOut);
  const runners = runnersOf(plan.chain);
  const money = new HeldMoney(call.purse, signal);
  const prepared = new Map<Runner, Prepared>();
  let why = plan.why;
  let requests = 0;
  let hasShownText = false;
  let hasToldOfWait = false;
  let lastFailure: { readonly runner: Runner; readonly end: Failed } | undefined;

  const tell = (event: RouterEvent): Promise<void> => {
    log.info(inOneLine(event));
    return call.onEvent(event);
  };
  const prepare = (runner: Runner): Prepared => {
    const known = prepared.get(runner);
    if (known !== undefined) return known;
    const { candidate } = runner;
    const request = requestFor(candidate, call.request);
    const made = { request, worst: worstCase(request, candidate.facts) };
    prepared.set(runner, made);
    return made;
  };

  /** Holds the money, tells the decision, asks. Undefined when the provider could not even be connected. */
  const askOnce = async (
    runner: Runner,
    standing: ModelHealth,
    place: ClaimedPlace,
  ): Promise<RequestEnd | undefined> => {
    const { candidate } = runner;
    let provider: ChatProvider;
    try {
      const connected = candidate.routable.provider();
      provider = connected instanceof Promise ? await orCancelled(connected, signal) : connected;
    } catch (error) {
      if (signal.aborted) throw cancelledBy(signal);
      runner.turn = 'out';
      runner.because = `cannot be set up: ${messageOf(error)}`;
      log.error(`${candidate.title} ${runner.because}`, error);
      return undefined;
    }
    const { request, worst } = prepare(runner);
    if (!money.isFor(candidate.ref)) {
      await money.hold(candidate.ref, worst);
      const chain = [candidate.ref];
      for (const other of runners)
        if (other !== runner && other.turn !== 'out') chain.push(other.candidate.ref);
      await tell({ type: 'routing-decision', chosen: candidate.ref, chain, why, reserved: worst });
    }
    throwIfCancelled(signal);
    place.leave();
    runner.requests += 1;
    requests += 1;
    return await sendOne({
      candidate,
      provider,
      request,
      worst,
      signal,
      timeouts: parts.timeoutsOf(runner),
      clock,
      health: standing,
      onText: (text) => {
        hasShownText = true;
        call.onText(text);
      },
      onUsage: call.onUsage,
    });
  };

  /** Books what it cost, tells what follows, and takes back the text that was shown. */
  const failed = async (runner: Runner, end: Failed): Promise<void> => {
    const { candidate } = runner;
    const now = clock.monotonic();
    lastFailure = { runner, end };
    noteFailure(runner, runners, end, { now, random: parts.random() });
    const next = chooseNext(runners, health, now);
    const isRetry = next?.runner === runner;
    if (hasShownText) call.onVoid(`${candidate.title} ${FAULT_POLICY[end.facts.fault].words}`);
    hasShownText = false;
    let overBudget: unknown;
    if (end.usage !== undefined) {
      await money.book(end.usage);
      if (isRetry)
        await money
          .hold(candidate.ref, prepare(runner).worst)
          .catch((error: unknown) => (overBudget = error));
    } else if (!isRetry) await money.free();
    const follows = overBudget === undefined ? kindOf(next, runner) : 'give-up';
    await tell({
      type: 'error',
      model: candidate.ref,
      attempt: requests,
      fault: end.facts.fault,
      message: messageOf(end.error),
      next: follows,
      waitMs: follows === 'give-up' ? 0 : Math.max(0, Math.round((next?.at ?? now) - now)),
      ...(end.usage && { usage: end.usage }),
    });
    if (overBudget !== undefined) throw overBudget as Error;
    why = whyNext(next, runner);
  };

  try {
    throwIfCancelled(signal);
    for (;;) {
      const now = clock.monotonic();
      const next = chooseNext(runners, health, now);
      if (next === undefined) throw failureOf();
      if (next.at > now) {
        if (!hasToldOfWait)
          log.info(`Waiting ${Math.round(next.at - now)} ms for ${next.runner.candidate.title}.`);
        hasToldOfWait = true;
        await pause(clock, next.at - now, health.onDidChange, signal);
        continue;
      }
      const { runner } = next;
      const model = runner.candidate.ref;
      const standing = health.model(model);
      const { circuit } = standing;
      // Taken in the same turn of the event loop in which it was found free: parallel calls never share the last place.
      const place = standing.account.requests.claim();
      standing.leaves();
      let end: RequestEnd | undefined;
      try {
        if (circuit.isClosed) {
          end = await askOnce(runner, standing, place);
          if (end?.circuit === 'failed') await circuit.failed();
        } else end = await probe(circuit, () => askOnce(runner, standing, place));
      } finally {
        place.dispose();
        health.changed();
      }
      if (end === undefined) continue;
      if (end.type === 'answered') {
        const { answer, usage, latencyMs } = end;
        await money.book(usage);
        const { cutInput } = answer;
        if (cutInput !== undefined) log.warn(`${cutInputLine({ chosen: model, cutInput }) ?? ''}.`);
        await tell({ type: 'success', model, attempt: requests, latencyMs, usage });
        return { answer, model, usage, latencyMs, requests };
      }
      if (end.type === 'failed') await failed(runner, end);
      else {
        await money.book(end.usage);
        throw cancelledBy(signal);
      }
    }
  } finally {
    if (money.isHeld) await money.free();
  }

  function failureOf() {
    if (lastFailure !== undefined) {
      const { runner, end } = lastFailure;
      const own = callFailure(runner.candidate, end.facts, end.error);
      if (own !== undefined) return own;
    }
    return providersFailed(runners, plan.leftOut, health, clock.monotonic());
  }
}

/** Runs the request as the circuit's probe. What ends it without an answer or a failure says nothing about the provider. */
async function probe(
  circuit: Circuit,
  request: () => Promise<RequestEnd | undefined>,
): Promise<RequestEnd | undefined> {
  let thrown: unknown;
  const result = await circuit.probe(async () => {
    try {
      return (await request()) ?? NOTHING_SENT;
    } catch (error) {
      thrown = error;
      return NOTHING_SENT;
    }
  });
  if (thrown !== undefined) throw thrown as Error;
  return result.type === 'nothing-sent' ? undefined : result;
}

const NOTHING_SENT = { type: 'nothing-sent', circuit: 'stopped' } as const;

function kindOf(next: Next | undefined, failed: Runner): 'retry' | 'fallback' | 'give-up' {
  if (next === undefined) return 'give-up';
  return next.runner === failed ? 'retry' : 'fallback';
}

function whyNext(next: Next | undefined, failed: Runner): string {
  if (next === undefined) return '';
  const { title } = next.runner.candidate;
  const verb = next.runner.requests > 0 ? 'is asked again' : 'takes over';
  return `${title} ${verb}: ${failed.candidate.title} ${failed.because ?? 'failed'}`;
}

function inOneLine(event: RouterEvent): string {
  switch (event.type) {
    case 'routing-decision':
      return `Asking ${event.chosen.provider}/${event.chosen.model}: ${event.why}.`;
    case 'success':
      return `${event.model.provider}/${event.model.model} answered request ${event.attempt} in ${Math.round(event.latencyMs)} ms.`;
    case 'error':
      return `${event.model.provider}/${event.model.model} failed request ${event.attempt} (${event.fault}), then ${event.next}${event.waitMs > 0 ? ` in ${event.waitMs} ms` : ''}: ${event.message}`;
    default:
      return event satisfies never;
  }
}
