import type { RunEvent, RunEventBody } from '../model/events';
import type { ArtifactRef } from '../model/artifact';
import type { RunId } from '../model/ids';
import type { Spending } from '../model/model-call';
import type { Event } from '../base/emitter';

/** How runs survive. The list of events is the truth; every implementation passes `test/contract/run-store.ts`. */
export interface RunStore {
  /** Stable for the life of the store. */
  readonly id: string;
  readonly epoch: number;
  /**
   * Gives the bodies the next `seq` of the run at once (in call order), and resolves once they are on the disk.
   * Rejects with code "store-full" or "store-failed" when they are not; then nothing of this call counts,
   * and with "stale-owner" when another owner has a higher epoch. `events` is readable before it is durable.
   */
  append(runId: RunId, bodies: readonly RunEventBody[], options: AppendOptions): Appended;
  /**
   * What people did about a run after it had ended: taking changes of files back, and nothing else. Resolves with the events once they
   * are on the disk; rejects as `append` does.
   */
  amend(runId: RunId, bodies: readonly Amendment[], options: AppendOptions): Promise<readonly RunEvent[]>;
  /** All durable events of one run, in order; empty when unknown. */
  read(runId: RunId): Promise<readonly RunEvent[]>;
  /** Runs without a final event, oldest first. Cheap: from the manifest. */
  unfinished(): readonly RunId[];
  /** Every run, newest first; served without folding finished runs' events. */
  runs(): Promise<readonly RunSummary[]>;
  readonly artifacts: ArtifactStore;
  /** Unsynced text beside a step's attempt: live output. */
  readonly logs: StepLogs;
  /** Faults found so far (a torn tail that was cut, quarantined runs), for people. */
  readonly findings: readonly string[];
  /**
   * True once the disk was found full: what is in flight is still recorded as long as the reserve lasts,
   * but no new step may start. Ends when `reclaim` succeeds.
   */
  readonly isFull: boolean;
  /** Fires when `isFull` becomes true. The value is one sentence for people. */
  readonly onFull: Event<string>;
  /** Tries to set the reserve aside again; true when the disk has room and appending is as before. */
  reclaim(): Promise<boolean>;
  close(): Promise<void>;
}

export type Amendment = Extract<RunEventBody, { type: 'changes-undone' }>;

export interface AppendOptions {
  readonly at: number;
  readonly rehearsal: boolean;
}

export interface Appended {
  readonly events: readonly RunEvent[];
  readonly durable: Promise<void>;
}

/** One line of a list of runs. */
export interface RunSummary {
  readonly runId: RunId;
  readonly workflow: string;
  readonly path?: string;
  readonly rehearsal: boolean;
  /** As `runStatus` gives it for the durable events. */
  readonly status: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly settledSteps: number;
  readonly steps: number;
  readonly openApprovals: number;
  /** By calls that have ended; absent when no model was asked. */
  readonly spent?: Spending;
}

export interface ArtifactStore {
  /** Writes and syncs the bytes under their hash before it resolves; equal bytes are written once. */
  put(path: string, mediaType: string, data: Uint8Array | string): Promise<ArtifactRef>;
  /** Verified against the hash on each read; throws "artifact-missing" or "artifact-corrupt". */
  get(ref: Pick<ArtifactRef, 'hash'>): Promise<Uint8Array>;
}

export interface StepLogs {
  append(runId: RunId, step: string, attempt: number, text: string): void;
  /** The last `maxBytes` of the log; empty when there is none. */
  read(runId: RunId, step: string, attempt: number, maxBytes?: number): Promise<string>;
  /** Notes the process group of a running command, synchronously enough to survive a kill right after. */
  noteProcess(runId: RunId, step: string, attempt: number, group: unknown): Promise<void>;
  readProcess(runId: RunId, step: string, attempt: number): Promise<unknown>;
}
