/*
 * owns: that a process which a step started rules neither the run of that step, nor the run whose step started that run, and so on.
 * must stay true: it is told by the mark in its environment and by what is recorded, never by what a message says of itself.
 */
import type { RunEvent } from './model/events';
import type { RunId } from './model/ids';
import type { CommandOutcome } from './runtime-port';

/** Runs that start each other in a row; nobody nests them deeper. */
const DEEPEST = 100;

/** The run whose step started a process, by its BATON_STEP; undefined where no step did. */
export function runOfMark(mark: string | undefined): RunId | undefined {
  const runId = mark?.split('/')[0];
  return runId === '' ? undefined : runId;
}

/** Why a command for a run is turned down when it comes from a process with this mark; undefined when it may come from there. */
export async function refusalFromInside(
  eventsOf: (runId: RunId) => Promise<readonly RunEvent[]>,
  mark: string | undefined,
  runId: RunId,
): Promise<Extract<CommandOutcome, { ok: false }> | undefined> {
  let within = runOfMark(mark);
  for (let depth = 0; within !== undefined && depth < DEEPEST; depth += 1) {
    if (within === runId) {
      const message = `This process was started by a step of run ${runId}, and a step decides nothing in its own run.`;
      return { ok: false, code: 'refused', message };
    }
    const [first] = await eventsOf(within);
    within = first?.type === 'run-started' ? first.startedIn : undefined;
  }
  return undefined;
}
