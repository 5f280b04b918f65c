import type { Checkpoint } from '../model/checkpoint';
import type { RunEvent } from '../model/events';
import type { StepKey } from '../model/ids';
import type { WorkflowDefinition } from '../model/workflow';

/**
 * The checkpoints of a run: one at each settled step, and a full one instead where with it every step of its level has settled.
 * All of them, whatever `config.checkpoint` says: that only chooses what is listed (`listedCheckpoints`).
 */
export function checkpointsOf(events: readonly RunEvent[]): Checkpoint[] {
  const finder = new CheckpointFinder();
  return events.flatMap((event) => finder.next(event) ?? []);
}

/** What `config.checkpoint` wants to see of them. */
export function listedCheckpoints(
  checkpoints: readonly Checkpoint[],
  wanted: WorkflowDefinition['config']['checkpoint'],
): Checkpoint[] {
  if (wanted === 'none') return [];
  return checkpoints.filter((checkpoint) => wanted === 'step' || checkpoint.type === 'full');
}

/** Finds checkpoints event by event, so that a view can catch up from where it stopped. */
export class CheckpointFinder {
  private levels: readonly (readonly StepKey[])[] = [];
  private readonly levelOf = new Map<StepKey, number>();
  private readonly asksOnError = new Set<StepKey>();
  private readonly settled = new Set<StepKey>();

  next(event: RunEvent): Checkpoint | undefined {
    switch (event.type) {
      case 'run-started':
        this.begin(event.definition);
        return undefined;
      case 'step-started':
        this.settled.delete(event.step);
        return undefined;
      case 'step-failed':
        // Another attempt follows, or a person is asked: not settled yet.
        if (event.retryAt !== undefined || this.asksOnError.has(event.step)) return undefined;
        return this.settle(event, event.step);
      case 'step-completed':
      case 'step-skipped':
      case 'step-cancelled':
        return this.settle(event, event.step);
      default:
        return undefined;
    }
  }

  private begin(definition: WorkflowDefinition): void {
    this.levels = levelsOf(definition);
    this.levels.forEach((level, index) => level.forEach((key) => this.levelOf.set(key, index)));
    for (const step of definition.steps) if (step.onError === 'ask') this.asksOnError.add(step.key);
  }

  private settle(event: RunEvent, step: StepKey): Checkpoint {
    this.settled.add(step);
    const level = this.levels[this.levelOf.get(step) ?? -1] ?? [];
    const isFull = level.length > 0 && level.every((key) => this.settled.has(key));
    return {
      id: `${event.runId}@${event.seq}`,
      runId: event.runId,
      seq: event.seq,
      at: event.at,
      type: isFull ? 'full' : 'incremental',
      steps: isFull ? level : [step],
    };
  }
}

/** Each step in the first level after all it depends on, keys in file order; the same as the plan's. */
export function levelsOf(definition: WorkflowDefinition): StepKey[][] {
  const level = new Map<StepKey, number>();
  let left = definition.steps;
  while (left.length > 0) {
    // Files name a step mostly after what it depends on, so one pass is the rule.
    const waiting = left.filter((step) => {
      if (!step.dependsOn.every((key) => level.has(key))) return true;
      level.set(step.key, 1 + Math.max(-1, ...step.dependsOn.map((key) => level.get(key) ?? -1)));
      return false;
    });
    // A definition has no cycle; if one came from an old file, the rest is one level rather than an endless loop.
    if (waiting.length === left.length) for (const step of waiting) level.set(step.key, 0);
    left = waiting.length === left.length ? [] : waiting;
  }
  const levels: StepKey[][] = [];
  for (const step of definition.steps) (levels[level.get(step.key) ?? 0] ??= []).push(step.key);
  return levels;
}
