import { useEffect, useRef, useState } from 'preact/hooks';
import type { Approval } from '../../src/core/model/approval';
import type { AskedCall } from '../../src/core/model/tool-call';
import type { JsonValue } from '../../src/core/base/json';
import type { DecisionAction } from '../../src/core/model/workflow';
import { AmountForm } from '../models/amount-form';
import { BUDGET_QUESTIONS, BudgetActions, BudgetContent } from '../models/budget-card';
import { CardContent } from './card-content';
import { CommentForm } from './comment-form';
import { formatTime, formatWaiting } from '../words/format';
import { send } from '../host';
import { Button, Link } from '../kit/toolkit';
import { Menu } from '../kit/menu';
import { RehearsalMark } from '../kit/status-mark';
import { POLICY_QUESTIONS, PolicyCard } from '../tools/policy-card';
import { UncertainCard } from '../tools/uncertain-card';
import { Ticking, useNow } from '../kit/ticking';

export interface ApprovalCardProps {
  readonly runId: string;
  readonly approval: Approval;
  /** In the sidebar a card says which run it is of; inside that run's panel it need not. */
  readonly of?: {
    readonly workflow: string;
    readonly startedAt: number;
    readonly rehearsal: boolean;
    /** Another process that runs it. */
    readonly runsIn: string | undefined;
  };
  readonly changedFiles: readonly string[];
  readonly isSent: boolean;
  readonly refused: string | undefined;
  /** Told before the decision leaves, so that the card is busy at once. */
  readonly onSent: (approvalId: string, shownHash: string) => void;
}

/** After this time without an answer the buttons come back: the host may have gone away with the question. */
const ANSWER_LIMIT = 15_000;

/** One waiting decision. It goes away when the event comes back, never by the click alone. */
export function ApprovalCard(props: ApprovalCardProps) {
  const { approval, runId } = props;
  const [asking, setAsking] = useState<'retry' | 'skip' | 'cancel' | 'amount' | undefined>(undefined);
  const budget = approval.kind === 'budget' ? approval.shown.budget : undefined;
  const calls = approval.shown.calls?.length === 0 ? undefined : approval.shown.calls;
  const gaveUp = useAnswerLimit(props.isSent);
  const isBusy = props.isSent && !gaveUp;
  const titleId = `card-${approval.id}`;

  const decide = (action: DecisionAction, comment: string, value?: JsonValue) => {
    setAsking(undefined);
    props.onSent(approval.id, approval.shownHash);
    send({
      type: 'decide',
      runId,
      approvalId: approval.id,
      action,
      shownHash: approval.shownHash,
      ...(comment.trim() !== '' && { comment: comment.trim() }),
      ...(value !== undefined && { value }),
    });
  };

  return (
    <article class="card" aria-labelledby={titleId} data-approval={approval.id}>
      <header class="card-header">
        <h2 class="card-title" id={titleId} title={approval.title} tabIndex={-1}>
          {approval.title}
        </h2>
        <span class="card-waiting">
          waiting <Ticking text={(now) => formatWaiting(now - approval.requestedAt)} />
        </span>
      </header>
      {props.of !== undefined && <CardRun runId={runId} of={props.of} />}
      {calls !== undefined ? (
        <CallsCard
          {...props}
          calls={calls}
          isAsking={asking !== undefined}
          isBusy={isBusy}
          onDecide={decide}
          onAsk={setAsking}
        />
      ) : budget === undefined ? (
        <CardContent runId={runId} approval={approval} changedFiles={props.changedFiles} />
      ) : (
        <BudgetContent asked={budget} next={approval.next} />
      )}
      {approval.expiresAt !== undefined && <Expiry approval={approval} expiresAt={approval.expiresAt} />}
      {props.refused !== undefined && (
        <p class="refused" role="alert">
          {props.refused}
        </p>
      )}
      {gaveUp && (
        <p class="refused" role="alert">
          No answer yet. Try again.
        </p>
      )}
      {asking === 'amount' && budget !== undefined ? (
        <AmountForm
          asked={budget}
          onSubmit={(amount) => decide('modify', '', amount)}
          onClose={() => setAsking(undefined)}
        />
      ) : asking !== undefined && asking !== 'amount' ? (
        <CommentForm
          action={asking}
          words={questionOf(approval, asking)}
          onSubmit={(comment) => decide(asking, comment)}
          onClose={() => setAsking(undefined)}
        />
      ) : budget !== undefined ? (
        <BudgetActions
          approval={approval}
          asked={budget}
          isBusy={isBusy}
          onRaise={() => decide('approve', '')}
          onSetAmount={() => setAsking('amount')}
          onAsk={setAsking}
        />
      ) : (
        calls === undefined && (
          <Actions approval={approval} runId={runId} isBusy={isBusy} onDecide={decide} onAsk={setAsking} />
        )
      )}
    </article>
  );
}

