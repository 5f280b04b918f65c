import type { RunStatus } from '../core/model/run-state';

/** What the process says when it ends. A public contract. */
export const EXIT = {
  completed: 0,
  /** Failed, or refused. */
  failed: 1,
  /** An invalid file, or a command line that makes no sense. */
  usage: 2,
  /** Waiting for a person, paused or parked: it can go on later. */
  waiting: 3,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of a command that followed a run until now. */
export function exitCodeOf(status: RunStatus): ExitCode {
  switch (status) {
    case 'completed':
      return EXIT.completed;
    case 'failed':
      return EXIT.failed;
    case 'cancelled':
      return EXIT.cancelled;
    case 'pending':
    case 'running':
    case 'waiting':
    case 'paused':
    case 'parked':
      return EXIT.waiting;
    default:
      return status satisfies never;
  }
}
