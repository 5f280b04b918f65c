import { budgetWords } from '../../core/model/budget-words';
import type { Approval } from '../../core/model/approval';
import type { BudgetQuestion } from '../../core/model/model-call';
import type { DecisionAction } from '../../core/model/workflow';
import { columns } from './style';
import { visibleLine } from './visible';

/** The question that a budget gate puts; undefined for every other gate. */
export function budgetOf({ kind, shown }: Approval): BudgetQuestion | undefined {
  return kind === 'budget' ? shown.budget : undefined;
}

/** Why it is asked, the amounts under each other, and the question. */
export function budgetLines(asked: BudgetQuestion): string[] {
  const { why, facts, question } = budgetWords(asked);
  return [
    visibleLine(why),
    ...columns(facts.map(({ name, value }) => [name, value])).map((line) => `  ${line}`),
    question,
  ];
}

/** What each action does here. */
export function budgetMenuWord(asked: BudgetQuestion, action: DecisionAction): string {
  switch (action) {
    case 'approve':
      return budgetWords(asked).approve.toLowerCase();
    case 'modify':
      return 'set amount';
    case 'skip':
      return 'leave out optional steps';
    case 'cancel':
      return 'stop';
    case 'retry':
      return 'retry';
    default:
      return action satisfies never;
  }
}