/** A question of an agent at work: may it do this, or did it happen. */
function CallsCard(
  props: ApprovalCardProps & {
    readonly calls: readonly AskedCall[];
    readonly isAsking: boolean;
    readonly isBusy: boolean;
    readonly onDecide: (action: DecisionAction, comment: string, value?: JsonValue) => void;
    readonly onAsk: (action: 'retry' | 'skip' | 'cancel') => void;
  },
) {
  const { runId, approval, calls, onDecide } = props;
  const [first] = calls;
  if (approval.kind !== 'uncertain' || first === undefined)
    // What is asked anew is chosen anew.
    return <PolicyCard key={approval.shownHash} {...props} />;
  return (
    <UncertainCard
      runId={runId}
      approval={approval}
      call={first}
      isBusy={props.isBusy}
      isAsking={props.isAsking}
      onHappened={(outcome) =>
        outcome.trim() !== '' && approval.allow.includes('modify')
          ? onDecide('modify', '', outcome.trim())
          : onDecide('approve', '')
      }
      onAgain={() => onDecide('retry', '')}
      onAsk={props.onAsk}
    />
  );
}

/** Where the usual words for an action say too little. */
function questionOf({ kind }: Approval, action: 'retry' | 'skip' | 'cancel') {
  if (kind === 'budget' && action !== 'retry') return BUDGET_QUESTIONS[action];
  return kind === 'policy' && action === 'retry' ? POLICY_QUESTIONS.retry : undefined;
}

function CardRun(props: { readonly runId: string; readonly of: NonNullable<ApprovalCardProps['of']> }) {
  const { workflow, startedAt, rehearsal, runsIn } = props.of;
  return (
    <p class="card-run">
      <Link onClick={() => send({ type: 'open-run', runId: props.runId })} title="Open the run">
        {workflow}
      </Link>
      {' · '}
      <span class="together">
        run <Ticking text={(now) => formatTime(startedAt, now)} />
      </span>
      {runsIn !== undefined && ` · in ${runsIn}`}
      {rehearsal && <RehearsalMark />}
    </p>
  );
}

function Actions(props: {
  readonly approval: Approval;
  readonly runId: string;
  readonly isBusy: boolean;
  readonly onDecide: (action: DecisionAction, comment: string) => void;
  readonly onAsk: (action: 'retry' | 'skip' | 'cancel') => void;
}) {
  const { approval, runId, isBusy } = props;
  const allows = (action: DecisionAction) => approval.allow.includes(action);
  const rest = [
    ...(allows('skip') ? [{ label: 'Skip Step', onChoose: () => props.onAsk('skip') }] : []),
    ...(allows('cancel') ? [{ label: 'Cancel Run', onChoose: () => props.onAsk('cancel') }] : []),
  ];
  // Where nothing can be approved, as after a failure, trying again is the first thing to do.
  const retry = allows('retry') && (
    <Button
      kind={allows('approve') ? 'plain' : 'primary'}
      label="Retry…"
      description={`Retry… ${approval.title}`}
      disabled={isBusy}
      onClick={() => props.onAsk('retry')}
    />
  );
  return (
    <div class="card-actions">
      {allows('approve') && (
        <Button
          kind="primary"
          label="Approve"
          description={`Approve ${approval.title}`}
          disabled={isBusy}
          onClick={() => props.onDecide('approve', '')}
        />
      )}
      {!allows('approve') && retry}
      {allows('modify') && (
        <Button
          kind="plain"
          label="Edit…"
          description={`Edit… ${approval.title}`}
          disabled={isBusy}
          onClick={() => send({ type: 'edit', runId, approvalId: approval.id })}
        />
      )}
      {allows('approve') && retry}
      {rest.length > 0 && (
        <Menu label={`More actions for ${approval.title}`} items={rest} disabled={isBusy} />
      )}
      <span class="card-sent" role="status">
        {isBusy ? 'Sent' : ''}
      </span>
    </div>
  );
}

function Expiry(props: { readonly approval: Approval; readonly expiresAt: number }) {
  const left = props.expiresAt - useNow(true);
  const what = EXPIRY_WORDS[props.approval.onExpire];
  return (
    <p class="card-next">{left > 0 ? `${what} in ${formatWaiting(left)} if nobody decides` : 'Time is up'}</p>
  );
}

const EXPIRY_WORDS: Readonly<Record<Approval['onExpire'], string>> = {
  pause: 'Pauses the run',
  skip: 'Skips the step',
  cancel: 'Cancels the run',
  approve: 'Approves by itself',
};

function useAnswerLimit(isSent: boolean): boolean {
  const [gaveUp, setGaveUp] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    setGaveUp(false);
    if (isSent) timer.current = setTimeout(() => setGaveUp(true), ANSWER_LIMIT);
    return () => clearTimeout(timer.current);
  }, [isSent]);
  return gaveUp;
}
