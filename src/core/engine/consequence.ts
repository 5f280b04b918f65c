import type { RunEventBody } from '../model/events';
import type { BudgetQuestion } from '../model/model-call';
import type { RunState } from '../model/run-state';
import type { Step } from '../model/workflow';
import { asUnknown, callsInFlight } from './calls/calls-in-flight';
import { cancelStep } from './ending';
import type { Question } from './gates/approvals';
import { gateQuestion, uncertainQuestion } from './gates/questions';
import { toolQuestion, toolQuestionWords } from './gates/tool-questions';
import { afterFailure, type RetriesUsed } from './graph/retry';
import type { AttemptOutcome } from './work/attempt';
import { failure, type Failure } from './work/recorded-outcome';

/** What the end of an attempt means for its step. */
export type Consequence =
  | { readonly type: 'settle'; readonly bodies: readonly RunEventBody[] }
  /** A person is asked, after the facts. */
  | { readonly type: 'ask'; readonly question: Question; readonly facts: readonly RunEventBody[] }
  /** It waits for money. */
  | { readonly type: 'hold'; readonly question: BudgetQuestion }
  /** It was stopped and goes on where it was. */
  | { readonly type: 'pause'; readonly message: string }
  /** There will be another attempt, `delayMs` after the failure. */
  | {
      readonly type: 'retry';
      readonly failure: ReturnType<typeof failure>;
      readonly used: RetriesUsed;
      readonly delayMs: number;
    }
  | { readonly type: 'fail'; readonly failure: Failure };

export interface AttemptFacts {
  readonly state: RunState;
  readonly attempt: number;
  /** Whether its agent may do it once more without harm. */
  readonly idempotent: boolean;
  readonly retriesUsed: RetriesUsed;
  /** From 0 to 1. */
  readonly random: () => number;
}

const NEVER_AGAIN: ReadonlySet<string> = new Set(['template', 'needs-model']);

/** Decides only; recording it and what follows is the flow's. Undefined when the step is not known any more. */
export function consequenceOf(
  step: Step,
  outcome: AttemptOutcome,
  facts: AttemptFacts,
): Consequence | undefined {
  const { state, attempt } = facts;
  switch (outcome.type) {
    case 'stopped': {
      const { kind, message } = outcome.stop;
      if (kind === 'pause') return { type: 'pause', message };
      const own = state.steps[step.key];
      return own && { type: 'settle', bodies: cancelStep(state, own, message) };
    }
    case 'produced': {
      const { product } = outcome;
      if (step.approval?.when === 'after')
        return {
          type: 'ask',
          question: gateQuestion(step, attempt, product),
          facts: [{ type: 'step-produced', step: step.key, attempt, ...product }],
        };
      const how = state.rehearsal ? 'rehearsal' : 'work';
      return {
        type: 'settle',
        bodies: [{ type: 'step-completed', step: step.key, attempt, how, ...product }],
      };
    }
    case 'held':
      return { type: 'hold', question: outcome.question };
    case 'asking': {
      const { question } = outcome;
      const message = toolQuestionWords(question);
      return {
        type: 'ask',
        question: toolQuestion(step, attempt, question),
        facts: [{ type: 'step-held', step: step.key, attempt, reason: question.kind, message }],
      };
    }
    case 'failed':
      return afterFailed(step, outcome, facts);
    default:
      return outcome satisfies never;
  }
}

function afterFailed(
  step: Step,
  outcome: Extract<AttemptOutcome, { type: 'failed' }>,
  { state, attempt, idempotent, retriesUsed, random }: AttemptFacts,
): Consequence {
  // What cannot be filled in, or has nobody to do it, is the same at every attempt.
  if (NEVER_AGAIN.has(outcome.error.code)) return { type: 'fail', failure: outcome };
  const inFlight = callsInFlight(state, step.key);
  const error = asUnknown(outcome.error, inFlight);
  // What an agent does in its turns may be repeated, but not a call that may have happened, unless the file says so.
  const mayRepeat = idempotent && (inFlight.length === 0 || step.idempotent === true);
  const after = afterFailure(step, mayRepeat, error, retriesUsed, random());
  if (after.type === 'failed') return { type: 'fail', failure: { ...outcome, error } };
  if (after.type === 'uncertain') return uncertainty(step, attempt, error.message);
  const { used, delayMs } = after;
  return { type: 'retry', failure: failure(step.key, attempt, { ...outcome, error }), used, delayMs };
}

/** Nobody knows whether it happened: a person is asked, whatever the mode. */
export function uncertainty(
  step: Step,
  attempt: number,
  message: string,
): Extract<Consequence, { type: 'ask' }> {
  return {
    type: 'ask',
    question: uncertainQuestion(step, attempt, message),
    facts: [{ type: 'step-uncertain', step: step.key, attempt, message }],
  };
}
