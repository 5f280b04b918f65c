/* Providers that answer as a script says, a purse that counts, and time that passes only when nothing else can happen. */
import { neverAborted } from '../../../../src/core/base/abort';
import type { Log } from '../../../../src/core/host';
import type { CallFault, CallUsage, ModelRef, WorstCase } from '../../../../src/core/model/model-call';
import type { ModelFacts } from '../../../../src/core/providers/model-facts';
import type { ProviderSettings } from '../../../../src/core/providers/model-settings';
import type {
  ChatAnswer,
  ChatOptions,
  ChatProvider,
  ChatRequest,
} from '../../../../src/core/providers/provider';
import { ProviderError } from '../../../../src/core/providers/provider-error';
import {
  createRouter,
  type Routable,
  type Router,
  type RouterOptions,
} from '../../../../src/core/providers/router';
import { orCancelled } from '../../../../src/core/providers/router/cancellation';
import type { Purse, RoutedAnswer, RoutedCall, RouterEvent } from '../../../../src/core/providers/routing';
import { settleDown, type SimulatedClock } from '../../engine/simulated-clock';

/** One request's end. A bare fault, or more of it; `hangs` ends only when it is cancelled. */
export type Scripted =
  | CallFault
  | {
      readonly answers: string;
      readonly takesMs?: number;
      readonly finish?: ChatAnswer['finish'];
      readonly restMs?: number;
    }
  | {
      readonly fault: CallFault;
      readonly retryAfterMs?: number;
      readonly raw?: string;
      readonly says?: string;
      readonly usage?: CallUsage;
      readonly takesMs?: number;
    }
  | { readonly throws: unknown }
  | { readonly hangs: true };

export interface ScriptedProvider extends Routable {
  /** Requests that reached it, with the monotonic time at which they did. */
  readonly got: { readonly at: number; readonly request: ChatRequest; readonly options: ChatOptions }[];
}

export const usage = { inputTokens: 100, outputTokens: 50, estimated: false };

/** After its script, or with an empty one, it answers with its name. */
export function scripted(
  clock: SimulatedClock,
  name: string,
  script: Scripted[] | (() => Scripted) = [],
  settings: Partial<ProviderSettings> = {},
): ScriptedProvider {
  const got: ScriptedProvider['got'] = [];
  const forever = new Promise<never>(() => {});
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  const provider: ChatProvider = {
    name,
    async chat(request, options) {
      got.push({ at: clock.monotonic(), request, options });
      const step = (typeof script === 'function' ? script() : script.shift()) ?? { answers: name };
      if (typeof step === 'string')
        throw new ProviderError({ provider: name, fault: step }, `${name}: ${step}.`);
      if ('hangs' in step) return orCancelled(forever, options.signal);
      if ('throws' in step) throw step.throws;
      if (step.takesMs !== undefined) await orCancelled(pause(step.takesMs), options.signal);
      if ('answers' in step) {
        options.onEvent?.({ type: 'text', text: step.answers });
        return {
          finish: step.finish ?? 'complete',
          rawFinish: 'stop',
          text: step.answers,
          toolCalls: [],
          usage,
          model: request.model,
          ...(step.restMs !== undefined && { restMs: step.restMs }),
        };
      }
      if (step.says !== undefined) options.onEvent?.({ type: 'text', text: step.says });
      const { fault, retryAfterMs, raw, usage: cost } = step;
      throw new ProviderError(
        {
          provider: name,
          fault,
          ...(retryAfterMs !== undefined && { retryAfterMs }),
          ...(raw !== undefined && { raw }),
          ...(cost && { usage: cost }),
        },
        `${name}: ${fault}.`,
      );
    },
    healthCheck: () => Promise.resolve({ latencyMs: 1, detail: '' }),
    models: () => Promise.resolve([]),
  };
  return {
    got,
    settings: {
      name,
      title: name[0]?.toUpperCase() + name.slice(1),
      kind: 'compatible',
      enabled: true,
      priority: 1,
      maxRetries: 2,
      timeout: 120_000,
      keyNames: [],
      ...settings,
    },
    provider: () => Promise.resolve(provider),
    model: `${name}-model`,
  };
}

