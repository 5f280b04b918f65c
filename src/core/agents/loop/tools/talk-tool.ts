/*
 * owns: what all tools of agents that talk have in common: whose voice it is, and that a call made again says nothing twice.
 * must stay true: an agent speaks for itself alone; there is no argument for a sender.
 */
import type { JsonObject } from '../../../base/json';
import type { ToolDeclaration } from '../../../providers/provider';
import { checkedArguments } from '../../../tools/services/checked-arguments';
import type { Tool, ToolOutcome, ToolScope } from '../../../tools/tool';
import type { Sha256Of } from '../../chat/fenced-data';
import type { Postbox } from '../../collaboration/postbox';
import type { ContextAccess } from '../../collaboration/shared-context';
import type { AgentAtWork } from '../agent-at-work';
import { onceFor } from './once-for';

/** An agent in the middle of one call. */
export interface Speaker {
  readonly postbox: Postbox;
  readonly context: ContextAccess;
  readonly signal: AbortSignal;
  readonly sha256: Sha256Of;
  /** True when the call had begun before the program ended. */
  readonly again: boolean;
}

/** A tool that only says, reads or shares something within the run. Doing it twice does no harm: it is recorded once. */
export function talkTool(
  work: AgentAtWork,
  declaration: ToolDeclaration,
  act: (speaker: Speaker, args: JsonObject) => Promise<ToolOutcome>,
): Tool {
  return {
    declaration,
    async prepare(args, scope) {
      const checked = checkedArguments(declaration, args);
      return {
        effects: [],
        shown: checked,
        idempotent: true,
        run: async ({ signal }) => act(await speaker(work, scope, signal), checked),
      };
    },
  };
}

async function speaker(work: AgentAtWork, scope: ToolScope, signal: AbortSignal): Promise<Speaker> {
  const { postbox, context } = await work.join();
  const once = await onceFor(work.task, scope.call);
  return {
    postbox: once === undefined ? postbox : postbox.once(once),
    context,
    signal,
    sha256: (text) => scope.host.sha256(text),
    again: once?.again ?? false,
  };
}
