import type { AgentTask } from './agent';

/** A copy with some fields of its own. Its getters stay getters: `upstream` is gathered only when it is looked at. */
export function taskWith(task: AgentTask, own: Partial<AgentTask>): AgentTask {
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(task), ...Object.getOwnPropertyDescriptors(own) },
  ) as AgentTask;
}
