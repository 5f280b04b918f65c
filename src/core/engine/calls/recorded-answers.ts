import type { RunEvent } from '../../model/events';
import type { StepKey } from '../../model/ids';
import { FreshStarts } from './fresh-starts';

export type AnsweredEvent = Extract<RunEvent, { type: 'call-answered' }>;

interface StepAnswers {
  readonly answers: AnsweredEvent[];
  /** The first attempt that this one goes on from. */
  readonly since: number;
  readonly isRetry: boolean;
}

const NONE: StepAnswers = { answers: [], since: 1, isRetry: false };

/** The answers that attempts at each step have recorded and that the next one may use: those of attempts that it goes on from. */
export class RecordedAnswers {
  private readonly steps = new Map<StepKey, StepAnswers>();
  private readonly freshStarts = new FreshStarts();

  /** Takes one more event in, in the order of the run. */
  add(event: RunEvent): void {
    if (event.type === 'call-answered') {
      const { answers, ...rest } = this.of(event.step);
      this.steps.set(event.step, { ...rest, answers: [...answers, event] });
      return;
    }
    const fresh = this.freshStarts.next(event);
    if (fresh === undefined) return;
    const { step, since } = fresh;
    if (since === undefined) this.steps.delete(step);
    else this.steps.set(step, { answers: [], since, isRetry: true });
  }

  of(step: StepKey): StepAnswers {
    return this.steps.get(step) ?? NONE;
  }
}
