/*
 * owns: doing a step with a model: with which tools it is begun, and what the answer becomes.
 * does not own: who is asked (router), the work itself (loop), recording and money (engine), steps that rules can do (local-agents).
 * must stay true: a result is made of a whole answer only, and of one that fits the step's schema where it has one.
 */
import type { JsonObject } from '../../base/json';
import type { ModelRef } from '../../model/model-call';
import { BatonError } from '../../model/errors';
import type { AgentName } from '../../model/ids';
import type { Assignment } from '../../model/events';
import type { Step, WorkflowConfig } from '../../model/workflow';
import type { AgentResult, AgentTask } from '../agent';
import { chooseAgent } from '../choice/choose-agent';
import { doStep, hasTools, type Attempt } from '../loop/agent-in-attempt';
import type { DutyServices } from '../loop/do-duty';
import { openWorkplace, type AgentTools } from '../loop/workplace';
import type { AgentProfile } from '../profile/profile';
import { resolveAgent } from '../roster';
import { Conversation } from './conversation';
import { answerTokens, wishOf } from './model-wish';
import type { Prompt } from './prompt';
import { firstSentence, summaryOf } from './summary';

export interface ChatAgentsOptions extends DutyServices {
  /** Names of the folder's own agents; a file that names one means it. */
  readonly ownNames?: () => ReadonlySet<AgentName>;
  /** Who an agent is, by its canonical name. Absent: nobody is described, and nobody has tools. */
  readonly profile?: (name: AgentName) => Promise<AgentProfile | undefined>;
  /** What agents may touch; absent: nothing. */
  readonly tools?: AgentTools;
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
  const { router, tools } = options;
  const profile = options.profile ?? (() => Promise.resolve(undefined));
  /** Whether somebody can be asked who uses tools, for a step that has some. */
  const canUseTools = (step: Step, config: WorkflowConfig | undefined): boolean =>
    'chain' in router.route(wishOf(wished(step, config, true), router));

  return {
    assign(step, config) {
      if (step.provider !== undefined && step.provider.every((name) => name === 'local'))
        return { none: 'it names the local engine, which asks no model.' };
      const { agent, why } = chooseAgent(step, options.ownNames?.());
      // All agents of Baton's have tools; of the folder's own it is known when they begin.
      const wantsTools = tools !== undefined && resolveAgent(agent) !== undefined;
      const isAble = wantsTools && canUseTools(step, config);
      const route = router.route(wishOf(wished(step, config, isAble), router));
      if ('none' in route) return { none: route.none };
      const lacking =
        wantsTools && !isAble ? '; no model that can be asked uses tools, so it works without' : '';
      return { agent, engine: 'model', why: `${why}; ${route.why}${lacking}` };
    },
    async perform(task) {
      const known = await profile(task.assignment.agent);
      const isWanted = tools !== undefined && hasTools(known);
      const isAble = isWanted && canUseTools(task.step, task.config);
      const attempt: Attempt = {
        services: { ...options, profile },
        ...(isAble && { workplace: await openWorkplace(tools, task, known) }),
        lacksTools: isWanted && !isAble,
      };
      return resultOf(task, await doStep(attempt, task, known));
    },
    write: (task, prompt) => write(options, task, prompt),
  };
}

async function resultOf(
  task: AgentTask,
  { text, value }: Awaited<ReturnType<typeof doStep>>,
): Promise<AgentResult> {
  if (value !== undefined) return { output: value, summary: summaryOf(value), artifacts: [] };
  const page = text.endsWith('\n') ? text : `${text}\n`;
  const artifact = await task.putArtifact(`answers/${task.step.key}.md`, 'text/markdown', page);
  return { output: { text }, summary: firstSentence(text), artifacts: [artifact] };
}

function wished(step: Step, config: WorkflowConfig | undefined, tools: boolean) {
  const schema: JsonObject | undefined = step.output?.schema;
  return { step, config, schema, characters: step.prompt?.length ?? 0, tools };
}

function write(options: ChatAgentsOptions, task: AgentTask, prompt: Prompt) {
  const { step, config } = task;
  const characters = prompt.text.length + prompt.system.length;
  const wish = wishOf({ step, config, schema: undefined, characters, tools: false }, options.router);
  const route = options.router.route(wish);
  if ('none' in route) throw new BatonError('no-provider', route.none);
  for (const warning of route.warnings) task.log.warn(`${step.key}: ${warning}`);
  const [first] = route.chain;
  const conversation = new Conversation({
    services: options,
    task,
    wish,
    request: {
      system: prompt.system,
      maxOutputTokens: answerTokens(step),
      ...(step.temperature !== undefined && { temperature: step.temperature }),
    },
    limit: (first && options.outputLimit?.(first)) ?? Infinity,
  });
  return conversation.say(prompt.text);
}
