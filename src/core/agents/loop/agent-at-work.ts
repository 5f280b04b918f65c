import type { AgentName } from '../../model/ids';
import type { ParticipantName } from '../../model/message';
import type { AgentRights } from '../../tools/policy/rights';
import type { Tool } from '../../tools/tool';
import type { AgentTask } from '../agent';
import type { Allowance, AskAs } from '../collaboration/ask';
import type { Participant } from '../collaboration/collaboration';
import type { AgentProfile } from '../profile/profile';

/** An agent in the middle of its work: the one that a step names, or one that was asked by another. */
export interface AgentAtWork {
  readonly agent: AgentName;
  /** Its name among the agents of the run: the step's key, and below it "review/security-3f9c02" for one that was asked. */
  readonly participant: ParticipantName;
  readonly task: AgentTask;
  /** Who it is; absent: nobody describes it. */
  readonly profile?: AgentProfile;
  /** A child's are never wider than its parent's. */
  readonly rights: AgentRights;
  /** Who asked whom down to this one, itself last. */
  readonly chain: readonly AgentName[];
  /** What it and those that it asks may spend together. */
  readonly allowance: Allowance;
  /** Takes part in the conversation of the run, from the first call on; the same one each time. */
  readonly join: () => Promise<Participant>;
  /**
   * Lets another agent work within this attempt: its turns and calls are recorded with the step's. Rejects with `NeedsPerson` and
   * `OverBudget` (they are let through: the whole attempt is held) and when cancelled; every other end is an outcome.
   */
  readonly ask: AskAs;
}

/**
 * Tools that need to know whose they are: asking other agents, talking, the step's own local action. Called once for an agent at work.
 * What it gives is offered to that agent besides the tools that its profile names.
 */
export type ToolsOfAgent = (work: AgentAtWork) => readonly Tool[];
