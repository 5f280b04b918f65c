import type { ShownContent } from '../model/approval';
import type { RunEventBody, StepError } from '../model/events';
import type { RunState, StepState } from '../model/run-state';
import type { Step } from '../model/workflow';
import type { ValueContext } from '../workflow/expressions';
import type { Question } from './gates/approvals';
import { judgeCondition, looksAtFailures } from './graph/condition';
import { cancelStep } from './ending';
import { blocker } from './graph/joins';
import { beforeQuestion } from './gates/questions';
import { rehearseCondition } from './work/rehearsal';
import { approvedContent, renderContent, shownBefore, type RenderedContent } from './work/step-content';

/** What a step does whose turn has come. */
export type Turn =
  | { readonly type: 'begin'; readonly rendered: RenderedContent }
  | { readonly type: 'settle'; readonly bodies: readonly RunEventBody[] }
  | { readonly type: 'fail'; readonly error: StepError }
  | { readonly type: 'ask'; readonly question: Question };

export interface TurnFacts {
  readonly state: RunState;
  readonly values: ValueContext;
  /** A failure is cancelling everything that does not look at failures itself. */
  readonly isFailingFast: boolean;
  /** What a command would be given now. */
  readonly environment: (step: Step) => Readonly<Record<string, string>>;
  /** What was approved of a step before its work, if it is this. */
  readonly approved: (step: Step, shown: ShownContent) => ShownContent | undefined;
}

/** All that a step depends on has settled, and a slot is free: is it left out, cancelled, asked about, or does it begin? */
export function turnOf(step: Step, own: StepState, facts: TurnFacts): Turn {
  const { state, values, isFailingFast } = facts;
  const isFirst = own.attempt === 0;
  // What a failure has stopped anyway is left out below, with its reason.
  const isFree = !isFirst || blocker(step, state.steps) === undefined;
  if (isFailingFast && isFree && !looksAtFailures(step)) {
    const reason = 'Another step failed, and the workflow fails fast.';
    return { type: 'settle', bodies: cancelStep(state, own, reason) };
  }
  // A step that was started before has passed its condition, and nothing that it looks at changes.
  const verdict = !isFirst
    ? ({ type: 'go' } as const)
    : state.rehearsal
      ? rehearseCondition(step, state.steps, values)
      : judgeCondition(step, state.steps, values, isFailingFast);
  switch (verdict.type) {
    case 'skip': {
      const { reason, because } = verdict;
      const { key, attempt } = own;
      const body = { type: 'step-skipped', step: key, attempt, reason, because, output: null } as const;
      return { type: 'settle', bodies: [body] };
    }
    case 'fault':
      return { type: 'fail', error: { code: 'condition', class: 'error', message: verdict.message } };
    case 'go':
      return content(step, own, facts);
    default:
      return verdict satisfies never;
  }
}

function content(step: Step, own: StepState, facts: TurnFacts): Turn {
  const rendered = fill(step, facts);
  // What cannot be filled in fails, and needs nobody's approval for that.
  if (step.approval?.when !== 'before' || rendered.faults.length > 0) return { type: 'begin', rendered };
  const environment = step.run === undefined ? {} : facts.environment(step);
  const shown = shownBefore(rendered.content, environment);
  const approved = facts.approved(step, shown);
  if (approved === undefined) return { type: 'ask', question: beforeQuestion(step, own.attempt, shown) };
  return { type: 'begin', rendered: { ...rendered, content: approvedContent(approved) } };
}

function fill(step: Step, { state, values }: TurnFacts): RenderedContent {
  if (!state.rehearsal) return renderContent(step, values, 'error');
  const rendered = renderContent(step, values, 'placeholder');
  return { content: rendered.content, notes: [...rendered.notes, ...rendered.faults], faults: [] };
}
