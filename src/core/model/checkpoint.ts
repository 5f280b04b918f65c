import type { RunId, StepKey } from './ids';

/** A position in a run that it can go on from. No copy of anything: the events up to it are the state. */
export interface Checkpoint {
  /** `RUN@SEQ` */
  readonly id: string;
  readonly runId: RunId;
  readonly seq: number;
  readonly at: number;
  /** incremental at each settled step, full where every step of a level has settled. */
  readonly type: 'incremental' | 'full';
  /** Steps that settled here (incremental: one; full: the level). */
  readonly steps: readonly StepKey[];
}
