import type { RunEvent, RunEventBody } from '../model/events';
import type { RunId, StepKey } from '../model/ids';
import { isSettled } from '../model/run-state';
import { givenResult } from './gates/approvals';
import { errorQuestion, gateQuestion, uncertainQuestion } from './gates/questions';
import { wholeOutput } from './work/large-output';
import {
  cancelDecision,
  crashesInARow,
  endLeftovers,
  interruptedSteps,
  MOST_RECOVERIES,
  unfinishedDecision,
} from './recovery';
import { Run, type RunServices } from './run';

export interface Opener {
  readonly epoch: number;
  /** Who owns the folder now, for people. */
  readonly owner: string;
}

/**
 * Opens an unfinished run of an earlier process: ends what that left running, records what was left open, and puts the run where only
 * a person moves it on. A run that merely waits is opened without a word.
 */
export async function reopenRun(
  runId: RunId,
  events: readonly RunEvent[],
  services: RunServices,
  opener: Opener,
): Promise<Run> {
  const run = new Run(runId, services, { type: 'known', events });
  run.isOpening = true;
  const { state } = run;
  await endLeftovers(state, services.host, services.store);
  const { artifacts } = services.store;
  await run.values.restore(state, artifacts);
  for (const step of Object.values(state.steps)) {
    const unfinished = unfinishedDecision(state, step);
    const given = unfinished && givenResult(unfinished.approval, unfinished.decision)?.value;
    const produced = step.status === 'waiting' ? step.produced?.output : undefined;
    for (const output of [given, produced])
      if (output !== undefined) run.flow.keepWhole(output, await wholeOutput(output, artifacts));
  }
  run.gates.restore(events);

  let hasSaidSo = false;
  const sayRecovered = () => {
    if (hasSaidSo) return;
    hasSaidSo = true;
    void run.log.record({ type: 'owner-changed', ...opener, recovery: true });
  };
  const interrupted = interruptedSteps(state);
  if (run.talk.hasLeftovers) {
    sayRecovered();
    await run.talk.open();
  }
  // Attempts that may be repeated go back into the queue with this event.
  if (interrupted.length > 0) sayRecovered();
  run.flow.restore(state);

  const canceller = cancelDecision(state);
  if (canceller !== undefined) {
    void run.cancel(canceller.name);
    run.isOpening = false;
    return run;
  }
  for (const { key, attempt, idempotent } of interrupted) {
    const step = run.steps.get(key);
    if (step === undefined || idempotent) continue;
    run.flow.uncertain(step, attempt, 'Baton was closed while it ran; nobody knows whether it happened.');
  }
  finishHalfSaid(run, sayRecovered);
  await run.flow.whenReleased();
  if (run.flow.areAllSettled) run.conclude();
  else rest(run, events, sayRecovered);
  run.isOpening = false;
  run.gates.armOpen();
  // Asks what batch kept back, and parks what only answers can move.
  run.flow.proceed();
  // Whoever asks for the run now sees it as it was put.
  await run.log.whenStored;
  return run;
}

/** Says what follows from the last recorded words, where an earlier process did not come to it. Nothing is done again. */
function finishHalfSaid(run: Run, sayRecovered: () => void): void {
  const { state, flow } = run;
  for (const step of Object.values(state.steps)) {
    const declared = run.steps.get(step.key);
    if (declared === undefined || isSettledForGood(run, step.key)) continue;
    const unfinished = unfinishedDecision(state, step);
    if (unfinished !== undefined) {
      sayRecovered();
      void run.decisions.follow(unfinished.approval, unfinished.decision, unfinished.by, []);
      continue;
    }
    if (flow.isToBeAsked(step) && step.status === 'failed')
      flow.ask(errorQuestion(declared, step.attempt, step.error.message, step.artifacts), []);
    const isAsked = 'approval' in step && step.approval !== undefined && step.approval in state.openApprovals;
    if (isAsked) {
      const anew = run.gates.askAnew(declared);
      if (anew.length > 0) sayRecovered();
      void run.log.record(...anew);
      continue;
    }
    if (step.status === 'uncertain') flow.ask(uncertainQuestion(declared, step.attempt, step.message), []);
    if (step.status === 'waiting' && step.produced !== undefined)
      flow.ask(gateQuestion(declared, step.attempt, step.produced), []);
  }
}

function isSettledForGood(run: Run, key: StepKey): boolean {
  const step = run.state.steps[key];
  return step === undefined || (isSettled(step) && !run.flow.isToBeAsked(step));
}

/** Where an opened run stands until somebody moves it on. */
function rest(run: Run, events: readonly RunEvent[], sayRecovered: () => void): void {
  const { log, state } = run;
  if (state.phase !== 'active' || !run.flow.couldGoOn) return;
  sayRecovered();
  const crashes = crashesInARow(events) + 1;
  const body: RunEventBody =
    crashes > MOST_RECOVERIES
      ? {
          type: 'run-parked',
          reason: 'crash-loop',
          message: `It was opened ${MOST_RECOVERIES} times in a row without coming any further.`,
        }
      : { type: 'run-paused', by: 'recovery', reason: 'interrupted' };
  void log.record(body);
}
