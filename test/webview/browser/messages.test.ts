import { expect, test } from 'vitest';
import type { ViewName } from '../../../webview/page';
import {
  approvalItems,
  approvalOf,
  begins,
  completes,
  endedRun,
  eventsOf,
  filledRun,
  formInputs,
  interruptedRun,
  largeRun,
  runningRun,
  START,
} from '../samples';
import { openView, type OpenView } from './open-view';

const now = START + 134_000;
const hash = approvalOf('security').shownHash;

function open(view: ViewName, state?: unknown): Promise<OpenView> {
  const size = view === 'run' ? { width: 1200, height: 760 } : { width: 300, height: 900 };
  return openView(view, { ...size, state });
}

async function lastAsked(view: OpenView) {
  return (await view.asked()).at(-1);
}

test('Approve is sent with the hash of what was shown, once, and the card waits for the event', async () => {
  const view = await open('approvals');
  await view.tell({ type: 'approvals', items: approvalItems(), now });
  const approve = view.page.getByRole('button', { name: 'Approve Security scan' });
  await approve.click();
  await view.settle();
  expect(await lastAsked(view)).toEqual({
    type: 'decide',
    runId: 'run-1',
    approvalId: 'security-gate',
    action: 'approve',
    shownHash: hash,
  });
  expect(await approve.isDisabled()).toBe(true);
  await approve.click({ force: true });
  expect((await view.asked()).filter((message) => message.type === 'decide')).toHaveLength(1);
  expect(await view.page.getByRole('article', { name: 'Security scan' }).count()).toBe(1);
  await view.close();
});

test('a refused decision is explained on its card, and can be made again', async () => {
  const view = await open('approvals');
  await view.tell({ type: 'approvals', items: approvalItems(), now });
  await view.page.getByRole('button', { name: 'Approve Security scan' }).click();
  await view.tell({
    type: 'refused',
    message: 'The result changed since you looked.',
    approvalId: 'security-gate',
  });
  const card = view.page.getByRole('article', { name: 'Security scan' });
  expect(await card.getByRole('alert').textContent()).toBe('The result changed since you looked.');
  expect(await card.getByRole('button', { name: 'Approve Security scan' }).isEnabled()).toBe(true);
  await view.close();
});

test('Retry asks for a comment first, and sends it along', async () => {
  const view = await open('approvals');
  await view.tell({ type: 'approvals', items: approvalItems(), now });
  const card = view.page.getByRole('article', { name: 'Security scan' });
  await card.getByRole('button', { name: 'Retry… Security scan' }).click();
  await view.type('Look at the tests too');
  await card.getByRole('button', { name: 'Retry', exact: true }).click();
  expect(await lastAsked(view)).toMatchObject({ action: 'retry', comment: 'Look at the tests too' });
  await view.close();
});

test('Skip Step and Cancel Run are behind the menu and take a second click', async () => {
  const view = await open('approvals');
  await view.tell({ type: 'approvals', items: approvalItems(), now });
  const card = view.page.getByRole('article', { name: 'Security scan' });
  await card.getByRole('button', { name: 'More actions for Security scan' }).click();
  await card.getByRole('menuitem', { name: 'Cancel Run' }).click();
  expect((await view.asked()).filter((message) => message.type === 'decide')).toHaveLength(0);
  await card.getByRole('button', { name: 'Cancel Run' }).click();
  expect(await lastAsked(view)).toMatchObject({ type: 'decide', action: 'cancel' });
  await view.close();
});

