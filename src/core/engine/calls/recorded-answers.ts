import type { RunEvent } from '../../model/events';
import type { StepKey } from '../../model/ids';

export type AnsweredEvent = Extract<RunEvent, { type: 'call-answered' }>;

interface StepAnswers {
  readonly answers: AnsweredEvent[];
  /** The first attempt that this one goes on from. */
  readonly since: number;
  readonly isRetry: boolean;
}

const NONE: StepAnswers = { answers: [], since: 1, isRetry: false };

/**
 * The answers that attempts at each step have recorded and that the next one may use: an attempt that was interrupted, or held for money,
 * is gone on with. One that failed, or that a person sends back, is not: there another answer is what is wanted.
 */
export class RecordedAnswers {
  private readonly steps = new Map<StepKey, StepAnswers>();

  /** Takes one more event in, in the order of the run. */
  add(event: RunEvent): void {
    switch (event.type) {
      case 'call-answered': {
        const { answers, ...rest } = this.of(event.step);
        this.steps.set(event.step, { ...rest, answers: [...answers, event] });
        return;
      }
      case 'step-failed':
        this.again(event.step, event.attempt);
        return;
      case 'approval-decided':
        if (event.refused === undefined && event.decision.action === 'retry')
          this.again(event.step, event.attempt);
        return;
      case 'step-completed':
      case 'step-skipped':
      case 'step-cancelled':
        this.steps.delete(event.step);
        return;
      default:
        return;
    }
  }

  of(step: StepKey): StepAnswers {
    return this.steps.get(step) ?? NONE;
  }

  private again(step: StepKey, attempt: number): void {
    this.steps.set(step, { answers: [], since: attempt + 1, isRetry: true });
  }
}
