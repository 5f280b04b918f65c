import type { StepState } from '../../src/core/model/run-state';
import type { Step } from '../../src/core/model/workflow';
import { formatDuration } from '../../src/core/base/duration';
import { firstLine, formatElapsed, formatWaiting } from './format';
import { skipWord } from './status-words';

/** Who does the step, as far as it is known: its agent, or "command". */
export function workerOf(declared: Step, step: StepState): string {
  if ('assignment' in step && step.assignment !== undefined)
    return step.assignment.engine === 'command' ? 'command' : step.assignment.agent;
  return declared.agent ?? (declared.run === undefined ? '' : 'command');
}

/**
 * The second line of a node: agent and time, or what it waits for, or why it failed. `now` is the host's clock;
 * `interrupted` says that nobody drives the run.
 */
export function stepLine(declared: Step, step: StepState, interrupted: boolean, now: number): string {
  const worker = workerOf(declared, step);
  switch (step.status) {
    case 'pending':
      return step.retryAt === undefined
        ? worker
        : joined(worker, `retry in ${formatElapsed(step.retryAt - now)}`);
    case 'running':
      return joined(worker, interrupted ? 'interrupted' : formatElapsed(now - step.startedAt));
    case 'waiting':
      return `waiting for you · ${formatWaiting(now - step.since)}`;
    case 'uncertain':
      return 'may have happened already';
    case 'completed':
      return joined(worker, formatDuration(step.usage.durationMs));
    case 'failed':
      return firstLine(step.error.message);
    case 'skipped':
      return skipWord(step);
    case 'cancelled':
      return 'cancelled';
    default:
      return unknownLine(step);
  }
}

/** Whether the line changes with time alone. */
export function isTicking(step: StepState, interrupted: boolean): boolean {
  return (
    (step.status === 'running' && !interrupted) ||
    step.status === 'waiting' ||
    (step.status === 'pending' && step.retryAt !== undefined)
  );
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

function unknownLine(_step: never): string {
  return '';
}