test('only the actions that are allowed are offered', async () => {
  const view = await open('approvals');
  await view.tell({ type: 'approvals', items: approvalItems(), now });
  const failed = view.page.getByRole('article', { name: 'Unit tests' });
  expect(await failed.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
  const before = view.page.getByRole('article', { name: 'Deploy to staging' });
  expect(await before.getByRole('button', { name: /^Retry/ }).count()).toBe(0);
  await view.close();
});

test('Edit opens the native editor and leaves the card free', async () => {
  const view = await open('approvals');
  await view.tell({ type: 'approvals', items: approvalItems(), now });
  await view.page.getByRole('button', { name: 'Edit… Security scan' }).click();
  expect(await lastAsked(view)).toEqual({ type: 'edit', runId: 'run-1', approvalId: 'security-gate' });
  expect(await view.page.getByRole('button', { name: 'Approve Security scan' }).isEnabled()).toBe(true);
  await view.close();
});

test('links of a card open the artifact, the changes and the run', async () => {
  const view = await open('approvals');
  await view.tell({ type: 'approvals', items: approvalItems(), now });
  const card = view.page.getByRole('article', { name: 'Security scan' });
  await card.getByRole('link', { name: 'security.md' }).click();
  expect(await lastAsked(view)).toEqual({
    type: 'open-artifact',
    runId: 'run-1',
    hash,
    path: 'reports/security.md',
  });
  await card.getByRole('link', { name: '2 files changed' }).click();
  expect(await lastAsked(view)).toEqual({
    type: 'open-changes',
    runId: 'run-1',
    approvalId: 'security-gate',
  });
  await card.getByRole('link', { name: 'quality-review' }).click();
  expect(await lastAsked(view)).toEqual({ type: 'open-run', runId: 'run-1' });
  await view.close();
});

test('what runs in another process is decided here all the same; the card says quietly where it runs', async () => {
  const view = await open('approvals');
  const [item, ...others] = approvalItems();
  if (item === undefined) throw new Error('No card to show.');
  const { approval, runId } = item;
  await view.tell({ type: 'approvals', items: [{ ...item, runsIn: 'terminal (pid 7)' }, ...others], now });
  const card = view.page.getByRole('article', { name: approval.title });
  expect(await card.locator('.card-run').textContent()).toContain('in terminal (pid 7)');
  await card.getByRole('button', { name: `Approve ${approval.title}` }).click();
  expect(await lastAsked(view)).toMatchObject({ type: 'decide', runId, action: 'approve' });
  // Nothing has happened until the event comes back: what is not done is said, and can be tried again.
  const message = 'terminal (pid 7) owns the runs of this folder. Nothing was changed.';
  await view.tell({ type: 'refused', message, approvalId: approval.id });
  expect(await card.getByRole('alert').textContent()).toBe(message);
  expect(await card.getByRole('button', { name: `Approve ${approval.title}` }).isEnabled()).toBe(true);
  await view.close();
});

test('a run in another process has its buttons here', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: { ...filledRun(), runsIn: 'terminal (pid 7)' } });
  expect(await view.page.locator('.run-state').textContent()).toContain('in terminal (pid 7)');
  await view.page.getByRole('button', { name: 'Pause', exact: true }).click();
  expect(await lastAsked(view)).toMatchObject({ type: 'pause' });
  await view.close();
});

test('a card can be revealed', async () => {
  const view = await open('approvals');
  await view.tell({ type: 'approvals', items: approvalItems(), now });
  await view.tell({ type: 'reveal-approval', approvalId: 'tests-gate' });
  expect(await view.page.evaluate(() => document.activeElement?.textContent)).toBe('Unit tests');
  await view.close();
});

test('Pause is sent once and free again when the event comes; Cancel asks in place', async () => {
  const view = await open('run');
  const run = runningRun();
  await view.tell({ type: 'run-snapshot', run });
  await view.page.getByRole('button', { name: 'Pause' }).click();
  await view.settle();
  expect(await lastAsked(view)).toEqual({ type: 'pause', runId: 'run-1' });
  expect(await view.page.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true);
  await view.tell({
    type: 'run-events',
    events: eventsOf([{ type: 'run-paused', by: 'ann', reason: 'person' }], { from: run.state.seq + 1 }),
    progress: run.progress,
    interrupted: false,
    now,
  });
  // Steps that run are finished first.
  expect(await view.page.locator('.run-state').textContent()).toContain('Pausing');
  await view.page.getByRole('button', { name: 'Resume' }).click();
  expect(await lastAsked(view)).toEqual({ type: 'resume', runId: 'run-1' });
  await view.tell({ type: 'refused', message: 'The disk is full.' });
  expect(await view.page.getByRole('alert').textContent()).toBe('The disk is full.');
  await view.page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await view.page.getByRole('button', { name: 'Cancel Run' }).click();
  expect(await lastAsked(view)).toEqual({ type: 'cancel', runId: 'run-1' });
  await view.close();
});

test('an interrupted run offers Resume beside what it means', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: interruptedRun() });
  await view.page.getByRole('button', { name: 'Resume' }).click();
  expect(await lastAsked(view)).toEqual({ type: 'resume', runId: 'run-1' });
  expect(await view.page.getByRole('option', { name: /^Performance, Interrupted/ }).count()).toBe(1);
  await view.close();
});

test('Open Report is the primary action of a run that ended', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: endedRun() });
  expect(await view.page.getByText('Report ready, 7 findings').count()).toBe(1);
  await view.page.getByRole('button', { name: 'Open Report' }).click();
  expect(await lastAsked(view)).toMatchObject({ type: 'open-artifact', path: 'reports/review.md' });
  await view.close();
});

