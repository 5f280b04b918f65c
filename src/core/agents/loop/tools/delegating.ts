/*
 * owns: what the tools that hand work to other agents share: the bounds of one agent's asking, and one asking at a time.
 * must stay true: two calls of one turn never spend the same money; those who work side by side are asked in one call.
 */
import { canonicalJson, type JsonObject } from '../../../base/json';
import { resolveAgent } from '../../roster';
import type { AgentName } from '../../../model/ids';
import type { ToolScope } from '../../../tools/tool';
import { askAloud } from '../../collaboration/ask-aloud';
import type { Task } from '../../collaboration/ask';
import { Delegation } from '../../collaboration/delegation';
import type { AgentAtWork } from '../agent-at-work';
import { OneAtATime } from '../one-at-a-time';
import { childName } from './child-name';
import { onceFor } from './once-for';

/** Characters of material that goes with a task. */
export const LONGEST_DATA = 64_000;

export class Delegating {
  private readonly turns = new OneAtATime();
  /** Set for the call that is under way: who speaks, and as which call. */
  private aloud: ReturnType<typeof askAloud> | undefined;
  private delegation: Delegation | undefined;

  constructor(private readonly work: AgentAtWork) {}

  /** Asks within what this agent may still spend, once everything it asked before has ended. */
  run<T>(scope: ToolScope, args: JsonObject, ask: (delegation: Delegation) => Promise<T>): Promise<T> {
    return this.turns.do(async () => {
      this.aloud = await this.voice(scope, args);
      return ask(this.bounds());
    });
  }

  private async voice(scope: ToolScope, args: JsonObject) {
    const { work } = this;
    const once = await onceFor(work.task, scope.call);
    const sha256 = (text: string) => scope.host.sha256(text);
    // Who asks the same once more wants it done once more: what the first came to is not given to the second.
    const hash = scope.call ?? sha256(canonicalJson(args));
    return askAloud({
      ask: work.ask,
      join: work.join,
      joinAs: work.task.join,
      nameOf: (agent, time) => childName(work.participant, { agent, hash, time }, sha256),
      ...(once !== undefined && { once }),
    });
  }

  private bounds(): Delegation {
    const { chain, allowance, task } = this.work;
    this.delegation ??= new Delegation({
      ask: (agent, task, options) => {
        if (this.aloud === undefined) throw new Error('Nobody asks.');
        return this.aloud(agent, task, options);
      },
      signal: task.signal,
      chain,
      allowance,
    });
    return this.delegation;
  }
}

/** The canonical name where Baton has one; a folder's own agents keep theirs. */
export const canonical = (agent: string): AgentName => resolveAgent(agent)?.name ?? agent;

/** A task with what goes with it, as data from who asks. */
export function taskOf(work: AgentAtWork, task: string, data: string): Task {
  if (data === '') return { task, given: [] };
  return { task, given: [{ from: work.agent, summary: 'Goes with the task.', output: data, artifacts: [] }] };
}
