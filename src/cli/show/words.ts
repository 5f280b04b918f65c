import { formatDuration } from '../../core/base/duration';
import type { Assignment } from '../../core/model/events';
import {
  runStatus,
  type RunState,
  type RunStatus,
  type StepState,
  type StepStatus,
} from '../../core/model/run-state';
import { uncertainLine, uncertainOf } from '../../core/model/uncertain-words';

export type Tone = 'quiet' | 'active' | 'asking' | 'good' | 'bad';

/** A state as people read it: a mark, a word, and a colour that only comes third. */
export interface StatusWord {
  readonly mark: string;
  readonly word: string;
  readonly tone: Tone;
}

const STEP_WORDS: Readonly<Record<StepStatus, StatusWord>> = {
  pending: { mark: '○', word: 'not started', tone: 'quiet' },
  running: { mark: '●', word: 'running', tone: 'active' },
  waiting: { mark: '◐', word: 'waits for you', tone: 'asking' },
  completed: { mark: '✓', word: 'done', tone: 'good' },
  failed: { mark: '✗', word: 'failed', tone: 'bad' },
  skipped: { mark: '–', word: 'skipped', tone: 'quiet' },
  cancelled: { mark: '■', word: 'cancelled', tone: 'quiet' },
  uncertain: { mark: '?', word: 'may have happened', tone: 'asking' },
};

const RUN_WORDS: Readonly<Record<RunStatus, StatusWord>> = {
  pending: { mark: '○', word: 'starting', tone: 'quiet' },
  running: { mark: '●', word: 'running', tone: 'active' },
  waiting: { mark: '◐', word: 'waits for you', tone: 'asking' },
  paused: { mark: '‖', word: 'paused', tone: 'quiet' },
  completed: { mark: '✓', word: 'completed', tone: 'good' },
  failed: { mark: '✗', word: 'failed', tone: 'bad' },
  cancelled: { mark: '■', word: 'cancelled', tone: 'quiet' },
  parked: { mark: '?', word: 'needs you', tone: 'asking' },
};

/** A run whose process ended in the middle of it: nothing of it runs until somebody resumes it. */
export const INTERRUPTED: StatusWord = { mark: '‖', word: 'interrupted', tone: 'quiet' };

/** A run of which records are lost: what is left can be looked at, and nothing of it goes on. */
const DAMAGED: StatusWord = { mark: '✗', word: 'damaged', tone: 'bad' };

/**
 * What a run is called that does not go on although its events end in the middle; undefined: its status says it.
 *
 * @param status of its summary
 * @param isOwned some process drives the runs of its folder
 */
export function brokenOffWord(status: string, isOwned: boolean): StatusWord | undefined {
  if (status === 'damaged') return DAMAGED;
  return !isOwned && (status === 'running' || status === 'pending') ? INTERRUPTED : undefined;
}

/** A step that has begun before and waits for its turn is not one that nobody has begun. */
export function stepWord(step: StepState): StatusWord {
  const word = STEP_WORDS[step.status];
  if (step.status !== 'pending') return word;
  if (step.held !== undefined) return { ...word, word: 'waits for the budget' };
  if (step.retryAt !== undefined) return { ...word, word: 'tries again soon' };
  return step.attempt === 0 ? word : { ...word, word: 'goes on in its turn' };
}

/** Also for the status of a summary, which comes as plain text. */
export function runWord(status: string): StatusWord {
  return Object.hasOwn(RUN_WORDS, status)
    ? RUN_WORDS[status as RunStatus]
    : { mark: '○', word: status, tone: 'quiet' };
}

/** How a run stands. One that only goes on when a person has looked says what is to be looked at. */
export function standingWord(state: RunState): StatusWord {
  const status = runStatus(state);
  const uncertain = uncertainOf(state.openApprovals);
  const word = runWord(status);
  return status === 'parked' && uncertain.length > 0 ? { ...word, word: uncertainLine(uncertain) } : word;
}

/** How a run stands, in full: "needs you: 1 step may have happened". */
export function standingText(state: RunState): string {
  const { word } = runWord(runStatus(state));
  const standing = standingWord(state).word;
  return standing === word ? word : `${word}: ${standing}`;
}

/** Who works, said honestly. */
export function engineWord(assignment: Assignment): string {
  switch (assignment.engine) {
    case 'command':
      return 'command';
    case 'local':
      return `${assignment.agent}, local engine: rules, no AI model`;
    case 'model':
      return assignment.agent;
    case 'rehearsal':
      return 'rehearsal, nothing runs';
    default:
      return assignment.engine satisfies never;
  }
}

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** "14:02:03" of today, local time. */
export function timeOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** "2025-11-21 14:02", local time. */
export function dateOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A time that still counts: whole units, so that it does not flicker. */
export function elapsedOf(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}
