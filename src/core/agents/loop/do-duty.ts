/*
 * owns: one agent's work from its prompt to its answer: which model, which tools, which form.
 * does not own: what the work is (prompt, asked-agent), what becomes of the answer (chat-agent).
 */
import { BatonError } from '../../model/errors';
import type { ModelRef } from '../../model/model-call';
import type { ChatRequest } from '../../providers/provider';
import { Conversation, isTooLong, MOST_TURNS, type ToolsInUse } from '../chat/conversation';
import { ALL_RESULTS } from '../chat/fenced-data';
import type { TurnServices } from '../chat/model-turn';
import { answerTokens, stepsWish, wishOf } from '../chat/model-wish';
import type { Prompt } from '../chat/prompt';
import { structuredAnswer, type Answered, type AnswerForm } from '../chat/structured-answer';
import { systemOf, systemPrompt } from '../chat/system-prompt';
import type { AgentProfile } from '../profile/profile';
import type { Tool } from '../../tools/tool';
import type { AgentAtWork } from './agent-at-work';
import type { TakenIn } from './taken-in';
import { ToolDesk } from './tool-desk';
import type { Workplace } from './workplace';

/** Calls of tools of one agent. */
const MOST_CALLS = 120;

export interface DutyServices extends TurnServices {
  /** Tokens one answer of a model may have; undefined when nobody knows. */
  readonly outputLimit?: (model: ModelRef) => number | undefined;
}

/** What one agent has to do. */
export interface Duty {
  readonly work: AgentAtWork;
  readonly takenIn: TakenIn;
  readonly askedBy?: string;
  /** Absent: it works without tools. */
  readonly workplace?: Workplace;
  /** Those that it is offered. */
  readonly tools: ReadonlyMap<string, Tool>;
  /** It has tools by its profile, and no model that can use them can be asked. */
  readonly lacksTools: boolean;
  /** `system`: what is said there to the model; `resultsLimit`: characters of what other steps said. Equal for equal arguments. */
  readonly prompt: (how: { readonly system: string; readonly resultsLimit?: number }) => Prompt;
}

/** The agent's whole answer. Rejects as `Agents.perform`. */
export async function doDuty(services: DutyServices, duty: Duty): Promise<Answered> {
  const { task } = duty.work;
  const form = formOf(duty);
  const desk = deskFor(services, duty);
  // Who can be spoken with is there from the beginning, not from its own first word.
  if (TALKS.some((name) => duty.tools.has(name))) await duty.work.join();
  const shared = await sharedSoFar(services, duty, desk);
  const ready = { form, desk, shared };
  const first = begin(services, duty, ready);
  try {
    return await answered(first, duty, form);
  } catch (error) {
    if (!isTooLong(error) || task.upstream.length === 0 || first.conversation.hasUsedTools) throw error;
    // Once more with less of what other steps said: the step's own words are never cut.
    task.onVoid('It was too long for the model and is asked again with shorter results of other steps.');
    return answered(begin(services, duty, ready, ALL_RESULTS / 10), duty, form);
  }
}

const TALKS = ['read_messages', 'subscribe', 'send_message', 'broadcast', 'publish', 'ask_agent', 'share'];

interface Ready {
  readonly form: AnswerForm | undefined;
  readonly desk: ToolsInUse | undefined;
  /** What the agents of the run share, as data; empty when nothing. */
  readonly shared: string;
}

/** Looked at for the agent, as a call of its own: made again after a crash it gives what it gave then. */
async function sharedSoFar({ sha256 }: DutyServices, { work, tools }: Duty, desk: ToolsInUse | undefined) {
  if (desk === undefined || !tools.has(LOOK)) return '';
  const look = { id: 'shared', name: LOOK, arguments: {} };
  const [told] = await desk.answer(sha256(`beginning of ${work.participant}`), [look]);
  return told?.text.startsWith('<data-') === true ? told.text : '';
}

const LOOK = 'read_shared';

