import type { Approval, Decider, Decision } from '../../model/approval';
import { budgetWords, checkAmount } from '../../model/budget-words';
import type { BudgetQuestion } from '../../model/model-call';
import type { OwnRunState, RunState } from '../../model/run-state';
import { formatAmount } from '../../model/spending-words';
import type { DecisionAction, Step } from '../../model/workflow';
import type { Question } from './approvals';

/** May more be spent? One is open in a run at a time, whoever waits for it. */
export function budgetQuestion(
  state: Pick<RunState, 'closedApprovals'>,
  step: Step,
  attempt: number,
  asked: BudgetQuestion,
): Question {
  const words = budgetWords(asked);
  // Nothing optional is left to leave out.
  const isSkipped = lastBudgetDecision(state)?.decision.action === 'skip';
  const allow = ACTIONS.filter(
    (action) => !(action === 'skip' && isSkipped) && !(action === 'modify' && asked.scope === 'price'),
  );
  return {
    kind: 'budget',
    step,
    attempt,
    shown: { artifacts: [], budget: asked },
    summary: words.why,
    message: words.question,
    allow,
  };
}

const ACTIONS: readonly DecisionAction[] = ['approve', 'modify', 'skip', 'cancel'];

/** Why a decision about money does not count, for people. `now`: spent and held back by now, which may be more than was shown. */
export function budgetRefusal(
  approval: Approval,
  decision: Decision,
  by: Decider,
  now: { readonly spent: number; readonly held: number },
): string | undefined {
  const asked = approval.shown.budget;
  if (approval.kind !== 'budget' || asked === undefined) return undefined;
  if (by.channel !== 'editor' && by.channel !== 'terminal') return 'Only a person decides about money.';
  if (decision.action !== 'modify') return undefined;
  if (typeof decision.value !== 'number') return 'To set another cap, give it as a number.';
  const checked = checkAmount({ ...asked, spent: Math.max(asked.spent, now.spent) }, decision.value);
  if ('problem' in checked) return checked.problem;
  const least = now.spent + now.held;
  if (decision.value >= least) return undefined;
  return `Calls under way may cost ${formatAmount(asked.unit, now.held)}: needs ${formatAmount(asked.unit, least)} at least.`;
}

/** The cap after a decision that raises it; undefined for every other one. */
export function capAfter(
  { shown }: Approval,
  { action, value }: Decision,
): { readonly asked: BudgetQuestion; readonly cap: number } | undefined {
  const asked = shown.budget;
  if (asked === undefined || (action !== 'approve' && action !== 'modify')) return undefined;
  return { asked, cap: action === 'modify' && typeof value === 'number' ? value : asked.raiseTo };
}

export function openBudgetGate(state: Pick<RunState, 'openApprovals'>): Approval | undefined {
  return Object.values(state.openApprovals).find(({ kind }) => kind === 'budget');
}

/** How a person last answered a budget question of this run. */
export function lastBudgetDecision(
  state: Pick<RunState, 'closedApprovals'>,
): { readonly decision: Decision; readonly by: Decider } | undefined {
  const last = state.closedApprovals.findLast(
    ({ approval, decision }) => approval.kind === 'budget' && decision !== undefined,
  );
  return last?.decision === undefined || last.by === undefined
    ? undefined
    : { decision: last.decision, by: last.by };
}

/** True when a person has meanwhile allowed what a question asks. */
export function isAnswered({ caps }: Pick<OwnRunState, 'caps'>, asked: BudgetQuestion): boolean {
  if (asked.scope === 'price') return caps.unpriced === 'allowed';
  return asked.scope === 'run' && (caps[asked.unit] ?? Infinity) > asked.cap;
}

/** `onExceed: stop`: how the run ends, for people. */
export function exceeded(asked: BudgetQuestion): string {
  return `The workflow stops at its budget of ${formatAmount(asked.unit, asked.cap)}. ${budgetWords(asked).why}`;
}
