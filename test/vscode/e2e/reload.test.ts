import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatedWorkflow, programs } from './steps';
import { beginStory, photographFailure, type Story } from './story';
import {
  approvalsView,
  approve,
  expectRun,
  expectStep,
  openBaton,
  reloadWindow,
  runFromExplorer,
} from './workbench';

let story: Story;
beforeAll(async () => {
  story = await beginStory({ files: { ...programs, 'workflows/ship.yaml': gatedWorkflow }, examples: false });
});
afterAll(() => story.close());

test('a gate waits through a reload of the window, in the same panel, and the run ends after it', async () => {
  photographFailure(() => story);
  const page = await story.openWindow();
  await runFromExplorer(page, 'workflows/ship.yaml');
  await expectStep(page, 'Pack', 'Waiting for you');

  await reloadWindow(page);

  await expectStep(page, 'Pack', 'Waiting for you');
  await openBaton(page);
  await approvalsView(page).getByRole('heading', { name: 'Pack' }).waitFor();
  await approve(page, 'Pack');
  await expectStep(page, 'Ship', 'Completed');
  await expectRun(page, 'Completed');
  expect(await readFile(join(story.workspace.path, 'effects.log'), 'utf8')).toBe('pack\nship\n');
  expect(story.violations).toEqual([]);
});
