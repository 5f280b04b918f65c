import { runStatus, type RunState, type RunStatus, type StepState } from '../../src/core/model/run-state';
import type { Approval } from '../../src/core/model/approval';
import type { Assignment } from '../../src/core/model/events';
import type { IconName } from '../kit/icons';

/** A state as people meet it everywhere: icon first, word second; `tone` chooses the colour, which only comes third. */
export interface StatusWord {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: Tone;
}

export type Tone = 'quiet' | 'active' | 'asking' | 'good' | 'bad' | 'stopped';

/** `interrupted`: nobody drives the run any more, so nothing of it runs. */
export function stepWord(step: StepState, interrupted: boolean): StatusWord {
  switch (step.status) {
    case 'pending':
      if (step.held !== undefined)
        return { icon: 'credit-card', word: 'Waits for the budget', tone: 'quiet' };
      return step.retryAt === undefined
        ? { icon: 'circle-large-outline', word: 'Not started', tone: 'quiet' }
        : { icon: 'history', word: 'Retrying soon', tone: 'quiet' };
    case 'running':
      if (interrupted) return INTERRUPTED;
      return { icon: 'circle-filled', word: 'Running', tone: 'active' };
    case 'waiting':
      return { icon: 'bell', word: 'Waiting for you', tone: 'asking' };
    case 'completed':
      return { icon: 'pass', word: 'Completed', tone: 'good' };
    case 'failed':
      return { icon: 'error', word: 'Failed', tone: 'bad' };
    case 'skipped':
      return { icon: 'circle-slash', word: 'Skipped', tone: 'quiet' };
    case 'cancelled':
      return { icon: 'stop-circle', word: 'Cancelled', tone: 'stopped' };
    case 'uncertain':
      return { icon: 'question', word: 'May have happened', tone: 'asking' };
    default:
      return unknownState(step);
  }
}

/** "Pausing" and "Interrupted" are not states of their own: they follow from what still runs and from nobody driving it. */
export function runWord(state: RunState, interrupted: boolean): StatusWord {
  const status = runStatus(state);
  if (interrupted && (status === 'running' || status === 'pending' || state.reason === 'interrupted'))
    return INTERRUPTED;
  if (status === 'paused' && Object.values(state.steps).some((step) => step.status === 'running'))
    return { icon: 'debug-pause', word: 'Pausing', tone: 'stopped' };
  // People know no parked runs, only ones that wait for them.
  if (status === 'parked' && Object.keys(state.openApprovals).length > 0)
    return { ...RUN_WORDS.waiting, icon: 'question' };
  return RUN_WORDS[status];
}

const INTERRUPTED: StatusWord = { icon: 'debug-disconnect', word: 'Interrupted', tone: 'stopped' };

const RUN_WORDS: Readonly<Record<RunStatus, StatusWord>> = {
  pending: { icon: 'circle-large-outline', word: 'Starting', tone: 'quiet' },
  running: { icon: 'circle-filled', word: 'Running', tone: 'active' },
  waiting: { icon: 'bell', word: 'Waiting for you', tone: 'asking' },
  paused: { icon: 'debug-pause', word: 'Paused', tone: 'stopped' },
  completed: { icon: 'pass', word: 'Completed', tone: 'good' },
  failed: { icon: 'error', word: 'Failed', tone: 'bad' },
  cancelled: { icon: 'stop-circle', word: 'Cancelled', tone: 'stopped' },
  parked: { icon: 'question', word: 'Needs you', tone: 'asking' },
};

/** The word of a run whose state came as plain text, as in the list of last runs. */
export function runWordOf(status: string): StatusWord {
  return isRunStatus(status)
    ? RUN_WORDS[status]
    : { icon: 'circle-large-outline', word: status, tone: 'quiet' };
}

function isRunStatus(status: string): status is RunStatus {
  return Object.hasOwn(RUN_WORDS, status);
}

/** Who works, said honestly. */
export function engineWord(assignment: Assignment): string {
  switch (assignment.engine) {
    case 'command':
      return 'command on this machine';
    case 'local':
      return 'local engine: rules, no AI model';
    case 'model':
      return 'AI model';
    case 'rehearsal':
      return 'rehearsal: nothing ran';
    default:
      return assignment.engine satisfies never;
  }
}

/** Why a step was left out, as short as a node has room for. */
export function skipWord(step: Extract<StepState, { status: 'skipped' }>): string {
  switch (step.reason) {
    case 'condition':
      return 'skipped by its condition';
    case 'blocked':
      return 'skipped, blocked';
    case 'person':
      return 'skipped by a person';
    case 'expired':
      return 'skipped, time was up';
    default:
      return step.reason satisfies never;
  }
}

/** Why a step was left out, in full. */
export function skipReason(step: Extract<StepState, { status: 'skipped' }>): string {
  switch (step.reason) {
    case 'condition':
      return step.because ?? 'its condition was false';
    case 'blocked':
      return step.because ?? 'a step it depends on did not succeed';
    case 'person':
      return step.because ?? 'skipped by a person';
    case 'expired':
      return 'nobody decided in time';
    default:
      return step.reason satisfies never;
  }
}

/** What a gate asks, in one question. */
export function approvalQuestion(approval: Approval): string {
  switch (approval.kind) {
    case 'gate':
      return 'Keep this result?';
    case 'before':
      return approval.shown.command !== undefined
        ? 'Run exactly this command?'
        : approval.shown.prompt !== undefined
          ? 'Send exactly this prompt?'
          : 'Start this step?';
    case 'error':
      return 'This step failed. What now?';
    case 'uncertain':
      return 'This may have happened already. Look before you choose.';
    case 'budget':
      return 'Spend more?';
    case 'policy':
      return 'Allow this?';
    default:
      return approval.kind satisfies never;
  }
}

function unknownState(_step: never): StatusWord {
  return { icon: 'circle-large-outline', word: 'Unknown', tone: 'quiet' };
}
