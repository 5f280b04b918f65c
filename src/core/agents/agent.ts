import type { JsonObject, JsonValue } from '../base/json';
import type { Log } from '../host';
import type { ArtifactRef } from '../model/artifact';
import type { Assignment, Usage } from '../model/events';
import type { RunId, StepKey } from '../model/ids';
import type { Step } from '../model/workflow';

/** Who does a step. The local engine is one; later rooms add agents that think with a model. */
export interface Agents {
  /**
   * Who would do this step, or why nobody can ("needs a model": the run is refused before it starts).
   * Called for every step that is no `run:` step.
   */
  assign(step: Step): Assignment | { readonly needsModel: string };
  /** Does it. Throws `BatonError` for an expected failure (code, retryable), `CancelledError` when the signal fired. */
  perform(task: AgentTask): Promise<AgentResult>;
  /** True when running the step twice does no harm (read-only local actions). */
  isIdempotent(step: Step): boolean;
}

export interface AgentTask {
  readonly runId: RunId;
  readonly step: Step;
  readonly attempt: number;
  readonly assignment: Assignment;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Rendered. */
  readonly prompt?: string;
  /** Rendered `with:`. */
  readonly with: JsonObject;
  readonly inputs: JsonObject;
  /** Results of all steps upstream (transitively), in topological order. */
  readonly upstream: readonly UpstreamResult[];
  /** What a person said when asking for this retry. */
  readonly comment?: string;
  readonly signal: AbortSignal;
  /** Unsynced text for people who watch. */
  readonly onText: (text: string) => void;
  /** 0 to 1. */
  readonly onProgress: (fraction: number) => void;
  /** Stores a file and gives its reference. */
  readonly putArtifact: (path: string, mediaType: string, data: Uint8Array | string) => Promise<ArtifactRef>;
  readonly getArtifact: (ref: ArtifactRef) => Promise<Uint8Array>;
  readonly log: Log;
}

export interface UpstreamResult {
  readonly key: StepKey;
  readonly title: string;
  readonly status: 'completed' | 'skipped' | 'failed' | 'cancelled';
  readonly output: JsonValue;
  readonly summary: string;
  readonly artifacts: readonly ArtifactRef[];
}

export interface AgentResult {
  readonly output: JsonValue;
  /** One sentence for people: "7 findings, 2 high". */
  readonly summary: string;
  readonly artifacts: readonly ArtifactRef[];
  readonly usage?: Partial<Usage>;
}
