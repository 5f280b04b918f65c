/*
 * owns: which tools an agent gets because of who it is and where it works.
 * must stay true: the list stays short: nobody is offered what leads nowhere.
 */
import type { Tool } from '../../../tools/tool';
import { DEEPEST } from '../../collaboration/delegation';
import type { AgentAtWork, ToolsOfAgent } from '../agent-at-work';
import { delegate } from './delegate';
import { delegateMany } from './delegate-many';
import { Delegating } from './delegating';
import { createLocalTools } from './local-tools';
import type { AnalysisToolOptions } from './run-analysis-tool';
import { talkTools } from './talk-tools';

/**
 * Asking others: an agent whose profile names `delegate`, while it may ask anybody at all.
 * Talking: of these tools an agent gets those that its profile names, and all of them when it names `delegate`; and only where
 * somebody can hear it: other agents' steps may be at work beside its own, or it was asked by another.
 * The local engine's analyses: see `createLocalTools`.
 */
export function createToolsOfAgent(options: Omit<AnalysisToolOptions, 'actions'> = {}): ToolsOfAgent {
  const localTools = createLocalTools(options);
  return (work) => [...delegatingTools(work), ...heardTools(work), ...localTools(work)];
}

function delegatingTools(work: AgentAtWork): readonly Tool[] {
  const mayAsk = work.chain.length <= DEEPEST && work.allowance.asks > 0;
  if (!mayAsk || !names(work).has('delegate')) return [];
  const delegating = new Delegating(work);
  return [delegate(work, delegating), delegateMany(work, delegating)];
}

function heardTools(work: AgentAtWork): readonly Tool[] {
  const isHeard = (work.task.beside?.length ?? 0) > 0 || work.chain.length > 1;
  if (!isHeard) return [];
  const named = names(work);
  return talkTools(work).filter(({ declaration }) => named.has('delegate') || named.has(declaration.name));
}

/** Of the profile: what the rights leave of it is policy's business. */
const names = ({ profile, rights }: AgentAtWork): ReadonlySet<string> =>
  new Set(profile?.tools ?? rights.tools ?? []);
