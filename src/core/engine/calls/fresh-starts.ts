import type { RunEvent } from '../../model/events';
import type { ApprovalId, StepKey } from '../../model/ids';
import { isAboutCalls } from '../../model/policy-answer';

/** What a step's attempts so far recorded is of no use any more. */
export interface FreshStart {
  readonly step: StepKey;
  /** The first attempt that begins anew; absent: the step has settled. */
  readonly since?: number;
}

/**
 * Tells when a step begins anew instead of going on where it was. It goes on after an interruption, when it was held for money, and when
 * a person has answered about its calls; after a failure, or when a person sends it back, another outcome is what is wanted.
 */
export class FreshStarts {
  /** Open questions about calls. */
  private readonly aboutCalls = new Set<ApprovalId>();

  /** Takes one more event in, in the order of the run. */
  next(event: RunEvent): FreshStart | undefined {
    switch (event.type) {
      case 'approval-requested':
        if (isAboutCalls(event.approval)) this.aboutCalls.add(event.approval.id);
        return undefined;
      case 'approval-decided': {
        const { id, step, attempt, decision, refused } = event;
        if (refused !== undefined || this.aboutCalls.delete(id) || decision.action !== 'retry')
          return undefined;
        return { step, since: attempt + 1 };
      }
      case 'step-failed':
        return { step: event.step, since: event.attempt + 1 };
      case 'step-completed':
      case 'step-skipped':
      case 'step-cancelled':
        return { step: event.step };
      default:
        return undefined;
    }
  }
}
