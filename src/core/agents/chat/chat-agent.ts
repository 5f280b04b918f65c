/*
 * owns: doing a step with a model: what is asked, what the answer becomes.
 * does not own: who is asked (router), recording and money (engine), steps that rules can do (local-agents).
 * must stay true: a result is made of a whole answer only, and of one that fits the step's schema where it has one.
 */
import type { JsonObject } from '../../base/json';
import type { ModelRef } from '../../model/model-call';
import { BatonError } from '../../model/errors';
import type { AgentName } from '../../model/ids';
import type { Assignment } from '../../model/events';
import type { Step, WorkflowConfig } from '../../model/workflow';
import type { ChatRequest } from '../../providers/provider';
import type { RouteWish } from '../../providers/routing';
import type { AgentResult, AgentTask } from '../agent';
import { chooseAgent } from '../choice/choose-agent';
import { Conversation } from './conversation';
import { ALL_RESULTS } from './fenced-data';
import type { TurnServices } from './model-turn';
import { promptOf, type Prompt } from './prompt';
import { structuredAnswer } from './structured-answer';
import { firstSentence, summaryOf } from './summary';

/** Tokens of one answer, where the step says nothing. */
export const DEFAULT_MAX_TOKENS = 4_096;
/** A rough count without any vendor's tokenizer. */
const CHARACTERS_PER_TOKEN = 3.6;

export interface ChatAgentsOptions extends TurnServices {
  /** Tokens one answer of a model may have; undefined when nobody knows. */
  readonly outputLimit?: (model: ModelRef) => number | undefined;
  /** Names of the folder's own agents; a file that names one means it. */
  readonly ownNames?: () => ReadonlySet<AgentName>;
}

/** Steps done by a model. */
export interface ChatAgents {
  /** Who would do it, or why no model can be asked. */
  assign(step: Step, config?: WorkflowConfig): Assignment | { readonly none: string };
  /** Does it. Rejects as `Agents.perform`. */
  perform(task: AgentTask): Promise<AgentResult>;
  /** One text for what is told, with no schema and no artifact: prose over results that are there already. */
  write(task: AgentTask, prompt: Prompt): Promise<{ readonly text: string; readonly model: ModelRef }>;
}

export function createChatAgents(options: ChatAgentsOptions): ChatAgents {
  const { router } = options;
  return {
    assign(step, config) {
      if (step.provider !== undefined && step.provider.every((name) => name === 'local'))
        return { none: 'it names the local engine, which asks no model.' };
      const schema = step.output?.schema;
      const route = router.route(wishOf({ step, config, schema, characters: step.prompt?.length ?? 0 }));
      if ('none' in route) return { none: route.none };
      const { agent, why } = chooseAgent(step, options.ownNames?.());
      return { agent, engine: 'model', why: `${why}; ${route.why}` };
    },
    async perform(task) {
      try {
        return await answer(options, task, promptOf(task, options));
      } catch (error) {
        if (!isTooLong(error) || task.upstream.length === 0) throw error;
        // Once more with less of what other steps said: the step's own words are never cut.
        task.onVoid('It was too long for the model and is asked again with shorter results of other steps.');
        return answer(options, task, promptOf(task, { ...options, resultsLimit: ALL_RESULTS / 10 }));
      }
    },
    write: (task, prompt) => converse(options, task, prompt).say(prompt.text),
  };
}

async function answer(options: ChatAgentsOptions, task: AgentTask, prompt: Prompt): Promise<AgentResult> {
  const { step } = task;
  const schema = step.output?.schema;
  const conversation = converse(options, task, prompt, schema);
  if (schema !== undefined) {
    const { value } = await structuredAnswer(conversation, task, schema, prompt.text);
    return { output: value, summary: summaryOf(value), artifacts: [] };
  }
  const { text } = await conversation.say(prompt.text);
  const artifact = await task.putArtifact(`answers/${step.key}.md`, 'text/markdown', ending(text));
  return { output: { text }, summary: firstSentence(text), artifacts: [artifact] };
}

function converse(
  options: ChatAgentsOptions,
  task: AgentTask,
  prompt: Prompt,
  schema?: JsonObject,
): Conversation {
  const { step, config } = task;
  const characters = prompt.text.length + prompt.system.length;
  const wish = wishOf({ step, config, schema, characters });
  const route = options.router.route(wish);
  if ('none' in route) throw new BatonError('no-provider', route.none);
  for (const warning of route.warnings) task.log.warn(`${step.key}: ${warning}`);
  const first = route.chain[0];
  const request = {
    system: prompt.system,
    ...(schema !== undefined && { output: outputOf(step.key, schema) }),
    maxOutputTokens: step.maxTokens ?? DEFAULT_MAX_TOKENS,
    ...(step.temperature !== undefined && { temperature: step.temperature }),
  };
  return new Conversation({
    services: options,
    task,
    wish,
    request,
    limit: (first === undefined ? undefined : options.outputLimit?.(first)) ?? Infinity,
  });
}

const outputOf = (key: string, schema: JsonObject): NonNullable<ChatRequest['output']> => ({
  name: key.replace(/[^\w-]/g, '_').slice(0, 64) || 'result',
  schema,
});

interface Wished {
  readonly step: Step;
  readonly config: WorkflowConfig | undefined;
  readonly schema: JsonObject | undefined;
  /** Of all that is told. */
  readonly characters: number;
}

/** What a step wants of its model. */
function wishOf({ step, config, schema, characters }: Wished): RouteWish {
  const order = [...(step.provider ?? []), ...(config?.providers ?? [])];
  const providers = [...new Set(order)].filter((name) => name !== 'local');
  const answerTokens = step.maxTokens ?? DEFAULT_MAX_TOKENS;
  return {
    ...(providers.length > 0 && { providers }),
    ...(step.model !== undefined && { model: step.model }),
    ...(config?.routing !== undefined && { routing: config.routing }),
    needs: {
      tools: false,
      structuredOutput: schema !== undefined,
      context: Math.ceil(characters / CHARACTERS_PER_TOKEN) + answerTokens,
    },
  };
}

const isTooLong = (error: unknown): boolean =>
  error instanceof BatonError && error.code === 'context-too-long';

const ending = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
