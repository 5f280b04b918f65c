/*
 * owns: who does a step: rules where the local engine has them, a model where it needs one, both where the step asks for both.
 * must stay true: rules run free and first; a model is never needed for what rules can do.
 */
import type { Step } from '../model/workflow';
import type { Agents, NeedsModel } from './agent';
import { assessed } from './assessment';
import type { ChatAgents } from './chat/chat-agent';
import type { Sha256Of } from './chat/fenced-data';
import type { LocalAgents } from './local-agents';

export const WAYS_TO_A_MODEL =
  'Three ways to add a model: run "Baton: Set API Key" (or set ANTHROPIC_API_KEY, GEMINI_API_KEY or OPENAI_API_KEY); ' +
  'allow the editor\'s own models with "Baton: Allow the Editor\'s Models"; or start a local server such as Ollama.';

export interface AgentsOptions {
  readonly local: LocalAgents;
  readonly chat: ChatAgents;
  readonly sha256: Sha256Of;
  /** Resolves when it is known which models can be asked. */
  readonly ready: () => Promise<void>;
}

/** Whether doing a step may ask a model: only then is it worth finding out who can be asked. */
export function mayAskModel(local: Pick<LocalAgents, 'does'>, step: Step): boolean {
  return step.run === undefined && (!local.does(step) || wantsModel(step));
}

export function createAgents({ local, chat, sha256, ready }: AgentsOptions): Agents {
  return {
    ready,
    isIdempotent: (step) => !local.does(step) || local.isIdempotent(step),
    assign(step, config) {
      const rules = local.assign(step, config);
      if (!('needsModel' in rules)) {
        if (!wantsModel(step)) return rules;
        const model = chat.assign(assessmentStep(step), config);
        if ('none' in model) return { ...rules, why: `${rules.why} (${model.none})` };
        const ruled = local.assign(rulesOf(step));
        const why = 'why' in ruled ? ruled.why : rules.why;
        return { ...rules, why: `${why}; then a model writes an assessment over the findings` };
      }
      const assigned = chat.assign(step, config);
      return 'none' in assigned ? needsModel(rules.needsModel, assigned.none) : assigned;
    },
    async perform(task) {
      if (!local.does(task.step)) return chat.perform(task);
      if (!wantsModel(task.step) || 'none' in chat.assign(assessmentStep(task.step), task.config))
        return local.perform(task);
      return assessed(chat, task, await local.work(task), sha256);
    },
  };
}

/** A step that rules can do and that names whom it would like to hear besides. */
function wantsModel({ provider, model }: Step): boolean {
  const providers = provider?.filter((name) => name !== 'local') ?? [];
  return providers.length > 0 || (model !== undefined && provider === undefined);
}

/** The prose needs no structured output, whatever the step's own result must be. */
function assessmentStep({ output, ...step }: Step): Step {
  return output === undefined ? step : { ...step, output: { artifacts: output.artifacts } };
}

function needsModel(because: string, none: string): NeedsModel {
  return { needsModel: `${because}. ${none} ${WAYS_TO_A_MODEL}`, because, none };
}

/** What of a step the rules alone are about. */
function rulesOf({ provider, model, prompt, ...step }: Step): Step {
  void [provider, model, prompt];
  return step;
}
