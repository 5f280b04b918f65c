import type { JsonValue } from '../../base/json';
import type { ArtifactRef } from '../../model/artifact';
import type { Usage } from '../../model/events';
import type { AgentName } from '../../model/ids';
import type { ParticipantName } from '../../model/message';
import type { Participant } from './collaboration';

/** What an agent is asked to do for another one. */
export interface Task {
  /** In words. */
  readonly task: string;
  /** Results of others that it begins from: data, never instructions. */
  readonly given: readonly Handoff[];
}

/** A result on its way from one agent to the next. */
export interface Handoff {
  readonly from: AgentName;
  readonly summary: string;
  readonly output: JsonValue;
  readonly artifacts: readonly ArtifactRef[];
}

/** How asking an agent ended. What it took is told in every case. */
export type Outcome =
  | (Took & { readonly status: 'done'; readonly result: Handoff })
  | (Took & {
      readonly status: 'failed';
      readonly agent: AgentName;
      /** Stable and kebab-case; "depth", "circle", "asks" and "budget" mean that it was not asked at all. */
      readonly code: string;
      readonly message: string;
    });

export interface Took {
  /** Of the agent and of all that it asked in turn. */
  readonly usage: Partial<Usage>;
  /** How many agents it asked in turn, theirs included. */
  readonly asks: number;
}

/** What may be spent. Absent: no bound of that kind. */
export interface Allowance {
  readonly usd?: number;
  readonly tokens?: number;
  /** Agents asked, those that they ask in turn included. */
  readonly asks: number;
}

/** Who asks, and within which bounds: a child's are never wider than what is left to its parent. */
export interface AskOptions {
  readonly signal: AbortSignal;
  /** Who asked whom down to here, the first first. */
  readonly chain: readonly AgentName[];
  readonly allowance: Allowance;
}

/** Under which name it takes part in the run, and how: who asks it has joined for it already. */
export interface AskedAs {
  readonly participant: ParticipantName;
  readonly join: () => Promise<Participant>;
}

/** Lets an agent do a task. Rejects only when it was cancelled; every other end is an outcome. */
export type Ask = (agent: AgentName, task: Task, options: AskOptions) => Promise<Outcome>;

/** The same, as one of those who take part in the run: no two askings have the same name. */
export type AskAs = (
  agent: AgentName,
  task: Task,
  options: AskOptions & { readonly as: AskedAs },
) => Promise<Outcome>;
