/*
 * owns: one answer of a model for a step: from the record of an interrupted attempt, from the response cache, or asked for.
 * does not own: who is asked and how often (router), what the answer is good for (conversation).
 * must stay true: what is recorded is neither asked nor paid for again, and nothing counts as answered before it is recorded.
 */
import { canonicalJson, toJson } from '../../base/json';
import type { Sha256 } from '../../model/ids';
import type { ModelRef } from '../../model/model-call';
import type { ChatAnswer, ChatRequest } from '../../providers/provider';
import type { CachedAnswer, ResponseCache } from '../../providers/response-cache';
import type { ModelRouter, RequestIdentity, RouteWish } from '../../providers/routing';
import type { AgentTask } from '../agent';
import { boundTo, withThoughtsUnder, withUntouchedThoughts } from './bound-thoughts';
import type { Sha256Of } from './fenced-data';

export interface TurnServices {
  readonly router: ModelRouter;
  readonly sha256: Sha256Of;
  /** Used where the workflow wishes it. */
  readonly cache?: ResponseCache;
  /** Hides values that may be shown nowhere, at every depth. */
  readonly redact?: <T>(value: T) => T;
}

/** What is wanted of one turn. */
export interface Asked {
  readonly wish: RouteWish;
  /** What of the wish tells this request from others, when it is looked for in the record. Default: all of it. */
  readonly fileWish?: RouteWish;
  readonly request: Omit<ChatRequest, 'model'>;
}

export interface Turn {
  readonly answer: ChatAnswer;
  readonly model: ModelRef;
  /** What was asked: the same when it is asked again. */
  readonly requestHash: Sha256;
}

/** The answer that an interrupted attempt got for exactly this; asks nobody. */
export async function recalledTurn(
  services: TurnServices,
  task: AgentTask,
  asked: Asked,
): Promise<Turn | undefined> {
  const requestHash = hashOf(services, asked);
  const recorded = await task.calls.answered(requestHash);
  if (recorded === undefined) return undefined;
  // Stored by this program as a `ChatAnswer`; the journal's checksums say that it is what was stored.
  const answer = recorded.answer as unknown as ChatAnswer;
  task.onText(answer.text);
  return { answer, model: recorded.model, requestHash };
}

/** Asks for an answer and records it. Rejects as `ModelRouter.ask` does. */
export async function askedTurn(services: TurnServices, task: AgentTask, asked: Asked): Promise<Turn> {
  const { wish, request } = asked;
  const requestHash = hashOf(services, asked);
  const call = task.calls.begin();
  const tools = () => services.sha256(canonicalJson(request.tools));
  const messages = withThoughtsUnder(request.messages, tools);
  const ask = () => askRouter(services.router, task, { wish, request: { ...request, messages } }, call);
  const taken = await fromCacheOr(services, task, wish, identityOf(wish, request), ask);
  // Clean before it counts: what follows from it must be the same when it comes from the record, which holds no secrets.
  const clean = withUntouchedThoughts(services.redact?.(taken.answer) ?? taken.answer, taken.answer);
  const answer = boundTo(clean, tools);
  await task.calls.record(call, {
    model: taken.model,
    requestHash,
    answer: toJson(answer),
    usage: taken.usage,
    ...(answer.cutInput && { cutInput: answer.cutInput }),
    latencyMs: taken.latencyMs,
    ...(taken.cached && { cached: true }),
  });
  return { answer, model: taken.model, requestHash };
}

/** Tools may be others after a restart, as servers come and go: what was said before still holds. */
function hashOf({ sha256 }: TurnServices, { wish, fileWish = wish, request }: Asked): Sha256 {
  return sha256(canonicalJson({ ...identityOf(fileWish, request), tools: [] }));
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
  return {
    // All of it, whatever else a request may say one day.
    ...request,
    wish: {
      ...(wish.providers !== undefined && { providers: wish.providers }),
      ...(wish.model !== undefined && { model: wish.model }),
    },
  };
}
