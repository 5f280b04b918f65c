import type { Disposable } from '../../core/base/disposable';
import type { Log } from '../../core/host';
import type { RunTold, Runs } from './runs';

/** Writes what happens to runs into the log channel, one line each. Results and inputs stay out of it. */
export function logRuns(runs: Runs, log: Log): Disposable {
  return runs.onEvent((told) => {
    const line = lineOf(told);
    if (line === undefined) return;
    const text = `${told.state.definition.name} (${told.state.runId}): ${line}`;
    if (told.event.type === 'run-failed' || told.event.type === 'step-failed') log.warn(text);
    else log.info(text);
  });
}

function lineOf({ event, state }: RunTold): string | undefined {
  switch (event.type) {
    case 'run-started':
      return `${state.rehearsal ? 'rehearsal' : 'run'} started by ${event.by}`;
    case 'run-paused':
      return `paused (${event.reason})`;
    case 'run-resumed':
      return `resumed by ${event.by}`;
    case 'run-parked':
      return `needs a person: ${event.message}`;
    case 'run-completed':
      return 'completed';
    case 'run-failed':
      return `failed: ${event.message}`;
    case 'run-cancelled':
      return `cancelled by ${event.by}`;
    case 'step-failed':
      return `step ${event.step}, attempt ${event.attempt}, failed: ${event.error.message}`;
    case 'step-uncertain':
      return `step ${event.step} may have happened: ${event.message}`;
    case 'approval-requested':
      return `step ${event.step} waits for a decision (${event.approval.kind})`;
    case 'approval-decided':
      return `step ${event.step}: ${event.decision.action} by ${event.by.name} (${event.by.channel})`;
    case 'owner-changed':
      return `now run by ${event.owner}`;
    default:
      return undefined;
  }
}
