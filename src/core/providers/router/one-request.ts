import { CancelledError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { messageOf } from '../../model/errors';
import type { CallUsage, WorstCase } from '../../model/model-call';
import type { CircuitResult } from '../health/circuit';
import { cutInputOf } from '../cut-input';
import { FAULT_POLICY } from '../fault-policy';
import type { ModelHealth } from '../health/model-health';
import { estimateRequest, estimateTokens, priced } from '../pricing';
import type { ChatAnswer, ChatEvent, ChatProvider, ChatRequest, ChatTimeouts } from '../provider';
import { factsOf, ProviderError, type ProviderErrorFacts } from '../provider-error';
import type { Candidate } from './routable';

/** How one request ended. */
export type RequestEnd = CircuitResult &
  (
    | {
        readonly type: 'answered';
        readonly answer: ChatAnswer;
        readonly usage: CallUsage;
        readonly latencyMs: number;
      }
    | {
        readonly type: 'failed';
        readonly facts: ProviderErrorFacts;
        readonly error: unknown;
        /** Absent: it cost nothing. */
        readonly usage?: CallUsage;
      }
    /** The signal fired while it was under way: it is booked at its worst. */
    | { readonly type: 'cancelled'; readonly usage: CallUsage }
  );

export interface OneRequest {
  readonly candidate: Candidate;
  readonly provider: ChatProvider;
  readonly request: ChatRequest;
  readonly worst: WorstCase;
  readonly signal: AbortSignal;
  readonly timeouts: ChatTimeouts;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Told how it ended. */
  readonly health: Pick<ModelHealth, 'answered' | 'failed'>;
  readonly onText: (text: string) => void;
  readonly onUsage?: ((usage: CallUsage) => void) | undefined;
}

/** Sends one request and says how it ended and what it cost. Never rejects; when the signal fires, it ends as soon as the adapter does. */
export async function sendOne(one: OneRequest): Promise<RequestEnd> {
  const { candidate, provider, request, signal, clock, health } = one;
  const seen: Seen = { text: '', events: 0 };
  const begun = clock.monotonic();
  let isOver = false;
  const onEvent = (event: ChatEvent) => {
    // An adapter that goes on talking after its end is not listened to.
    if (isOver) return;
    seen.events += 1;
    if (event.type === 'text') {
      seen.text += event.text;
      one.onText(event.text);
    } else if (event.type === 'usage') {
      seen.usage = event.usage;
      one.onUsage?.(priced(event.usage, candidate.facts));
    }
  };
  try {
    const answer = await provider.chat(request, { signal, stream: true, timeouts: one.timeouts, onEvent });
    const fault = faultOfAnswer(answer);
    if (fault !== undefined)
      throw new ProviderError(
        { provider: candidate.ref.provider, fault, raw: answer.rawFinish, usage: answer.usage },
        `${candidate.title} ${FAULT_POLICY[fault].words}.`,
      );
    const latencyMs = clock.monotonic() - begun;
    health.answered(latencyMs, answer.restMs);
    // Vendors refuse what is too long; servers of one's own cut it.
    const isOwn = candidate.routable.settings.kind === 'compatible';
    const cutInput = isOwn ? cutInputOf(request, answer.usage) : undefined;
    return {
      type: 'answered',
      circuit: 'answered',
      answer: cutInput === undefined ? answer : { ...answer, cutInput },
      usage: priced(answer.usage, candidate.facts),
      latencyMs,
    };
  } catch (error) {
    if (signal.aborted)
      return { type: 'cancelled', circuit: 'stopped', usage: { ...one.worst, estimated: true } };
    const facts = factsOf(error) ?? unknownEnd(candidate, error);
    health.failed(facts, clock.monotonic() - begun);
    const usage = usageOfFailure(facts, one, seen);
    return {
      type: 'failed',
      circuit: FAULT_POLICY[facts.fault].countsForCircuit ? 'failed' : 'answered',
      facts,
      error,
      ...(usage && { usage }),
    };
  } finally {
    isOver = true;
  }
}

interface Seen {
  text: string;
  events: number;
  usage?: CallUsage;
}

/** A second look at what adapters promise: nothing that proves to be no answer is ever passed on. */
function faultOfAnswer(answer: ChatAnswer): 'incomplete' | 'malformed-tool-call' | undefined {
  if (answer.finish === 'complete' && answer.text.trim() === '') return 'incomplete';
  if (answer.finish === 'tool-calls' && answer.toolCalls.length === 0) return 'malformed-tool-call';
  return undefined;
}

/** Anything new is an answer that did not come to its end. */
function unknownEnd({ ref }: Candidate, error: unknown): ProviderErrorFacts {
  const name = error instanceof Error && !(error instanceof CancelledError) ? error.name : typeof error;
  return { provider: ref.provider, fault: 'incomplete', raw: `${name}: ${messageOf(error)}`.slice(0, 200) };
}

function usageOfFailure(
  facts: ProviderErrorFacts,
  { candidate, request, worst }: OneRequest,
  seen: Seen,
): CallUsage | undefined {
  if (facts.usage !== undefined) return priced(facts.usage, candidate.facts);
  const { cost } = FAULT_POLICY[facts.fault];
  if (cost === 'worst') return { ...worst, estimated: true };
  if (cost === 'nothing' && seen.events === 0) return undefined;
  const outputTokens = Math.max(seen.usage?.outputTokens ?? 0, estimateTokens(seen.text));
  const inputTokens = seen.usage?.inputTokens ?? estimateRequest(request);
  return priced({ ...seen.usage, inputTokens, outputTokens, estimated: true }, candidate.facts);
}
