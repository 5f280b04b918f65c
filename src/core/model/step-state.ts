import type { JsonValue } from '../base/json';
import type { ArtifactRef } from './artifact';
import type { Assignment, StepError, Usage } from './events';
import type { ApprovalId, StepKey } from './ids';

/** Attempt 0: never started. */
export type StepState = { readonly key: StepKey; readonly attempt: number } & (
  | {
      readonly status: 'pending';
      readonly retryAt?: number;
      readonly lastError?: StepError;
      /** Its attempt waits for money. */
      readonly held?: 'budget';
    }
  | {
      readonly status: 'running';
      readonly assignment: Assignment;
      readonly startedAt: number;
      readonly idempotent: boolean;
    }
  | {
      readonly status: 'waiting';
      readonly approval: ApprovalId;
      readonly assignment?: Assignment;
      readonly produced?: StepProduct;
      readonly since: number;
    }
  | ({
      readonly status: 'completed';
      readonly how: 'work' | 'approved' | 'modified' | 'rehearsal';
      readonly endedAt: number;
      readonly assignment?: Assignment;
    } & StepProduct)
  | {
      readonly status: 'failed';
      readonly error: StepError;
      readonly tolerated: boolean;
      readonly artifacts: readonly ArtifactRef[];
      readonly usage: Usage;
      readonly endedAt: number;
      readonly assignment?: Assignment;
    }
  | {
      readonly status: 'skipped';
      readonly reason: 'condition' | 'blocked' | 'person' | 'expired';
      readonly because?: string;
      readonly output: JsonValue;
      readonly endedAt: number;
    }
  | { readonly status: 'cancelled'; readonly message: string; readonly endedAt: number }
  | {
      readonly status: 'uncertain';
      readonly message: string;
      readonly approval?: ApprovalId;
      readonly since: number;
      readonly assignment?: Assignment;
    }
);

export type StepStatus = StepState['status'];

export interface StepProduct {
  readonly output: JsonValue;
  readonly summary: string;
  readonly artifacts: readonly ArtifactRef[];
  readonly usage: Usage;
}

export function isSettled(step: StepState): boolean {
  return (
    step.status === 'completed' ||
    step.status === 'failed' ||
    step.status === 'skipped' ||
    step.status === 'cancelled'
  );
}
