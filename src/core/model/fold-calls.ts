import type { RunEvent } from './events';
import type { StepKey } from './ids';
import type { CallUsage, ModelCall, ModelRef, Spending } from './model-call';

type CallEvent = Extract<RunEvent, { type: 'routing-decision' | 'call-failed' | 'call-answered' }>;

/** The part of a run's state that its model calls make. */
export interface CallsState {
  spent: Spending;
  calls: Record<StepKey, readonly ModelCall[]>;
}

/** The calls and what they cost after one more event about one of them. */
export function foldCall(state: CallsState, event: CallEvent): void {
  const own = state.calls[event.step] ?? [];
  const at = own.findLastIndex(({ attempt, call }) => attempt === event.attempt && call === event.call);
  const before = own[at];
  const { next, booked, model } = afterCallEvent(before, event);
  if (booked !== undefined) state.spent = book(state.spent, model, booked);
  if (event.type === 'call-answered') state.spent = counted(state.spent, event.cached === true);
  state.calls[event.step] = before === undefined ? [...own, next] : own.with(at, next);
}

/** Calls of a step whose answer will never be recorded: what was held back for them counts as spent. */
export function loseCalls(state: CallsState, step: StepKey, at: number): void {
  const own = state.calls[step];
  if (own === undefined || own.every(({ status }) => status !== 'asked')) return;
  state.calls[step] = own.map((call): ModelCall => {
    if (call.status !== 'asked') return call;
    const { reserved, ...rest } = call;
    if (reserved === undefined) return { ...rest, status: 'lost', endedAt: at };
    const usage: CallUsage = { ...reserved, estimated: true };
    state.spent = counted(book(state.spent, call.chosen, usage), false);
    return { ...rest, status: 'lost', usage, endedAt: at };
  });
}

function afterCallEvent(
  before: ModelCall | undefined,
  event: CallEvent,
): { readonly next: ModelCall; readonly booked?: CallUsage; readonly model: ModelRef } {
  const { step, attempt, call, at } = event;
  switch (event.type) {
    case 'routing-decision': {
      const { chosen, chain, why, reserved } = event;
      const askedAt = before?.askedAt ?? at;
      const failures = before?.failures ?? [];
      const next: ModelCall = {
        step,
        attempt,
        call,
        status: 'asked',
        chosen,
        chain: before?.chain ?? chain,
        why,
        failures,
        reserved,
        askedAt,
      };
      return { next, model: chosen };
    }
    case 'call-failed': {
      const { model, fault, message, usage } = event;
      const known = before ?? unknownCall(event, model);
      const failures = [...known.failures, { model, fault, message, ...(usage !== undefined && { usage }) }];
      const { reserved } = known;
      const rest = settled(known);
      const waits = event.waitMs !== undefined && event.waitMs > 0;
      const next: ModelCall =
        event.next === 'give-up'
          ? { ...rest, failures, status: 'failed', endedAt: at }
          : {
              ...rest,
              failures,
              ...(waits && { waitUntil: event.at + (event.waitMs ?? 0) }),
              ...(reserved !== undefined && event.next === 'retry' && { reserved }),
            };
      return { next, model, ...(usage !== undefined && { booked: usage }) };
    }
    case 'call-answered': {
      const { model, usage, cutInput, cached, latencyMs } = event;
      const known = before ?? unknownCall(event, model);
      const next: ModelCall = {
        ...settled(known),
        status: 'answered',
        chosen: model,
        usage,
        ...(cutInput && { cutInput }),
        ...(cached && { cached }),
        latencyMs,
        endedAt: at,
      };
      return { next, model, ...(cached !== true && { booked: usage }) };
    }
    default:
      return event satisfies never;
  }
}

function settled(call: ModelCall): ModelCall {
  const copy: { -readonly [Key in keyof ModelCall]: ModelCall[Key] } = { ...call };
  delete copy.reserved;
  delete copy.waitUntil;
  return copy;
}

/** A cached answer has no decision before it. */
function unknownCall({ step, attempt, call, at }: CallEvent, model: ModelRef): ModelCall {
  return {
    step,
    attempt,
    call,
    status: 'asked',
    chosen: model,
    chain: [model],
    why: '',
    failures: [],
    askedAt: at,
  };
}

function book(spent: Spending, { provider, model }: ModelRef, usage: CallUsage): Spending {
  const name = `${provider}/${model}`;
  const isUnpriced = usage.usd === undefined && !spent.unpriced.includes(name);
  return {
    ...spent,
    inputTokens: spent.inputTokens + usage.inputTokens,
    outputTokens: spent.outputTokens + usage.outputTokens,
    usd: spent.usd + (usage.usd ?? 0),
    estimated: spent.estimated || usage.estimated,
    unpriced: isUnpriced ? [...spent.unpriced, name] : spent.unpriced,
  };
}

function counted(spent: Spending, isCached: boolean): Spending {
  return isCached ? { ...spent, cachedCalls: spent.cachedCalls + 1 } : { ...spent, calls: spent.calls + 1 };
}
