import type { AgentName } from '../model/ids';
import type { Step } from '../model/workflow';
import { resolveAgent } from './roster';

/** Takes what nobody else is named for. */
const GENERAL: AgentName = 'orchestrator';

/** Who does a step with a model, and why that one: the agent that the file names, else the one its own words name. */
export function chooseAgent(step: Step): { readonly agent: AgentName; readonly why: string } {
  if (step.agent !== undefined)
    return { agent: resolveAgent(step.agent)?.name ?? step.agent, why: 'named in the file' };
  for (const text of [step.action, step.key, step.title]) {
    const found = text === undefined ? undefined : agentIn(text);
    if (found !== undefined) return { agent: found.agent, why: `chosen for "${found.word}"` };
  }
  return { agent: GENERAL, why: `no agent is named; ${GENERAL} takes general work` };
}

/** The longest run of words that is an agent's name: "api spec" before "api". */
function agentIn(text: string): { readonly agent: AgentName; readonly word: string } | undefined {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  for (let length = Math.min(3, words.length); length > 0; length--) {
    for (let at = 0; at + length <= words.length; at++) {
      const word = words.slice(at, at + length).join('-');
      const known = resolveAgent(word);
      if (known !== undefined) return { agent: known.name, word };
    }
  }
  return undefined;
}
