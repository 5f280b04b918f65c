import { render } from 'preact';
import { applyApprovalsMessage, emptyApprovalsModel } from './approvals/approvals-model';
import { ApprovalsView } from './approvals/approvals-view';
import { DiffStore, noDiffs, withDiffs } from './changes/diffs';
import { keep, kept, send } from './host';
import { registerKit } from './kit/toolkit';
import type { HostMessage } from './protocol';
import { parseHostMessage } from './protocol';
import { applyRunMessage, emptyRunModel } from './run/run-model';
import { RunPanel } from './run/run-panel';
import { Store } from './store';

registerKit();
const root = document.getElementById('root');
if (root !== null) {
  if (document.body.dataset['view'] === 'approvals') showApprovals(root);
  else showRun(root);
}

function showRun(element: HTMLElement): void {
  // At once: a window that reloads before anything is drawn gives the panel back only with what it has kept.
  const runId = document.body.dataset['run'];
  if (runId !== undefined && kept()?.runId !== runId) keep({ runId });
  // A form becomes the panel of the run that it started, and keeps that run then.
  else if (runId === undefined && kept() === undefined) keep({ form: true });
  const store = new Store(emptyRunModel);
  const diffs = new Store(noDiffs);
  listen((message) => {
    if (message.type === 'diffs') diffs.change((before) => withDiffs(before, message));
    const wasInStep = !store.current.outOfStep;
    store.change((model) => applyRunMessage(model, message, Date.now()));
    // Once, until the snapshot comes: whatever arrives meanwhile is part of it.
    if (wasInStep && store.current.outOfStep) send({ type: 'ready' });
  });
  render(
    <DiffStore.Provider value={diffs}>
      <RunPanel store={store} />
    </DiffStore.Provider>,
    element,
  );
  send({ type: 'ready' });
}

function showApprovals(element: HTMLElement): void {
  const store = new Store(emptyApprovalsModel);
  const diffs = new Store(noDiffs);
  listen((message) => {
    if (message.type === 'diffs') diffs.change((before) => withDiffs(before, message));
    else store.change((model) => applyApprovalsMessage(model, message, Date.now()));
  });
  render(
    <DiffStore.Provider value={diffs}>
      <ApprovalsView store={store} />
    </DiffStore.Provider>,
    element,
  );
  send({ type: 'ready' });
}

function listen(onMessage: (message: HostMessage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = parseHostMessage(event.data);
    if (message !== undefined) onMessage(message);
  });
}
