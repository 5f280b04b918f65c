import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Approval } from '../../src/core/model/approval';
import type { StepKey } from '../../src/core/model/ids';
import { isTerminal, runStatus, type RunState } from '../../src/core/model/run-state';
import { uncertainLine, uncertainOf } from '../../src/core/model/uncertain-words';
import { countOf } from '../words/format';
import { send } from '../host';
import { ReasonText } from '../kit/reason-text';
import { Button, Icon } from '../kit/toolkit';
import { isAnswer, reportLine } from '../words/report-line';
import type { RunModel, RunView } from './run-model';

/** One line each, below the header: why it stands still, how it ended, and what to do about it. */
export function Notices(props: {
  readonly model: RunModel;
  readonly run: RunView;
  readonly isAskingCancel: boolean;
  readonly onResume: () => void;
  readonly onCancel: () => void;
  readonly onKeepRunning: () => void;
  /** Goes to a step and its question. */
  readonly onDecide: (step: StepKey) => void;
}) {
  const { run, model } = props;
  const { state } = run;
  const uncertain = uncertainOf(state.openApprovals);
  const isBusy = model.commandSent !== undefined;
  return (
    <div class="notices">
      {run.interrupted && !isTerminal(runStatus(state)) && (
        <div class="notice">
          <Icon name="debug-disconnect" />
          <p>This run was interrupted. What was finished is kept; Resume goes on from there.</p>
          <Button kind="primary" label="Resume" disabled={isBusy} onClick={props.onResume} />
        </div>
      )}
      {!run.interrupted && state.phase === 'paused' && PAUSED_WORDS[state.reason ?? ''] !== undefined && (
        <p class="notice">
          <Icon name="debug-pause" /> {PAUSED_WORDS[state.reason ?? '']}
        </p>
      )}
      {!run.interrupted && uncertain.length > 0 && (
        <UncertainNotice uncertain={uncertain} onDecide={props.onDecide} />
      )}
      {!run.interrupted && state.phase === 'parked' && uncertain.length === 0 && (
        <p class="notice">
          <Icon name="question" /> {state.reason ?? 'Nothing can go on without you.'}
        </p>
      )}
      {props.isAskingCancel && !isTerminal(runStatus(state)) && (
        <CancelQuestion state={state} onCancel={props.onCancel} onKeepRunning={props.onKeepRunning} />
      )}
      {model.commandRefused !== undefined && (
        <p class="refused" role="alert">
          {model.commandRefused}
        </p>
      )}
      <Ending run={run} />
    </div>
  );
}

/** Nothing but an answer leads on: the way to it is the one thing to do. */
function UncertainNotice(props: {
  readonly uncertain: readonly Approval[];
  readonly onDecide: (step: StepKey) => void;
}) {
  const [first] = props.uncertain;
  if (first === undefined) return null;
  return (
    <div class="notice">
      <Icon name="question" />
      <p>{uncertainLine(props.uncertain)}. Look, and say whether it did: only then does it go on.</p>
      <Button kind="primary" label="Decide…" onClick={() => props.onDecide(first.step)} />
    </div>
  );
}

/** Asked in place, because what runs now is stopped and cannot be taken up again. */
function CancelQuestion(props: {
  readonly state: RunState;
  readonly onCancel: () => void;
  readonly onKeepRunning: () => void;
}) {
  const keep = useRef<HTMLElement>(null);
  useFocusOnce(keep);
  const running = Object.values(props.state.steps).filter((step) => step.status === 'running').length;
  return (
    <div
      class="notice"
      role="group"
      aria-label="Cancel this run?"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        props.onKeepRunning();
      }}
    >
      <Icon name="stop-circle" />
      <p>
        Cancel this run?{' '}
        {running > 0
          ? `${countOf(running, 'running step')} will be stopped; finished ones are kept.`
          : 'Finished steps are kept.'}
      </p>
      <Button kind="primary" label="Cancel Run" onClick={props.onCancel} />
      <Button label="Keep Running" elementRef={keep} onClick={props.onKeepRunning} />
    </div>
  );
}

/** The last line of a run, with the one thing to do next. */
function Ending(props: { readonly run: RunView }) {
  const { state, report } = props.run;
  const status = runStatus(state);
  if (!isTerminal(status)) return null;
  const tolerated = Object.values(state.steps).filter((step) => step.status === 'failed' && step.tolerated);
  return (
    <>
      {(status === 'failed' || status === 'cancelled') && state.reason !== undefined && (
        <div class={status === 'failed' ? 'notice is-bad' : 'notice'}>
          <Icon name={status === 'failed' ? 'error' : 'stop-circle'} />
          <ReasonText text={state.reason} />
        </div>
      )}
      {status === 'completed' && tolerated.length > 0 && (
        <p class="notice">
          <Icon name="warning" /> Completed although {countOf(tolerated.length, 'step')} failed, as the
          workflow allows.
        </p>
      )}
      {report !== undefined && (
        <div class="notice is-ending">
          <Icon name="pass" />
          <p>{reportLine(report.summary, report.path)}</p>
          <Button
            kind="primary"
            label={isAnswer(report.path) ? 'Open Answer' : 'Open Report'}
            onClick={() =>
              send({ type: 'open-artifact', runId: state.runId, hash: report.hash, path: report.path })
            }
          />
        </div>
      )}
    </>
  );
}

const PAUSED_WORDS: Readonly<Record<string, string>> = {
  expired: 'Paused because nobody decided in time.',
  storage: 'Paused because the disk is full. Free some space, then resume.',
};

function useFocusOnce(element: RefObject<HTMLElement | null>): void {
  useEffect(() => element.current?.focus(), [element]);
}
