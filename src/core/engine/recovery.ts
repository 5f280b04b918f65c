/*
 * owns: what the events of a run that is opened again say about how it was left. Pure, but for ending what still runs.
 * does not own: recording what follows from it (run).
 * must stay true: whatever an earlier process left running is ended before anything is said or done about it.
 */
import type { Host, ProcessGroup } from '../host';
import type { Approval, Decider, Decision } from '../model/approval';
import type { RunEvent } from '../model/events';
import type { RunState, StepState } from '../model/run-state';
import type { RunStore } from '../storage/run-store';

/** A run that takes its host down is opened this often in a row before it is put aside. */
export const MOST_RECOVERIES = 3;

/**
 * Recoveries since something came of the run, or a person sent it on. That a step was started again says nothing: that may be what
 * takes the host down.
 */
export function crashesInARow(events: readonly RunEvent[]): number {
  let crashes = 0;
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const event = events[at];
    if (event === undefined) break;
    if (event.type === 'owner-changed') {
      if (event.recovery) crashes += 1;
    } else if (!saysNothingNew(event)) break;
  }
  return crashes;
}

function saysNothingNew(event: RunEvent): boolean {
  switch (event.type) {
    case 'step-started':
    case 'tool-started':
    case 'agent-joined':
    case 'agent-left':
    case 'run-paused':
    case 'run-parked':
      return true;
    case 'run-resumed':
      return event.automatic === true;
    default:
      return false;
  }
}

/** Milliseconds in which the run was working: waiting, paused and lost time left out. */
export function workingTime(events: readonly RunEvent[]): number {
  const running = new Set<string>();
  let isPaused = false;
  let since: number | undefined;
  let total = 0;
  for (const event of events) {
    if (since !== undefined && event.type !== 'owner-changed') total += Math.max(0, event.at - since);
    switch (event.type) {
      case 'step-started':
        running.add(event.step);
        break;
      case 'step-produced':
      case 'step-completed':
      case 'step-skipped':
      case 'step-uncertain':
      case 'step-held':
      case 'step-cancelled':
        running.delete(event.step);
        break;
      case 'step-failed':
        // Waiting for the next attempt is part of the work.
        if (event.retryAt === undefined) running.delete(event.step);
        break;
      case 'owner-changed':
        running.clear();
        break;
      case 'run-paused':
      case 'run-parked':
        isPaused = true;
        break;
      case 'run-resumed':
        isPaused = false;
        break;
      default:
        break;
    }
    since = running.size > 0 && !isPaused ? event.at : undefined;
  }
  return total;
}

export type RunningStep = Extract<StepState, { status: 'running' }>;

/** Attempts of which no result was recorded. */
export function interruptedSteps(state: RunState): RunningStep[] {
  return Object.values(state.steps).filter((step): step is RunningStep => step.status === 'running');
}

/** Ends the process groups that interrupted attempts left behind. */
export async function endLeftovers(
  state: RunState,
  host: Pick<Host, 'processes' | 'log'>,
  store: Pick<RunStore, 'logs'>,
): Promise<void> {
  if (state.rehearsal) return;
  for (const step of interruptedSteps(state)) {
    const mark = `${state.runId}/${step.key}/${step.attempt}`;
    const noted = await store.logs.readProcess(state.runId, step.key, step.attempt);
    if (noted === undefined && step.assignment.engine !== 'command' && !usedTools(state, step)) continue;
    await host.processes.endGroup({ ...(isGroup(noted) && noted), mark });
  }
}

/** Its commands carry the mark of the attempt, and outlive a killed process as those of the file do. */
function usedTools({ tools }: RunState, { key, attempt }: RunningStep): boolean {
  return (tools[key] ?? []).some((call) => call.attempt === attempt);
}

function isGroup(noted: unknown): noted is ProcessGroup {
  return (
    typeof noted === 'object' &&
    noted !== null &&
    'pid' in noted &&
    typeof noted.pid === 'number' &&
    'startTime' in noted &&
    typeof noted.startTime === 'string'
  );
}

/** A decision that was recorded and whose result was not. */
export interface Unfinished {
  readonly approval: Approval;
  readonly decision: Decision;
  readonly by: Decider;
}

/** The last decision about a step that still stands where the decision found it. */
export function unfinishedDecision(state: RunState, step: StepState): Unfinished | undefined {
  if (step.status !== 'waiting' && step.status !== 'uncertain') return undefined;
  const closed = state.closedApprovals.findLast(({ approval }) => approval.id === step.approval);
  if (closed?.decision === undefined || closed.by === undefined) return undefined;
  return { approval: closed.approval, decision: closed.decision, by: closed.by };
}

/** Who decided to cancel the run, when its end was not recorded. */
export function cancelDecision(state: RunState): Decider | undefined {
  return state.closedApprovals.findLast(({ decision }) => decision?.action === 'cancel')?.by;
}
