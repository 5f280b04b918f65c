import type { ShownContent } from '../../model/approval';
import type { StepProduct } from '../../model/run-state';
import type { Step } from '../../model/workflow';
import type { Question } from './approvals';

/** Is this result good? */
export function gateQuestion(step: Step, attempt: number, product: StepProduct): Question {
  const { output, artifacts, summary } = product;
  return { kind: 'gate', step, attempt, shown: { output, artifacts }, summary };
}

/** May this be done? */
export function beforeQuestion(step: Step, attempt: number, shown: ShownContent): Question {
  const what = step.run === undefined ? 'what it is told' : 'the command';
  return { kind: 'before', step, attempt, shown, summary: `It has not begun: look at ${what}.` };
}

/** It failed for good; what now? */
export function errorQuestion(
  step: Step,
  attempt: number,
  message: string,
  artifacts: ShownContent['artifacts'],
): Question {
  const shown = { error: message, artifacts };
  return { kind: 'error', step, attempt, shown, summary: `It failed: ${message}`, message: 'What now?' };
}

/** Did it happen? */
export function uncertainQuestion(step: Step, attempt: number, message: string): Question {
  return {
    kind: 'uncertain',
    step,
    attempt,
    shown: { error: message, artifacts: [], ...(step.run !== undefined && { command: step.run }) },
    summary: message,
    message:
      'It may have happened already. Look, then say: it happened, run it again, leave it out, or cancel.',
  };
}