export function factsOf(id: string, more: Partial<ModelFacts> = {}): ModelFacts {
  return {
    id,
    vendor: 'openai',
    title: id,
    status: 'current',
    context: 100_000,
    maxOutput: 8_000,
    price: { input: 1, output: 2 },
    abilities: { tools: true, structuredOutput: true, temperature: true },
    source: 'a test',
    asOf: '2026-11-21',
    ...more,
  };
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export function routerOver(
  clock: SimulatedClock,
  routables: readonly Routable[],
  options: Partial<RouterOptions> = {},
): Router {
  const inOrder = routables.map((routable, at) => ({
    ...routable,
    settings: { ...routable.settings, priority: at + 1 },
  }));
  return createRouter({
    clock,
    random: () => 0.5,
    log: silent,
    routables: () => inOrder,
    routing: () => 'priority',
    facts: ({ model }) => factsOf(model),
    ...options,
  });
}

export function unpricedFacts(id: string): ModelFacts {
  const { vendor, title, status, context, maxOutput, abilities, source, asOf } = factsOf(id);
  return { id, vendor, title, status, context, maxOutput, abilities, source, asOf };
}

/** Counts what is held back and what was spent. */
export class CountingPurse implements Purse {
  reserved = 0;
  reservations = 0;
  /** Settled or released more than once, or never: must stay 0 when all calls have ended. */
  open = 0;
  twice = 0;
  readonly settled: CallUsage[] = [];
  /** Runs before a reservation is granted. */
  before: (model: ModelRef, worst: WorstCase) => Promise<void> | void = () => {};

  get spentTokens(): number {
    return this.settled.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
  }

  async reserve(model: ModelRef, worst: WorstCase, signal: AbortSignal) {
    await orCancelled(Promise.resolve(this.before(model, worst)), signal);
    const amount = worst.inputTokens + worst.outputTokens;
    this.reserved += amount;
    this.reservations += 1;
    this.open += 1;
    let isOpen = true;
    const end = () => {
      if (!isOpen) this.twice += 1;
      else {
        this.open -= 1;
        this.reserved -= amount;
      }
      isOpen = false;
    };
    return {
      settle: async (cost: CallUsage) => {
        end();
        this.settled.push(cost);
      },
      release: async () => end(),
    };
  }
}

export interface Watched {
  readonly call: RoutedCall;
  readonly purse: CountingPurse;
  readonly events: RouterEvent[];
  /** What a person would see: text, and a line for each time it was taken back. */
  readonly shown: string[];
}

export function callOf(parts: Partial<RoutedCall> & { readonly purse?: CountingPurse } = {}): Watched {
  const purse = parts.purse ?? new CountingPurse();
  const events: RouterEvent[] = [];
  const shown: string[] = [];
  return {
    purse,
    events,
    shown,
    call: {
      wish: { needs: { tools: false, structuredOutput: false, context: 0 } },
      request: { messages: [{ role: 'user', text: 'Say something.' }], tools: [], maxOutputTokens: 1000 },
      signal: neverAborted,
      onText: (text) => shown.push(text),
      onVoid: (why) => shown.push(`(void: ${why})`),
      onEvent: async (event) => void events.push(event),
      ...parts,
      purse,
    },
  };
}

export type Ended = { readonly answer: RoutedAnswer } | { readonly error: unknown };

/** The call's end. Time goes on, timer by timer, for as long as it waits. */
export async function endOf(clock: SimulatedClock, promise: Promise<RoutedAnswer>): Promise<Ended> {
  let ended: Ended | undefined;
  promise.then(
    (answer) => (ended = { answer }),
    (error: unknown) => (ended = { error }),
  );
  for (;;) {
    await settleDown();
    if (ended !== undefined) return ended;
    if (!clock.step()) throw new Error('The call waits for something that never comes.');
  }
}

export async function answerOf(clock: SimulatedClock, promise: Promise<RoutedAnswer>): Promise<RoutedAnswer> {
  const end = await endOf(clock, promise);
  if ('error' in end) throw end.error;
  return end.answer;
}

/** Its error's code and message. */
export async function failureOf(
  clock: SimulatedClock,
  promise: Promise<RoutedAnswer>,
): Promise<{ readonly code: string; readonly message: string; readonly retryable: boolean }> {
  const end = await endOf(clock, promise);
  if ('answer' in end) throw new Error(`Answered by ${end.answer.model.provider}.`);
  return end.error as { code: string; message: string; retryable: boolean };
}
