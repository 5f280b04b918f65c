import { expect, test } from 'vitest';
import type { ViewName } from '../../../webview/page';
import type { HostMessage } from '../../../webview/protocol';
import { budgetItems, budgetOf, budgetRun, manyCallsRun, modelRun, OLLAMA } from '../model-samples';
import { START } from '../samples';
import { openView, type OpenView } from './open-view';
import { lookAtScenes, type Scene } from './scenes';

const now = START + 134_000;
const run = (snapshot: () => ReturnType<typeof modelRun>) => (): HostMessage => ({
  type: 'run-snapshot',
  run: snapshot(),
});
const select = (key: string) => (view: OpenView) => view.page.locator(`[data-step="${key}"]`).click();

async function streams(view: OpenView): Promise<void> {
  await view.tell({ type: 'run-live', step: 'design', settled: true, text: 'Layer one imports layer thr' });
  await view.tell({
    type: 'run-live',
    step: 'design',
    voided: 'Claude broke off, Gemini is asked',
    text: 'Three layers, and **orders** knows too much of **users**.\nNext I look at the tests.',
    usage: { inputTokens: 8_214, outputTokens: 96, usd: 0.026, estimated: true },
  });
}

const scenes: readonly Scene[] = [
  { name: 'models-run', inOneTheme: true, view: 'run', width: 1200, height: 760, message: run(modelRun) },
  {
    name: 'models-streaming',
    view: 'run',
    width: 1200,
    height: 900,
    message: run(modelRun),
    then: async (view) => {
      await streams(view);
      await select('design')(view);
    },
  },
  {
    name: 'models-fallback',
    view: 'run',
    width: 1200,
    height: 760,
    message: run(modelRun),
    then: async (view) => {
      await select('threats')(view);
      await view.page.getByText('1 failed request').first().click();
    },
  },
  {
    name: 'models-waiting',
    inOneTheme: true,
    view: 'run',
    width: 600,
    height: 900,
    message: run(modelRun),
    then: select('summary'),
  },
  {
    name: 'models-spending',
    view: 'run',
    width: 600,
    height: 800,
    message: run(modelRun),
    then: (view) => view.page.getByRole('button', { name: /^Spent/ }).click(),
  },
  {
    name: 'models-steps',
    inOneTheme: true,
    view: 'run',
    width: 600,
    height: 800,
    message: run(modelRun),
    then: (view) => view.page.getByRole('tab', { name: 'Steps' }).click(),
  },
  {
    name: 'models-budget',
    view: 'run',
    width: 1200,
    height: 760,
    message: run(budgetRun),
    then: select('design'),
  },
  {
    name: 'models-held',
    inOneTheme: true,
    view: 'run',
    width: 600,
    height: 800,
    message: run(budgetRun),
    then: select('summary'),
  },
  {
    name: 'models-many-calls',
    view: 'run',
    width: 1200,
    height: 1100,
    inOneTheme: true,
    message: run(manyCallsRun),
    then: async (view) => {
      await select('agent')(view);
      await view.page.getByText('16 earlier calls').click();
    },
  },
  {
    name: 'models-narrow',
    view: 'run',
    width: 300,
    height: 900,
    inOneTheme: true,
    message: run(manyCallsRun),
    then: (view) => view.page.getByRole('button', { name: /^Spent/ }).click(),
  },
  {
    name: 'budget-cards',
    view: 'approvals',
    width: 300,
    height: 1100,
    message: () => ({ type: 'approvals', items: budgetItems(), now }),
  },
  {
    name: 'budget-amount',
    view: 'approvals',
    width: 300,
    height: 700,
    message: () => ({ type: 'approvals', items: budgetItems().slice(0, 1), now }),
    then: async (view) => {
      await view.page.getByRole('button', { name: 'Set Amount…: Architecture review' }).click();
      await view.page.locator('input:focus').waitFor();
      await view.page.keyboard.press('ControlOrMeta+a');
      await view.type('0.20');
      await view.page.keyboard.press('Enter');
    },
  },
  {
    name: 'budget-stop',
    inOneTheme: true,
    view: 'approvals',
    width: 300,
    height: 700,
    message: () => ({ type: 'approvals', items: budgetItems().slice(0, 1), now }),
    then: (view) => view.page.getByRole('button', { name: 'Stop the run: Architecture review' }).click(),
  },
];

lookAtScenes(scenes);

const open = (view: ViewName, width = 1200, height = 900) => openView(view, { width, height });
const lastAsked = async (view: OpenView) => (await view.asked()).at(-1);