interface Begun {
  readonly conversation: Conversation;
  readonly text: string;
}

async function answered({ conversation, text }: Begun, duty: Duty, form: AnswerForm | undefined) {
  return form === undefined
    ? conversation.say(text)
    : structuredAnswer(conversation, duty.work.task, form, text);
}

/** The step's own form; else the agent's. */
function formOf({ work, askedBy }: Duty): AnswerForm | undefined {
  const schema = askedBy === undefined ? work.task.step.output?.schema : undefined;
  if (schema !== undefined) return { schema, checks: [], by: 'step' };
  const { profile } = work;
  return profile?.output === undefined
    ? undefined
    : { schema: profile.output, checks: profile.checks, by: 'agent' };
}

function begin(
  services: DutyServices,
  duty: Duty,
  { form, desk, shared }: Ready,
  resultsLimit?: number,
): Begun {
  const { work, tools } = duty;
  const { task, profile } = work;
  const { step, config } = task;
  const schema = form?.by === 'step' ? form.schema : undefined;
  const hasTools = tools.size > 0;
  const tokens = answerTokens(step);
  const system = profile === undefined ? systemOf(work.agent) : systemFor(duty, profile, form, tokens);
  const prompt = duty.prompt({ system, ...(resultsLimit !== undefined && { resultsLimit }) });
  const text =
    shared === '' ? prompt.text : `${prompt.text}\n\nWhat the agents of this run share so far:\n${shared}`;
  const characters = text.length + prompt.system.length + declared(tools);
  const wished = {
    ...{ step, config, schema, characters, tools: hasTools },
    ...(profile && { preferences: profile.model }),
  };
  const wish = wishOf(wished, services.router);
  const route = services.router.route(wish);
  if ('none' in route) throw new BatonError('no-provider', route.none);
  for (const warning of route.warnings) task.log.warn(`${step.key}: ${warning}`);
  const first = route.chain[0];
  const conversation = new Conversation({
    services,
    task,
    wish,
    fileWish: stepsWish(wished),
    request: {
      system: prompt.system,
      ...(schema !== undefined && { output: outputOf(step.key, schema) }),
      maxOutputTokens: tokens,
      ...(step.temperature !== undefined && { temperature: step.temperature }),
    },
    limit: (first && services.outputLimit?.(first)) ?? Infinity,
    isDocument: schema !== undefined,
    ...(desk !== undefined && { tools: desk }),
  });
  return { conversation, text };
}

function systemFor(duty: Duty, profile: AgentProfile, form: AnswerForm | undefined, tokens: number): string {
  const { work, tools, lacksTools, askedBy } = duty;
  return systemPrompt({
    agent: work.agent,
    profile,
    hasTools: tools.size > 0,
    lacksTools,
    bounds: { turns: MOST_TURNS, calls: MOST_CALLS, tokens },
    ...(askedBy !== undefined && { askedBy }),
    ...(form !== undefined && { form }),
    ...(work.task.config.budget !== undefined && { budget: work.task.config.budget }),
  });
}

function deskFor(services: DutyServices, { work, workplace, tools, takenIn }: Duty): ToolsInUse | undefined {
  if (workplace === undefined || tools.size === 0) return undefined;
  const { sha256, redact = same } = services;
  const desk = new ToolDesk({ work, workplace, tools, sha256, takenIn, redact, mostCalls: MOST_CALLS });
  return {
    declarations: [...tools.values()].map(({ declaration }) => declaration),
    get isUsedUp() {
      return desk.isUsedUp;
    },
    answer: desk.answer.bind(desk),
  };
}

const same = <T>(value: T): T => value;

function declared(tools: ReadonlyMap<string, Tool>): number {
  return tools.size === 0 ? 0 : JSON.stringify([...tools.values()].map((tool) => tool.declaration)).length;
}

const outputOf = (key: string, schema: NonNullable<ChatRequest['output']>['schema']) => ({
  name: key.replace(/[^\w-]/g, '_').slice(0, 64) || 'result',
  schema,
});
