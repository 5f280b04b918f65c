import type { RunEvent } from '../model/events';
import type { StepKey } from '../model/ids';
import { isSettled, isTerminal, runStatus, type RunState, type StepState } from '../model/run-state';
import type { Progress } from '../runtime-port';

/** How long steps took in earlier runs, milliseconds. */
export type Durations = ReadonlyMap<StepKey, number>;

export interface ProgressFacts {
  /** Wall clock. */
  readonly now: number;
  readonly durations: Durations;
  /** What running steps say of themselves, 0 to 1. */
  readonly fractions: ReadonlyMap<StepKey, number>;
}

/** A step that runs longer than it ever did is not done before it is. */
const MOST_OF_RUNNING = 0.95;

export function progressOf(state: RunState, facts: ProgressFacts): Progress {
  const end = state.endedAt ?? facts.now;
  const elapsedMs = Math.max(0, end - state.startedAt);
  if (isTerminal(runStatus(state))) {
    return { percentage: state.phase === 'completed' ? 100 : share(state, facts), elapsedMs };
  }
  const remainingMs = remaining(state, facts);
  // Whole only when the run is: a last step on its way to the disk is not there yet.
  const percentage = Math.min(99, share(state, facts));
  return { percentage, elapsedMs, ...(remainingMs !== undefined && { remainingMs }) };
}

function share(state: RunState, facts: ProgressFacts): number {
  const usual = mean(facts.durations) ?? 1;
  let whole = 0;
  let done = 0;
  for (const step of Object.values(state.steps)) {
    const weight = Math.max(1, facts.durations.get(step.key) ?? usual);
    whole += weight;
    done += weight * doneOf(step, weight, facts);
  }
  return whole === 0 ? 100 : Math.floor((100 * done) / whole);
}

/** How much of a step is done, 0 to 1. */
function doneOf(step: StepState, weight: number, facts: ProgressFacts): number {
  if (isSettled(step)) return 1;
  if (step.status === 'waiting' && step.produced !== undefined) return MOST_OF_RUNNING;
  if (step.status !== 'running') return 0;
  const said = facts.fractions.get(step.key);
  if (said !== undefined) return Math.min(MOST_OF_RUNNING, Math.max(0, said));
  if (!facts.durations.has(step.key)) return 0;
  return Math.min(MOST_OF_RUNNING, Math.max(0, facts.now - step.startedAt) / weight);
}

/** The longer of: the longest way through what is left, and all that is left spread over the slots. Nobody's thinking time. */
function remaining(state: RunState, facts: ProgressFacts): number | undefined {
  const usual = mean(facts.durations);
  if (usual === undefined) return undefined;
  const ways = new Map<StepKey, number>();
  let total = 0;
  let longest = 0;
  const left = (step: StepState): number => {
    const takes = facts.durations.get(step.key) ?? usual;
    return takes * (1 - doneOf(step, Math.max(1, takes), facts));
  };
  // Each step after all it depends on; files name them mostly in that order, the rest takes another round.
  let open = [...state.definition.steps];
  while (open.length > 0) {
    const waiting = open.filter((declared) => {
      if (!declared.dependsOn.every((key) => ways.has(key) || state.steps[key] === undefined)) return true;
      const step = state.steps[declared.key];
      const own = step === undefined || isSettled(step) ? 0 : left(step);
      const before = declared.dependsOn.reduce((most, key) => Math.max(most, ways.get(key) ?? 0), 0);
      ways.set(declared.key, before + own);
      total += own;
      longest = Math.max(longest, before + own);
      return false;
    });
    if (waiting.length === open.length) break;
    open = waiting;
  }
  return Math.round(Math.max(longest, total / Math.max(1, state.definition.config.parallelism)));
}

function mean(durations: Durations): number | undefined {
  if (durations.size === 0) return undefined;
  return [...durations.values()].reduce((sum, value) => sum + value, 0) / durations.size;
}

/** The usual duration of each step over some earlier runs: the median of what they took. */
export function usualDurations(runs: readonly (readonly RunEvent[])[]): Map<StepKey, number> {
  const taken = new Map<StepKey, number[]>();
  for (const events of runs) {
    const last = new Map<StepKey, number>();
    for (const event of events)
      if (event.type === 'step-produced' || event.type === 'step-completed')
        last.set(event.step, event.usage.durationMs);
    for (const [key, duration] of last) taken.set(key, [...(taken.get(key) ?? []), duration]);
  }
  return new Map([...taken].map(([key, values]) => [key, median(values)]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
