import type { JsonObject } from '../../base/json';
import type { Step, WorkflowConfig } from '../../model/workflow';
import type { ModelRouter, RouteWish } from '../../providers/routing';
import type { ModelPreferences } from '../profile/profile';

/** Tokens of one answer, where the step says nothing. */
const DEFAULT_MAX_TOKENS = 4_096;
/** A rough count without any vendor's tokenizer. */
const CHARACTERS_PER_TOKEN = 3.6;

export interface Wished {
  readonly step: Step;
  readonly config: WorkflowConfig | undefined;
  readonly schema: JsonObject | undefined;
  /** Of all that is told. */
  readonly characters: number;
  readonly tools: boolean;
  /** The agent's own, which count where neither the step nor the workflow says anything. */
  readonly preferences?: ModelPreferences;
}

/** Tokens of one answer; whoever answers may have less. */
export function answerTokens(step: Step): number {
  return step.maxTokens ?? DEFAULT_MAX_TOKENS;
}

/** What a step wants of its model; the agent's preferences as far as somebody can be asked who has them. */
export function wishOf(wished: Wished, router: Pick<ModelRouter, 'route'>): RouteWish {
  const plain = stepsWish(wished);
  const { preferences, config, step } = wished;
  if (preferences === undefined) return plain;
  const { context = 0 } = preferences.needs;
  const roomy = {
    ...plain,
    needs: { ...plain.needs, context: Math.max(plain.needs.context, context) },
  };
  const wish = 'chain' in router.route(roomy) ? roomy : plain;
  const isFree = plain.providers === undefined && step.model === undefined && config?.routing === undefined;
  return isFree ? preferred(wish, preferences.prefer, router) : wish;
}

/** What the file alone says: the same whatever can be asked now. */
export function stepsWish({ step, config, schema, characters, tools }: Wished): RouteWish {
  const order = [...(step.provider ?? []), ...(config?.providers ?? [])];
  const providers = [...new Set(order)].filter((name) => name !== 'local');
  return {
    ...(providers.length > 0 && { providers }),
    ...(step.model !== undefined && { model: step.model }),
    ...(config?.routing !== undefined && { routing: config.routing }),
    needs: {
      tools,
      structuredOutput: schema !== undefined,
      context: Math.ceil(characters / CHARACTERS_PER_TOKEN) + answerTokens(step),
    },
  };
}

/** The first that the agent prefers and that can be asked comes first; the others follow as the person ordered them. */
function preferred(
  wish: RouteWish,
  prefer: readonly string[],
  router: Pick<ModelRouter, 'route'>,
): RouteWish {
  const route = router.route(wish);
  if ('none' in route) return wish;
  const able = [...new Set(route.chain.map(({ provider }) => provider))];
  for (const one of prefer) {
    const slash = one.indexOf('/');
    const provider = slash < 0 ? one : one.slice(0, slash);
    if (!able.includes(provider)) continue;
    if (slash < 0 && provider === able[0]) return wish;
    return {
      ...wish,
      providers: [provider, ...able.filter((name) => name !== provider)],
      ...(slash >= 0 && { model: one }),
    };
  }
  return wish;
}
