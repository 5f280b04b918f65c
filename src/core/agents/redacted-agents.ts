import type { Redactor } from '../base/redactor';
import type { AgentResult, Agents, AgentTask } from './agent';
import { taskWith } from './task-with';

/**
 * Agents whose results, texts and failures carry no secret: a file they read or a model that repeats what it was given may hold one.
 * Cleaned here and not only where it is stored, so that steps downstream see the same before and after a restart.
 */
export function redactAgents(agents: Agents, redactor: Redactor): Agents {
  const ready = agents.ready === undefined ? undefined : () => agents.ready?.() ?? Promise.resolve();
  return {
    assign: (step, config) => redactor.json(agents.assign(step, config)),
    isIdempotent: (step) => agents.isIdempotent(step),
    ...(ready && { ready }),
    perform: (task) => perform(agents, task, redactor),
  };
}

async function perform(agents: Agents, task: AgentTask, redactor: Redactor): Promise<AgentResult> {
  let told = redactor.stream();
  const tell = (text: string) => {
    if (text !== '') task.onText(text);
  };
  const watched = taskWith(task, {
    onText: (text: string) => tell(told.push(text)),
    onVoid: (why: string) => {
      // What was held back belongs to the text that is taken back.
      told = redactor.stream();
      task.onVoid(redactor.text(why));
    },
  });
  try {
    return redactor.json(await agents.perform(watched));
  } catch (error) {
    throw redactor.error(error);
  } finally {
    tell(told.end());
  }
}
