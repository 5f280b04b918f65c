import type { JsonObject } from '../../base/json';
import type { AnswerCheck } from './answer-faults';
import type { KnownAgent } from '../roster';

/** Everything about an agent: what lists show, what it is chosen by, and what a model is told. */
export interface AgentProfile extends KnownAgent {
  /** Short phrases for people and for the choice. */
  readonly specializations: readonly string[];
  /** Words of its field, for the choice: a task that names them is probably this agent's. */
  readonly topics: readonly string[];
  /** The best first. */
  readonly capabilities: readonly Capability[];
  /** Names of the tools it may use at most. */
  readonly tools: readonly string[];
  readonly model: ModelPreferences;
  /** Actions of a workflow that are this agent's, kebab-case. */
  readonly actions: readonly string[];
  /** JSON Schema of its answer, where the step gives none of its own. */
  readonly output?: JsonObject;
  /** What must hold in an answer beyond its schema. */
  readonly checks: readonly AnswerCheck[];
  /** Markdown. */
  readonly prompt: string;
  /** The file of the folder that describes it (relative, forward slashes); absent: one of Baton's own. */
  readonly source?: string;
  /** `server/tool` or `server/*` of MCP servers that the person set up. Only agents of a trusted folder name them. */
  readonly serverTools?: readonly string[];
  /** The only agents it may hand work to; absent: any. */
  readonly agents?: readonly string[];
}

export interface Capability {
  /** A verb and what it is done to: "scan vulnerabilities". */
  readonly name: string;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface ModelPreferences {
  /** Providers, or "provider/model", the most wanted first. Empty: as the person's settings say. */
  readonly prefer: readonly string[];
  /** What the model must be able to do. `context` in tokens. */
  readonly needs: { readonly tools: boolean; readonly structuredOutput: boolean; readonly context?: number };
}
