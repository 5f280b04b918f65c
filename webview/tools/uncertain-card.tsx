import { useEffect, useRef, useState } from 'preact/hooks';
import { deedsOf } from '../../src/core/model/asked-words';
import type { Approval } from '../../src/core/model/approval';
import type { AskedCall } from '../../src/core/model/tool-call';
import type { DecisionAction } from '../../src/core/model/workflow';
import { Menu } from '../kit/menu';
import { Visible } from '../kit/text-block';
import { Button, Icon, TextArea } from '../kit/toolkit';
import { Asked } from './asked-call';

/** A call had begun when the program ended. Only a person can look whether it happened. */
export function UncertainCard(props: {
  readonly runId: string;
  readonly approval: Approval;
  readonly call: AskedCall;
  readonly isBusy: boolean;
  readonly isAsking: boolean;
  /** It happened: `outcome` is what came of it, as far as the person says. */
  readonly onHappened: (outcome: string) => void;
  readonly onAgain: () => void;
  readonly onAsk: (action: 'skip' | 'cancel') => void;
}) {
  const { runId, approval, call, isBusy } = props;
  const canDecide = !props.isAsking;
  const [isTelling, setTelling] = useState(false);
  const allows = (action: DecisionAction) => approval.allow.includes(action);
  const canHappen = allows('approve') || allows('modify');
  const rest = [
    ...(allows('skip') ? [{ label: 'Skip Step', onChoose: () => props.onAsk('skip') }] : []),
    ...(allows('cancel') ? [{ label: 'Cancel Run', onChoose: () => props.onAsk('cancel') }] : []),
  ];
  return (
    <>
      <p class="card-question kind-uncertain">
        <Icon name="question" />{' '}
        <span>
          Did it happen? {call.agent} began to {deedsOf([call])}. Look before you choose.
        </span>
      </p>
      {approval.shown.error !== undefined && (
        <p class="card-message">
          <Visible text={approval.shown.error} />
        </p>
      )}
      <Asked runId={runId} call={call} saysWhy={approval.shown.error === undefined} />
      <dl class="choices">
        {allows('retry') && (
          <div>
            <dt>Run It Again</dt>
            <dd>it did not happen, or twice does no harm</dd>
          </div>
        )}
        {canHappen && (
          <div>
            <dt>It Happened</dt>
            <dd>the agent goes on as if it had seen it end</dd>
          </div>
        )}
      </dl>
      {canDecide && isTelling && (
        <OutcomeForm onSubmit={props.onHappened} onClose={() => setTelling(false)} />
      )}
      {canDecide && !isTelling && (
        <div class="card-actions">
          {allows('retry') && (
            <Button
              label="Run It Again"
              description={`Run It Again: ${call.tool} of ${call.agent}`}
              disabled={isBusy}
              onClick={props.onAgain}
            />
          )}
          {canHappen && (
            <Button
              label="It Happened…"
              description={`It Happened…: ${call.tool} of ${call.agent}`}
              disabled={isBusy}
              onClick={() => setTelling(true)}
            />
          )}
          {rest.length > 0 && (
            <Menu label={`More actions for ${approval.title}`} items={rest} disabled={isBusy} />
          )}
          <span class="card-sent" role="status">
            {isBusy ? 'Sent' : ''}
          </span>
        </div>
      )}
    </>
  );
}

function OutcomeForm(props: { readonly onSubmit: (outcome: string) => void; readonly onClose: () => void }) {
  const [outcome, setOutcome] = useState('');
  const form = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLElement>(null);
  useEffect(() => {
    field.current?.focus();
    form.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') props.onClose();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) props.onSubmit(outcome);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="comment-form" ref={form} onKeyDown={onKeyDown}>
      <TextArea
        label="What came of it? The agent is told. (optional)"
        rows={2}
        value={outcome}
        onInput={setOutcome}
        elementRef={field}
      />
      <div class="card-actions">
        <Button kind="primary" label="It Happened" onClick={() => props.onSubmit(outcome)} />
        <Button kind="plain" label="Back" onClick={props.onClose} />
      </div>
    </div>
  );
}
