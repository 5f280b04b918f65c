import { isTerminal, runStatus, type RunState } from '../../core/model/run-state';

/** What can be done with a run, for buttons and menus. Whoever runs it: what is asked for in this window is done there. */
export function runAbilities(state: RunState | undefined, interrupted: boolean) {
  const unfinished = state !== undefined && !isTerminal(runStatus(state));
  const stopped = interrupted || state?.phase === 'paused' || (state?.phase === 'parked' && !asks(state));
  return {
    canResume: unfinished && stopped,
    canPause: unfinished && !stopped && state.phase === 'active',
    canCancel: unfinished,
    hasWorkflow: state?.source.path !== undefined,
  };
}

/** Where only an answer leads on, going on by a button would lead back to the question. */
function asks(state: RunState): boolean {
  return Object.keys(state.openApprovals).length > 0;
}
