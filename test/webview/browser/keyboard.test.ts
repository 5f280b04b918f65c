import { expect, test } from 'vitest';
import { approvalItems, filledRun, largeRun, START } from '../samples';
import { openView, type OpenView } from './open-view';

async function runView(snapshot = filledRun(), size = { width: 1200, height: 760 }): Promise<OpenView> {
  const view = await openView('run', { ...size });
  await view.tell({ type: 'run-snapshot', run: snapshot });
  return view;
}

/** What has the focus, by its accessible label or text. */
function focused(view: OpenView): Promise<string> {
  return view.page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });
}

function focusedStep(view: OpenView): Promise<string | undefined> {
  return view.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['step']);
}

test('Tab goes through header, tabs, graph, zoom and details, in the order of the eye', async () => {
  const view = await runView();
  const order: string[] = [];
  for (let count = 0; count < 11; count += 1) {
    await view.page.keyboard.press('Tab');
    order.push(await focused(view));
  }
  expect(order).toEqual([
    'Pause',
    'Cancel',
    'Graph',
    'Security scan, Waiting for you',
    'Zoom Out (−)',
    'Zoom In (+)',
    'Fit (0)',
    'Keys (?)',
    'Security scan',
    'Deploy to staging',
    'comprehensive-code-review.yaml',
  ]);
  await view.close();
});

test('arrow keys walk along the edges and between neighbours', async () => {
  const view = await runView();
  await view.page.locator('[data-step="dependencies"]').focus();
  await view.page.keyboard.press('ArrowRight');
  const next = await focusedStep(view);
  expect(['licences', 'deploy', 'architecture']).toContain(next);
  await view.page.keyboard.press('ArrowLeft');
  await view.page.keyboard.press('ArrowDown');
  expect(await focusedStep(view)).toBe('security');
  await view.page.keyboard.press('End');
  expect(await focusedStep(view)).toBe('report');
  await view.page.keyboard.press('Home');
  expect(await focusedStep(view)).toBe('lint');
  await view.close();
});

test('Enter opens the details of a step, Escape comes back to it', async () => {
  const view = await runView();
  await view.page.locator('[data-step="architecture"]').focus();
  await view.page.keyboard.press('Enter');
  await view.settle();
  expect(await focused(view)).toBe('Architecture review');
  await view.page.keyboard.press('Escape');
  await view.settle();
  expect(await focusedStep(view)).toBe('architecture');
  expect(await view.page.getByRole('heading', { name: 'This run' }).count()).toBe(1);
  await view.close();
});

test('open details follow the arrow keys', async () => {
  const view = await runView();
  await view.page.locator('[data-step="dependencies"]').click();
  await view.page.locator('[data-step="dependencies"]').focus();
  await view.page.keyboard.press('ArrowDown');
  expect(await view.page.locator('.details-title').first().textContent()).toBe('Security scan');
  await view.close();
});

test('the question mark shows the keys, and the focus comes back when they are closed', async () => {
  const view = await runView();
  await view.page.locator('[data-step="lint"]').focus();
  await view.page.keyboard.press('?');
  await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await view.page.keyboard.press('Escape');
  await view.page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focusedStep(view)).toBe('lint');
  await view.close();
});

test('plus, minus and zero zoom and fit', async () => {
  const view = await runView();
  const transform = () => view.page.locator('.graph-picture > g').getAttribute('transform');
  const fitted = await transform();
  await view.page.locator('[data-step="lint"]').focus();
  await view.page.keyboard.press('+');
  expect(await transform()).not.toBe(fitted);
  await view.page.keyboard.press('0');
  expect(await transform()).toBe(fitted);
  await view.close();
});

test('a slash finds a step of a large run and Enter walks through what was found', async () => {
  const view = await runView(largeRun(200, 10));
  await view.page.locator('[data-step="step-0"]').focus();
  await view.page.keyboard.press('/');
  await view.type('module 17');
  await view.settle();
  expect(await view.page.locator('.find-count').textContent()).toBe('11');
  await view.page.keyboard.press('Enter');
  await view.page.keyboard.press('Enter');
  await view.settle();
  expect(await view.page.locator('.find-count').textContent()).toBe('2 of 11');
  expect(await view.page.locator('.details-title').first().textContent()).toBe('Check module 170');
  await view.page.keyboard.press('Escape');
  await view.settle();
  expect(await focusedStep(view)).toBe('step-170');
  await view.close();
});

test('the menu of a card opens, walks and closes by keyboard', async () => {
  const view = await openView('approvals', { width: 300, height: 760 });
  await view.tell({ type: 'approvals', items: approvalItems().slice(0, 1), now: START });
  const button = view.page.getByRole('button', { name: 'More actions for Security scan' });
  await button.focus();
  await view.page.keyboard.press('Enter');
  await view.settle();
  expect(await focused(view)).toBe('Skip Step');
  await view.page.keyboard.press('ArrowDown');
  expect(await focused(view)).toBe('Cancel Run');
  await view.page.keyboard.press('Escape');
  await view.settle();
  expect(await view.page.getByRole('menu').count()).toBe(0);
  expect(await focused(view)).toBe('More actions for Security scan');
  await view.close();
});

test('when the card with the focus goes away, the focus goes to the next one', async () => {
  const view = await openView('approvals', { width: 300, height: 760 });
  const items = approvalItems();
  await view.tell({ type: 'approvals', items, now: START });
  await view.page.getByRole('button', { name: 'Approve Security scan' }).focus();
  await view.page.keyboard.press('Enter');
  await view.tell({ type: 'approvals', items: items.slice(1), now: START });
  expect(await focused(view)).toBe('Deploy to staging');
  await view.close();
});
