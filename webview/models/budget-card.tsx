import { budgetWords } from '../../src/core/model/budget-words';
import type { Approval } from '../../src/core/model/approval';
import type { BudgetQuestion } from '../../src/core/model/model-call';
import type { DecisionAction } from '../../src/core/model/workflow';
import { Button, Icon } from '../kit/toolkit';
import { BudgetMeter } from './budget-meter';

/** What a budget gate asks and why, with the amounts it is bound to. */
export function BudgetContent(props: { readonly asked: BudgetQuestion; readonly next: readonly string[] }) {
  const { asked } = props;
  const words = budgetWords(asked);
  return (
    <>
      <p class="card-question kind-budget">
        <Icon name="credit-card" /> <span>{words.question}</span>
      </p>
      <p class="card-message">{words.why}</p>
      <dl class="amounts">
        {words.facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {asked.unit !== 'minutes' && (
        <BudgetMeter
          state={{ unit: asked.unit, spent: asked.spent, reserved: asked.reserved, cap: asked.cap }}
        />
      )}
      {props.next.length > 0 && <p class="card-next">next: {props.next.join(', ')}</p>}
    </>
  );
}

/** The four ways to answer. What ends or leaves out work takes a second click. */
export function BudgetActions(props: {
  readonly approval: Approval;
  readonly asked: BudgetQuestion;
  readonly isBusy: boolean;
  readonly onRaise: () => void;
  readonly onSetAmount: () => void;
  readonly onAsk: (action: 'skip' | 'cancel') => void;
}) {
  const { approval, asked, isBusy } = props;
  const allows = (action: DecisionAction) => approval.allow.includes(action);
  const words = budgetWords(asked);
  return (
    <div class="card-actions">
      {allows('approve') && (
        <Button
          kind="primary"
          label={words.approve}
          description={`${words.approve}: ${approval.title}`}
          disabled={isBusy}
          onClick={props.onRaise}
        />
      )}
      {allows('modify') && asked.scope !== 'price' && (
        <Button
          label="Set Amount…"
          description={`Set Amount…: ${approval.title}`}
          disabled={isBusy}
          onClick={props.onSetAmount}
        />
      )}
      {allows('skip') && (
        <Button
          label="Leave Out Optional Steps"
          description={`Leave Out Optional Steps: ${approval.title}`}
          disabled={isBusy}
          onClick={() => props.onAsk('skip')}
        />
      )}
      {allows('cancel') && (
        <Button
          label="Stop"
          description={`Stop the run: ${approval.title}`}
          disabled={isBusy}
          onClick={() => props.onAsk('cancel')}
        />
      )}
      <span class="card-sent" role="status">
        {isBusy ? 'Sent' : ''}
      </span>
    </div>
  );
}

/** What the second click is asked with. */
export const BUDGET_QUESTIONS = {
  skip: { question: 'Why leave them out? (optional)', submit: 'Leave Out Optional Steps' },
  cancel: { question: 'Why stop the run? (optional)', submit: 'Stop Run' },
} as const;
