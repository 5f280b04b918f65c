import { useState } from 'preact/hooks';
import { wantLine } from '../../src/core/model/asked-words';
import type { Approval } from '../../src/core/model/approval';
import type { AskedCall } from '../../src/core/model/tool-call';
import type { DecisionAction } from '../../src/core/model/workflow';
import { toJson, type JsonValue } from '../../src/core/base/json';
import { Button, Icon, TextField } from '../kit/toolkit';
import { Menu } from '../kit/menu';
import { Asked } from './asked-call';
import {
  allChosen,
  countAccepted,
  isLeft,
  isRefused,
  offersForRun,
  policyAnswer,
  withCall,
  withFile,
  type Choices,
} from './choices';

export interface PolicyCardProps {
  readonly runId: string;
  readonly approval: Approval;
  readonly calls: readonly AskedCall[];
  readonly isBusy: boolean;
  /** Another question stands open in the card; its own buttons are there instead. */
  readonly isAsking: boolean;
  readonly onDecide: (action: DecisionAction, comment: string, value?: JsonValue) => void;
  readonly onAsk: (action: 'retry' | 'skip' | 'cancel') => void;
}

/** May an agent do this? Exactly what it would do, and for several things an answer to each. */
export function PolicyCard(props: PolicyCardProps) {
  const { runId, approval, calls, isBusy, isAsking } = props;
  const [choices, setChoices] = useState(allChosen);
  const [note, setNote] = useState('');
  const { all, accepted } = countAccepted(choices, calls);
  const allows = (action: DecisionAction) => approval.allow.includes(action);
  const canChoose = allows('approve');
  return (
    <>
      <p class="card-question kind-policy">
        <Icon name="shield" /> <span>{wantLine(calls)}</span>
      </p>
      {calls.map((call) => (
        <Asked
          key={call.key}
          runId={runId}
          call={call}
          choice={
            canChoose
              ? {
                  ...(calls.length > 1 && { isAccepted: !isRefused(choices, call) }),
                  onCall: (isAccepted) => setChoices((before) => withCall(before, call, isAccepted)),
                  isFileAccepted: (path) => !isRefused(choices, call) && !isLeft(choices, call, path),
                  onFile: (path, isAccepted) =>
                    setChoices((before) => withFile(before, call, path, isAccepted)),
                  disabled: isBusy || isAsking,
                }
              : undefined
          }
        />
      ))}
      {approval.next.length > 0 && <p class="card-next">next: {approval.next.join(', ')}</p>}
      {canChoose && !isAsking && accepted < all && accepted > 0 && (
        <TextField
          label="Why not the others? The agent is told. (optional)"
          value={note}
          disabled={isBusy}
          onInput={setNote}
        />
      )}
      {!isAsking && (
        <PolicyActions
          {...props}
          choices={choices}
          onAllow={(forRun) => {
            const answer = policyAnswer(choices, calls, forRun);
            props.onDecide(
              'approve',
              accepted < all ? note : '',
              answer === undefined ? undefined : toJson(answer),
            );
          }}
        />
      )}
    </>
  );
}

function PolicyActions(
  props: PolicyCardProps & { readonly choices: Choices; readonly onAllow: (forRun: boolean) => void },
) {
  const { approval, calls, choices, isBusy } = props;
  const { all, accepted } = countAccepted(choices, calls);
  const allows = (action: DecisionAction) => approval.allow.includes(action);
  const says = allows('approve') && accepted > 0 ? offersForRun(choices, calls) : [];
  const what = wantLine(calls);
  const allow = all === 1 ? 'Allow' : accepted === all ? `Allow All ${all}` : `Allow ${accepted} of ${all}`;
  const rest = [
    ...(allows('skip') ? [{ label: 'Skip Step', onChoose: () => props.onAsk('skip') }] : []),
    ...(allows('cancel') ? [{ label: 'Cancel Run', onChoose: () => props.onAsk('cancel') }] : []),
  ];
  return (
    <>
      {says.length > 0 && (
        <div class="for-run">
          <p>Allow for This Run allows:</p>
          <ul>
            {says.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
      <div class="card-actions">
        {allows('approve') && accepted > 0 && (
          <Button
            kind="primary"
            label={allow}
            description={`${allow}: ${what}`}
            disabled={isBusy}
            onClick={() => props.onAllow(false)}
          />
        )}
        {says.length > 0 && (
          <Button
            label="Allow for This Run"
            description={`Allow for This Run: ${says.join('. ')}`}
            disabled={isBusy}
            onClick={() => props.onAllow(true)}
          />
        )}
        {allows('retry') && (
          <Button
            kind={accepted > 0 ? 'secondary' : 'primary'}
            label="Don't Allow…"
            description={`Don't Allow…: ${what}`}
            disabled={isBusy}
            onClick={() => props.onAsk('retry')}
          />
        )}
        {rest.length > 0 && (
          <Menu label={`More actions for ${approval.title}`} items={rest} disabled={isBusy} />
        )}
        <span class="card-sent" role="status">
          {isBusy ? 'Sent' : ''}
        </span>
      </div>
    </>
  );
}

/** What the second click is asked with. */
export const POLICY_QUESTIONS = {
  retry: { question: 'What should the agent do instead? (optional)', submit: "Don't Allow" },
} as const;
