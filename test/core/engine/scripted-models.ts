import { createHash } from 'node:crypto';
import type { AgentTask, Agents } from '../../../src/core/agents/agent';
import { delay, type Clock } from '../../../src/core/base/clock';
import type { JsonValue } from '../../../src/core/base/json';
import { BatonError } from '../../../src/core/model/errors';
import type { CallFault, CallUsage, ModelRef, WorstCase } from '../../../src/core/model/model-call';
import type { Step } from '../../../src/core/model/workflow';

/** How one request goes. */
export interface RequestScript {
  readonly model?: ModelRef;
  readonly worst?: WorstCase;
  readonly usage?: CallUsage;
  /** Milliseconds. Default 10. */
  readonly takes?: number;
  readonly fault?: CallFault;
  /** After a fault: who is asked next is the next script of the call. */
}

/** One call: its requests in order; the last one answers, unless it fails too. */
export interface CallScript {
  readonly requests?: readonly RequestScript[];
  readonly text?: string;
  /** From the response cache: nobody is asked. */
  readonly cached?: true;
}

export interface StepScript {
  readonly calls?: readonly CallScript[];
  /** All at once instead of one after the other. */
  readonly parallel?: true;
  /** Thrown after the calls. */
  readonly fails?: BatonError;
}

/** A request that left. */
export interface Asked {
  readonly step: string;
  readonly attempt: number;
  readonly hash: string;
}

export const CLAUDE: ModelRef = { provider: 'claude', model: 'claude-test' };
export const GEMINI: ModelRef = { provider: 'gemini', model: 'gemini-test' };

export const WORST: WorstCase = { inputTokens: 100, outputTokens: 400, usd: 0.1 };
export const USAGE: CallUsage = { inputTokens: 100, outputTokens: 100, usd: 0.04, estimated: false };
/** Takes all that was held back. */
export const WHOLE: CallUsage = { ...WORST, estimated: false };

/** What outlives a crash of the machine, as the providers on the other side of the wire do. */
export class Wire {
  readonly asked: Asked[] = [];
  /** Hashes that recorded answers were taken for. */
  readonly reused: Asked[] = [];
  /** Paid at the providers by now, in dollars. */
  paid = 0;
}

/**
 * Agents that ask models in the order that the real ones keep: recorded answers first, then money, then the decision on the disk, then the
 * request. An action that begins with "think" asks; every other one is done by rules.
 */
export function scriptedModels(
  clock: () => Clock,
  script: (step: Step, attempt: number) => StepScript = () => ({}),
  wire: Wire = new Wire(),
): Agents & { readonly wire: Wire } {
  return {
    wire,
    assign: (step) => ({
      agent: step.agent ?? 'quality',
      engine: thinks(step) ? 'model' : 'local',
      why: 'scripted',
    }),
    isIdempotent: () => true,
    perform: async (task) => {
      if (!thinks(task.step)) return { output: { did: task.step.key }, summary: 'done', artifacts: [] };
      const { calls = [{}], parallel, fails } = script(task.step, task.attempt);
      const texts: JsonValue[] = [];
      const one = async (call: CallScript, index: number) => {
        texts[index] = await ask(task, call, index, clock(), wire);
      };
      if (parallel) await Promise.all(calls.map(one));
      else for (const [index, call] of calls.entries()) await one(call, index);
      if (fails !== undefined) throw fails;
      return { output: { texts }, summary: `${texts.length} answers`, artifacts: [] };
    },
  };
}

const thinks = (step: Step) => step.prompt !== undefined || step.action?.startsWith('think') === true;

async function ask(
  task: AgentTask,
  { requests = [{}], text = 'an answer', cached }: CallScript,
  index: number,
  clock: Clock,
  wire: Wire,
): Promise<JsonValue> {
  const requestHash = createHash('sha256')
    .update(`${task.step.key} ${index} ${task.comment ?? ''}`)
    .digest('hex');
  const place = { step: task.step.key, attempt: task.attempt, hash: requestHash };
  const known = await task.calls.answered(requestHash);
  if (known !== undefined) {
    wire.reused.push(place);
    return known.answer;
  }
  const call = task.calls.begin();
  if (cached && !task.isRetry) {
    const model = requests[0]?.model ?? CLAUDE;
    await task.calls.record(call, {
      model,
      requestHash,
      answer: text,
      usage: USAGE,
      cached,
      latencyMs: 0,
    });
    return text;
  }
  const chain = requests.map(({ model = CLAUDE }) => model);
  for (const [at, request] of requests.entries()) {
    const { model = CLAUDE, worst = WORST, usage = USAGE, takes = 10, fault } = request;
    const reservation = await task.purse.reserve(model, worst, task.signal);
    const why = at === 0 ? 'first by priority' : `takes over from ${chain[at - 1]?.provider ?? ''}`;
    await task.calls.routed(call, {
      type: 'routing-decision',
      chosen: model,
      chain: chain.slice(at),
      why,
      reserved: worst,
    });
    wire.asked.push(place);
    wire.paid += fault === undefined ? (usage.usd ?? 0) : 0;
    task.onText(`${model.provider} says: `);
    await delay(clock, takes, task.signal);
    if (fault !== undefined) {
      await reservation.release();
      const isLast = at === requests.length - 1;
      await task.calls.routed(call, {
        type: 'error',
        model,
        attempt: 1,
        fault,
        message: `${model.provider}: ${fault}`,
        next: isLast ? 'give-up' : 'fallback',
        waitMs: 0,
      });
      task.onVoid(`${model.provider} did not answer`);
      if (isLast) throw new BatonError('providers-failed', 'Nobody answered.');
      continue;
    }
    task.onUsage(usage);
    await reservation.settle(usage);
    await task.calls.record(call, { model, requestHash, answer: text, usage, latencyMs: takes });
    return text;
  }
  return null;
}
