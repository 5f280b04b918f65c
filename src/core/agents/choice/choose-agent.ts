import type { AgentName } from '../../model/ids';
import type { Step } from '../../model/workflow';
import { CapabilityIndex, type CapabilityMatch, type Expertise } from './capability-match';
import { resolveAgent } from '../roster';
import expertise from '../roster/expertise.json';
import { stemsOf } from './words';

/** Takes what nobody else is named for. */
const GENERAL: AgentName = 'orchestrator';
/** A match below this is a guess. */
const LIKELY = 0.45;
/** A word in a long prompt says less about who does it than one in the title. */
const PROMPT_WEIGHT = 0.8;

/** Who does a step, and why that one. */
export interface AgentChoice {
  readonly agent: AgentName;
  readonly how: 'named' | 'inferred' | 'matched' | 'general';
  /** 0 to 1; only where capabilities were compared. */
  readonly score?: number;
  /** For people: "security: scan vulnerabilities 0.95". */
  readonly why: string;
}

/** What of a step the choice looks at. */
export type ChosenFor = Pick<Step, 'key' | 'title'> &
  Partial<Pick<Step, 'agent' | 'action' | 'description' | 'prompt'>>;

// JSON is typed by its longest form; the test beside the files keeps its shape.
const experts = expertise as unknown as readonly Expertise[];
const byAction: ReadonlyMap<string, Expertise> = new Map(
  experts.flatMap((expert) => expert.actions.map((action) => [squash(action), expert] as const)),
);
let roster: CapabilityIndex | undefined;

const NOBODY: ReadonlySet<AgentName> = new Set();

/**
 * Who does a step with a model: the agent that the file names; else the one whose action it is or whose name its own words are; else
 * the one whose capabilities it names. Well under 0.1 ms.
 * `own` are names of the folder's agents: one of them is chosen only where the file names it.
 */
export function chooseAgent(step: ChosenFor, own = NOBODY): AgentChoice {
  if (step.agent !== undefined) {
    const agent = own.has(step.agent) ? step.agent : (resolveAgent(step.agent)?.name ?? step.agent);
    return { agent, how: 'named', why: 'named in the file' };
  }
  const inferred = ofAction(step) ?? ofWholeName(step);
  if (inferred !== undefined) return inferred;
  const match = (roster ??= new CapabilityIndex(experts)).best(textsOf(step));
  if (match !== undefined && match.score >= LIKELY) return matched(match);
  const named = ofWords(step);
  if (named !== undefined) return named;
  return { agent: GENERAL, how: 'general', why: `no agent is named; ${GENERAL} takes general work` };
}

/** The agent that has the step's action in its list; the capability that the action names says why. */
function ofAction({ action }: ChosenFor): AgentChoice | undefined {
  const expert = action === undefined ? undefined : byAction.get(squash(action));
  if (action === undefined || expert === undefined) return undefined;
  const words = new Set(stemsOf(action.replace(/[_-]/g, ' ')));
  const named = expert.capabilities.find(([phrase]) => stemsOf(phrase).every((stem) => words.has(stem)));
  if (named === undefined)
    return { agent: expert.name, how: 'inferred', why: `${expert.name}: ${action} is its action` };
  const [capability, score] = named;
  return { ...matched({ agent: expert.name, named: capability, score }), how: 'inferred' };
}

/** The action or key is an agent's name as a whole. */
function ofWholeName({ action, key }: ChosenFor): AgentChoice | undefined {
  for (const word of [action, key]) {
    const known = word === undefined ? undefined : resolveAgent(word);
    if (known !== undefined) return { agent: known.name, how: 'inferred', why: `chosen for "${word ?? ''}"` };
  }
  return undefined;
}

/** An agent's name stands among the words of the action, the key or the title. */
function ofWords(step: ChosenFor): AgentChoice | undefined {
  for (const text of [step.action, step.key, step.title]) {
    const found = text === undefined ? undefined : agentIn(text);
    if (found !== undefined)
      return { agent: found.agent, how: 'inferred', why: `chosen for "${found.word}"` };
  }
  return undefined;
}

/** The longest run of words that is an agent's name: "api spec" before "api". */
function agentIn(text: string): { readonly agent: AgentName; readonly word: string } | undefined {
  const words =
    text
      .toLowerCase()
      .match(/[a-z]+/g)
      ?.slice(0, 24) ?? [];
  for (let length = Math.min(3, words.length); length > 0; length--) {
    for (let at = 0; at + length <= words.length; at++) {
      const word = words.slice(at, at + length).join('-');
      const known = resolveAgent(word);
      if (known !== undefined) return { agent: known.name, word };
    }
  }
  return undefined;
}

function textsOf({ action, title, key, description, prompt }: ChosenFor) {
  return [
    { text: `${action ?? ''} ${title} ${key}`.replace(/[_-]/g, ' '), weight: 1 },
    { text: description ?? '', weight: 0.9 },
    { text: prompt ?? '', weight: PROMPT_WEIGHT },
  ];
}

function matched({ agent, named, score }: CapabilityMatch): AgentChoice {
  const rounded = Math.round(score * 100) / 100;
  return { agent, how: 'matched', score: rounded, why: `${agent}: ${named} ${rounded.toFixed(2)}` };
}

function squash(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
    .replace('analyse', 'analyze');
}