test('a failed step leads to its line of the workflow', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: filledRun() });
  await view.page.locator('[data-step="architecture"]').click();
  await view.page.getByRole('link', { name: 'comprehensive-code-review.yaml:39' }).click();
  expect(await lastAsked(view)).toEqual({ type: 'open-workflow', runId: 'run-1', step: 'architecture' });
  await view.close();
});

test('live output appears while a step runs, without the colours of a terminal', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: runningRun() });
  await view.page.locator('[data-step="performance"]').click();
  await view.tell({ type: 'run-live', step: 'performance', text: '\u001b[32mreading\u001b[0m src/a.js\n' });
  await view.tell({ type: 'run-live', step: 'performance', text: 'reading src/b.js\n' });
  expect(await view.page.getByRole('log').textContent()).toBe('reading src/a.js\nreading src/b.js\n');
  await view.close();
});

test('events that are missing make the view ask for everything again, once', async () => {
  const view = await open('run');
  const run = runningRun();
  await view.tell({ type: 'run-snapshot', run });
  const late = eventsOf([completes('security', 'Nothing found')], { from: run.state.seq + 3 });
  const message = {
    type: 'run-events' as const,
    progress: run.progress,
    interrupted: false,
    now,
  };
  await view.tell({ ...message, events: late });
  await view.tell({ ...message, events: late });
  expect((await view.asked()).filter(({ type }) => type === 'ready')).toHaveLength(2);
  await view.close();
});

test('the choice of a step survives a reload of the window', async () => {
  const view = await open('run', { runId: 'run-1', selected: 'lint' });
  await view.tell({ type: 'run-snapshot', run: filledRun() });
  expect(await view.page.locator('.details-title').first().textContent()).toBe('Lint');
  await view.close();
});

test('a step that is to be revealed is selected and has the focus', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: largeRun(200, 10) });
  await view.tell({ type: 'reveal-step', step: 'step-150' });
  await view.page.waitForFunction(
    () => (document.activeElement as HTMLElement | null)?.dataset['step'] === 'step-150',
  );
  expect(await view.page.locator('.details-title').first().textContent()).toBe('Check module 150');
  await view.close();
});

test('the inputs are checked, and sent with their types', async () => {
  const view = await open('run');
  await view.tell({ type: 'inputs-form', workflow: 'deploy', inputs: formInputs(), values: {} });
  const start = view.page.getByRole('button', { name: 'Run Workflow' });
  await start.click();
  await view.settle();
  expect(await view.page.getByRole('alert').allTextContents()).toEqual(['Needs a value.', 'Needs a value.']);
  await view.page.getByRole('textbox', { name: /^service/ }).fill('orders');
  await view.page.getByRole('textbox', { name: /^replicas/ }).fill('5');
  await view.page.getByRole('textbox', { name: /^labels/ }).fill('{"team": "a"}');
  await view.page.getByRole('combobox', { name: 'environment' }).click();
  await view.page.getByRole('option', { name: 'production' }).click();
  await view.page.getByRole('checkbox', { name: 'dryRun' }).click();
  await start.click();
  expect(await lastAsked(view)).toEqual({
    type: 'start',
    values: {
      service: 'orders',
      replicas: 5,
      environment: 'production',
      labels: { team: 'a' },
      dryRun: false,
    },
  });
  await view.tell({ type: 'run-snapshot', run: runningRun() });
  expect(await view.page.getByRole('heading', { level: 1 }).textContent()).toBe('comprehensive-code-review');
  await view.close();
});

test('a screen reader gets the list of steps first, and hears what changes', async () => {
  const view = await openView('run', {
    width: 900,
    height: 700,
    bodyClass: 'vscode-using-screen-reader',
  });
  const run = runningRun();
  await view.tell({ type: 'run-snapshot', run });
  expect(await view.page.locator('.step-list .row').count()).toBe(9);
  await view.tell({
    type: 'run-events',
    events: eventsOf([completes('security', 'Nothing found'), begins('threats')], {
      from: run.state.seq + 1,
    }),
    progress: run.progress,
    interrupted: false,
    now,
  });
  expect(await view.page.locator('[aria-live="polite"]').textContent()).toBe('Security scan completed');
  await view.close();
});

test('what is no message changes nothing', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: runningRun() });
  await view.tell({ type: 'run-snapshot', run: { state: 'none' } } as never);
  await view.tell('hello' as never);
  expect(await view.page.getByRole('heading', { level: 1 }).textContent()).toBe('comprehensive-code-review');
  expect(view.faults).toEqual([]);
  await view.close();
});
