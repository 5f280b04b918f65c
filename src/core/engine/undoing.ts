/*
 * owns: taking back what a step's agents changed in files while its run is live: when that may be, recording it, and that a gate which
 * showed the changes shows them as they are.
 * does not own: the files themselves (whoever asks restores them).
 * must stay true: while its changes are being taken back, nothing is decided about a step, and it does not begin; what was restored is
 * recorded.
 */
import type { RunEventBody } from '../model/events';
import type { StepKey } from '../model/ids';
import type { RunState } from '../model/run-state';
import type { FileChange } from '../model/tool-call';
import type { Step } from '../model/workflow';
import type { UndoOutcome } from '../runtime-port';
import type { Gates } from './gates/gates';
import type { RunLog } from './run-log';

/** What came of restoring files. `fault`: why it stopped before it was through, for people. */
export interface Restored {
  readonly restored: readonly string[];
  readonly changedSince: readonly string[];
  readonly fault?: string;
}

/** Gives files the content from before some changes. */
export type Restore = (changes: readonly FileChange[]) => Promise<Restored>;

export interface UndoingOptions {
  readonly log: RunLog;
  readonly gates: Gates;
  readonly steps: ReadonlyMap<StepKey, Step>;
  /** True when nothing more is recorded of the run here. */
  readonly isOver: () => boolean;
  /** Called when nothing of a step is being taken back any more. */
  readonly onDone: () => void;
}

export class Undoing {
  private readonly underWay = new Set<StepKey>();

  constructor(private readonly options: UndoingOptions) {}

  has(key: StepKey): boolean {
    return this.underWay.has(key);
  }

  async undo(key: StepKey, by: string, restore: Restore): Promise<UndoOutcome> {
    const { log, isOver } = this.options;
    const refused = undoRefusal(log.state, key) ?? (this.has(key) ? UNDER_WAY : undefined);
    if (refused !== undefined) return { ok: false, code: 'refused', message: refused };
    this.underWay.add(key);
    try {
      const result = await restore(log.state.changes[key] ?? []);
      if (result.restored.length === 0) return undoOutcome(result);
      if (isOver()) return unrecorded(result);
      return (await this.record(undone(log.state, key, by, result)))
        ? undoOutcome(result)
        : unrecorded(result);
    } finally {
      this.underWay.delete(key);
      this.options.onDone();
    }
  }

  /** The change and what it means for an open gate go to the disk together. */
  private record(body: ReturnType<typeof undone>): Promise<boolean> {
    const { log, gates, steps } = this.options;
    let stored = log.record(body);
    const step = steps.get(body.step);
    const anew = step === undefined ? [] : gates.askAnew(step);
    if (anew.length > 0) stored = log.record(...anew);
    gates.armOpen();
    return stored;
  }
}

const UNDER_WAY = 'Changes of this step are being taken back at this moment.';

/** Why nothing of a step can be taken back now, for people. */
export function undoRefusal(state: Pick<RunState, 'steps' | 'changes'>, key: StepKey): string | undefined {
  const step = state.steps[key];
  if (step === undefined) return `There is no step ${key} in this run.`;
  if ((state.changes[key] ?? []).length === 0) return `No file differs because of ${key}.`;
  return step.status === 'running'
    ? `${key} is at work: take its changes back when it is done, or pause or cancel the run first.`
    : undefined;
}

export function undone(
  { steps }: Pick<RunState, 'steps'>,
  step: StepKey,
  by: string,
  { restored }: Restored,
): Extract<RunEventBody, { type: 'changes-undone' }> {
  return { type: 'changes-undone', step, attempt: steps[step]?.attempt ?? 0, paths: restored, by };
}

export function undoOutcome({ restored, changedSince, fault }: Restored): UndoOutcome {
  if (fault === undefined) return { ok: true, restored, changedSince };
  const done = restored.length === 0 ? 'Nothing was restored' : `Restored: ${restored.join(', ')}. Not all`;
  return { ok: false, code: 'storage', message: `${done}: ${fault}` };
}

export function unrecorded({ restored }: Restored): UndoOutcome {
  const message = `${restored.join(', ')} ${restored.length === 1 ? 'is' : 'are'} as before, but that could not be recorded.`;
  return { ok: false, code: 'storage', message };
}
