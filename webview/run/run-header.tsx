import type { Ref } from 'preact';
import { isSettled, isTerminal, runStatus } from '../../src/core/model/run-state';
import { formatDuration } from '../../src/core/base/duration';
import { formatElapsed, formatRemaining } from '../words/format';
import { Button } from '../kit/toolkit';
import { ProgressBar } from '../kit/progress-bar';
import { SpendingButton } from '../models/spending-button';
import type { RunCommand, RunView } from './run-model';
import { RehearsalMark, StatusMark } from '../kit/status-mark';
import { runWord } from '../words/status-words';
import { Ticking } from '../kit/ticking';

/** Name, state, how far and how long, and what can be done with the run as a whole. */
export function RunHeader(props: {
  readonly run: RunView;
  readonly commandSent: RunCommand | undefined;
  readonly onCommand: (command: 'pause' | 'resume') => void;
  readonly onAskCancel: () => void;
  /** Where the focus goes back to when the question is taken back. */
  readonly cancelRef: Ref<HTMLElement>;
}) {
  const { run } = props;
  const { state } = run;
  const status = runStatus(state);
  const steps = Object.values(state.steps);
  const settled = steps.filter(isSettled).length;
  const isMoving = status === 'running' && !run.interrupted;
  return (
    <header class="run-header">
      <div class="run-line">
        <h1 class="run-name" title={state.definition.name}>
          {state.definition.name}
        </h1>
        {state.rehearsal && <RehearsalMark />}
        <div class="run-state">
          <StatusMark word={runWord(state, run.interrupted)} />
          <span>
            {settled} of {steps.length}
            <span class="hidden"> steps</span>
          </span>
          <RunTime run={run} isMoving={isMoving} />
          {run.runsIn !== undefined && !isTerminal(status) && (
            <span class="muted" title="Runs there: what you ask for here is done there">
              in {run.runsIn}
            </span>
          )}
          <SpendingButton run={run} />
        </div>
        <div class="run-actions">
          <RunButtons {...props} />
        </div>
      </div>
      <ProgressBar percentage={isTerminal(status) ? 100 : run.progress.percentage} isMoving={isMoving} />
    </header>
  );
}

function RunTime(props: { readonly run: RunView; readonly isMoving: boolean }) {
  const { run, isMoving } = props;
  const { elapsedMs, remainingMs } = run.progress;
  if (!isMoving) return elapsedMs > 0 ? <span class="muted">{formatDuration(elapsedMs)}</span> : null;
  return (
    <span class="muted">
      <Ticking
        text={(now) => {
          const since = Math.max(0, now - run.progressAt);
          // An estimate that has run out says nothing more; the time that passed still does.
          return remainingMs !== undefined && remainingMs > since
            ? formatRemaining(remainingMs - since)
            : formatElapsed(elapsedMs + since);
        }}
      />
    </span>
  );
}

function RunButtons(props: {
  readonly run: RunView;
  readonly commandSent: RunCommand | undefined;
  readonly onCommand: (command: 'pause' | 'resume') => void;
  readonly onAskCancel: () => void;
  readonly cancelRef: Ref<HTMLElement>;
}) {
  const { run, commandSent } = props;
  const status = runStatus(run.state);
  if (isTerminal(status)) return null;
  const isBusy = commandSent !== undefined;
  const asks = Object.keys(run.state.openApprovals).length > 0;
  // Where only an answer leads on, going on by a button would lead back to the question.
  const canResume = run.interrupted || status === 'paused' || (status === 'parked' && !asks);
  const canPause = !canResume && status !== 'parked';
  return (
    <>
      {canResume
        ? // An interrupted run has its Resume in the notice that explains it.
          !run.interrupted && (
            <Button
              kind="primary"
              label="Resume"
              disabled={isBusy}
              onClick={() => props.onCommand('resume')}
            />
          )
        : canPause && <Button label="Pause" disabled={isBusy} onClick={() => props.onCommand('pause')} />}
      <Button label="Cancel" disabled={isBusy} elementRef={props.cancelRef} onClick={props.onAskCancel} />
    </>
  );
}