test('a fallback is told on the node, in the list and in the details', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: modelRun() });
  const fell = 'Claude overloaded, answered by Gemini';
  expect(await view.page.locator('[data-step="threats"]').getAttribute('aria-label')).toContain(fell);
  expect(await view.page.locator('.node-mark').count()).toBe(1);
  await view.page.locator('[data-step="threats"]').click();
  expect(await view.page.locator('.details').getByText(fell).count()).toBe(1);
  expect(await view.page.locator('.details').textContent()).toContain('Gemini (gemini-2.5-flash)');
  await view.page.getByRole('tab', { name: 'Steps' }).click();
  expect(await view.page.locator('.row', { hasText: 'Threat model' }).textContent()).toContain(fell);
  await view.close();
});

test('text that was taken back is struck out with its reason, and the new text goes on beside it', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: modelRun() });
  await view.page.locator('[data-step="design"]').click();
  await streams(view);
  expect(await view.page.locator('.details del').textContent()).toBe('Layer one imports layer thr');
  expect(await view.page.locator('.void-why').textContent()).toContain('Claude broke off, Gemini is asked');
  const live = await view.page.locator('.live').textContent();
  expect(live).toContain('Three layers, and');
  expect(live).not.toContain('Layer one imports');
  expect(await view.page.locator('.details').textContent()).toContain('8.2k in · 96 out');
  await view.close();
});

test('the header counts tokens and money while a model answers', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: modelRun() });
  const button = view.page.getByRole('button', { name: /^Spent/ });
  expect(await button.textContent()).toContain('17.5k tok');
  await streams(view);
  expect(await button.textContent()).toContain('25.8k tok');
  expect(await button.textContent()).toContain('~$0.07 of $5.00');
  await button.click();
  const list = view.page.getByRole('group', { name: 'What this run took' });
  expect(await list.getByRole('row', { name: /^Gemini/ }).textContent()).toContain('~$0.02');
  await view.page.keyboard.press('Escape');
  expect(await list.count()).toBe(0);
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  await view.close();
});

test('a budget is raised with one click, bound to what was shown', async () => {
  const view = await open('approvals', 300);
  const [item] = budgetItems();
  await view.tell({ type: 'approvals', items: budgetItems(), now });
  await view.page.getByRole('button', { name: 'Raise to $1.00: Architecture review' }).click();
  expect(await lastAsked(view)).toEqual({
    type: 'decide',
    runId: 'run-1',
    approvalId: 'design-budget',
    action: 'approve',
    shownHash: item?.approval.shownHash,
  });
  await view.close();
});

test('another amount is checked before it is sent, and goes as a number', async () => {
  const view = await open('approvals', 300);
  await view.tell({ type: 'approvals', items: budgetItems().slice(0, 1), now });
  await view.page.getByRole('button', { name: 'Set Amount…: Architecture review' }).click();
  const field = view.page.getByRole('textbox');
  await field.fill('0.44');
  await view.page.keyboard.press('Enter');
  expect(await view.page.getByRole('alert').textContent()).toContain('$0.44 is spent already');
  expect((await view.asked()).filter(({ type }) => type === 'decide')).toHaveLength(0);
  await field.fill('$2.50');
  await view.page.keyboard.press('Enter');
  expect(await lastAsked(view)).toMatchObject({ type: 'decide', action: 'modify', value: 2.5 });
  await view.close();
});

test('leaving steps out and stopping take a second click', async () => {
  const view = await open('approvals', 300);
  await view.tell({ type: 'approvals', items: budgetItems().slice(0, 1), now });
  await view.page.getByRole('button', { name: 'Leave Out Optional Steps: Architecture review' }).click();
  expect((await view.asked()).filter(({ type }) => type === 'decide')).toHaveLength(0);
  await view.page.getByRole('button', { name: 'Leave Out Optional Steps', exact: true }).click();
  expect(await lastAsked(view)).toMatchObject({ type: 'decide', action: 'skip' });
  await view.close();
});

test('a model without a known price is used anyway or not at all: there is no amount to set', async () => {
  const view = await open('run');
  const asked = budgetOf({ scope: 'price', model: OLLAMA, reserved: 0 });
  await view.tell({ type: 'run-snapshot', run: budgetRun(asked) });
  await view.page.locator('[data-step="design"]').click();
  const card = view.page.getByRole('article', { name: 'Architecture review' });
  expect(await card.textContent()).toContain('has no known price');
  expect(await card.getByRole('button', { name: /^Set Amount/ }).count()).toBe(0);
  expect(await card.getByRole('button', { name: /^Use It Anyway/ }).count()).toBe(1);
  await view.close();
});

test('a held step says what it waits for, and leads to the question', async () => {
  const view = await open('run');
  await view.tell({ type: 'run-snapshot', run: budgetRun() });
  const label = await view.page.locator('[data-step="summary"]').getAttribute('aria-label');
  expect(label).toBe('Summary for managers, Waits for the budget');
  await view.page.locator('[data-step="summary"]').click();
  await view.page.locator('.details').getByText('Architecture review').click();
  expect(await view.page.getByRole('article', { name: 'Architecture review' }).count()).toBe(1);
  await view.close();
});
