/*
 * owns: one answer of a model for a step: from the record of an interrupted attempt, from the response cache, or asked for.
 * does not own: who is asked and how often (router), what the answer is good for (conversation).
 * must stay true: what is recorded is neither asked nor paid for again, and nothing counts as answered before it is recorded.
 */
import { canonicalJson, toJson } from '../../base/json';
import type { ModelRef } from '../../model/model-call';
import type { ChatAnswer, ChatRequest } from '../../providers/provider';
import type { CachedAnswer, ResponseCache } from '../../providers/response-cache';
import type { ModelRouter, RequestIdentity, RouteWish } from '../../providers/routing';
import type { AgentTask } from '../agent';
import type { Sha256Of } from './fenced-data';

export interface TurnServices {
  readonly router: ModelRouter;
  readonly sha256: Sha256Of;
  /** Used where the workflow wishes it. */
  readonly cache?: ResponseCache;
}

/** What is wanted of one turn. */
export interface Asked {
  readonly wish: RouteWish;
  readonly request: Omit<ChatRequest, 'model'>;
}

export interface Turn {
  readonly answer: ChatAnswer;
  readonly model: ModelRef;
}

/** Rejects as `ModelRouter.ask` does. */
export async function takeTurn(services: TurnServices, task: AgentTask, asked: Asked): Promise<Turn> {
  const { wish, request } = asked;
  const identity = identityOf(wish, request);
  const requestHash = services.sha256(canonicalJson(identity));
  const recorded = await task.calls.answered(requestHash);
  if (recorded !== undefined) {
    // Stored by this program as a `ChatAnswer`; the journal's checksums say that it is what was stored.
    const answer = recorded.answer as unknown as ChatAnswer;
    task.onText(answer.text);
    return { answer, model: recorded.model };
  }
  const call = task.calls.begin();
  const ask = () => askRouter(services.router, task, asked, call);
  const taken = await fromCacheOr(services, task, wish, identity, ask);
  await task.calls.record(call, {
    model: taken.model,
    requestHash,
    answer: toJson(taken.answer),
    usage: taken.usage,
    latencyMs: taken.latencyMs,
    ...(taken.cached && { cached: true }),
  });
  return { answer: taken.answer, model: taken.model };
}

type Taken = CachedAnswer & { readonly latencyMs: number; readonly cached?: true };

async function askRouter(
  router: ModelRouter,
  task: AgentTask,
  { wish, request }: Asked,
  call: number,
): Promise<Taken> {
  const { answer, model, usage, latencyMs } = await router.ask({
    wish,
    request,
    signal: task.signal,
    purse: task.purse,
    onText: task.onText,
    onVoid: task.onVoid,
    onUsage: task.onUsage,
    onEvent: async (event) => {
      if (event.type !== 'success') await task.calls.routed(call, event);
    },
  });
  return { answer, model, usage, latencyMs };
}

async function fromCacheOr(
  { cache, router, sha256 }: TurnServices,
  task: AgentTask,
  wish: RouteWish,
  identity: RequestIdentity,
  ask: () => Promise<Taken>,
): Promise<Taken> {
  if (cache === undefined || task.config.responseCache !== true) return ask();
  const route = router.route(wish);
  const first = 'none' in route ? undefined : route.chain[0];
  if (first === undefined) return ask();
  // Identical for the model that would be asked: another model's answer is another answer.
  const keyOf = (model: ModelRef) => sha256(canonicalJson({ ...identity, wish: undefined, model }));
  const { isRetry, signal } = task;
  const found = await cache.through({ key: keyOf(first), keyOf, isRetry, ask, signal });
  if (!('hit' in found)) return found;
  task.onText(found.hit.answer.text);
  return { ...found.hit, latencyMs: 0, cached: true };
}

function identityOf(wish: RouteWish, request: Omit<ChatRequest, 'model'>): RequestIdentity {
  const { system, messages, tools, output, maxOutputTokens, temperature } = request;
  return {
    wish: {
      ...(wish.providers !== undefined && { providers: wish.providers }),
      ...(wish.model !== undefined && { model: wish.model }),
    },
    ...(system !== undefined && { system }),
    messages,
    tools,
    ...(output !== undefined && { output }),
    maxOutputTokens,
    ...(temperature !== undefined && { temperature }),
  };
}
