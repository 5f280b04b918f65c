import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { extensionHosts } from '../server/processes.mjs';
import { harmlessHeldWorkflow, heldWorkflow, letGo, programs } from './steps';
import { beginStory, photographFailure, type Story } from './story';
import {
  card,
  expectRun,
  expectStep,
  openBaton,
  runFromExplorer,
  runPanel,
  section,
  toast,
} from './workbench';

let story: Story;
beforeEach(async () => {
  const files = {
    ...programs,
    'workflows/publish.yaml': heldWorkflow,
    'workflows/harmless.yaml': harmlessHeldWorkflow,
  };
  story = await beginStory({ files, examples: false });
});
afterEach(() => story.close());

const effects = () => readFile(join(story.workspace.path, 'effects.log'), 'utf8');

/** SIGKILL to the process that runs Baton; VS Code starts another one by itself. */
function killExtensionHost(): void {
  const [host, ...others] = extensionHosts(story.server.pid);
  expect(others).toEqual([]);
  process.kill(host ?? 0, 'SIGKILL');
}

test('a step that may have happened is asked about after the extension host was killed, and the run ends', async () => {
  photographFailure(() => story);
  const page = await story.openWindow();
  await runFromExplorer(page, 'workflows/publish.yaml');
  await runPanel(page).getByText('Holding build').or(runPanel(page).locator('.is-running')).first().waitFor();
  await expectStep(page, 'Build', 'Running');
  await openBaton(page);

  killExtensionHost();

  const asked = card(page, 'Build');
  await asked.getByRole('button', { name: 'Retry… Build' }).click();
  await letGo(story.workspace.path, 'build');
  await asked.getByRole('button', { name: 'Retry', exact: true }).click();
  await section(page, 'Runs').getByText('build-and-publish').click();
  await expectStep(page, 'Publish', 'Completed');
  await expectRun(page, 'Completed');
  // Prepare had ended before the kill: it is not done again. Build was asked about and done again.
  expect(await effects()).toBe('prepare\nbuild\nbuild\npublish\n');
  expect(story.violations).toEqual([]);
});

test('an interrupted run whose step is harmless goes on with Resume', async () => {
  photographFailure(() => story);
  const page = await story.openWindow();
  await runFromExplorer(page, 'workflows/harmless.yaml');
  await expectStep(page, 'Build', 'Running');

  killExtensionHost();

  await letGo(story.workspace.path, 'build');
  await toast(page, 'interrupted').getByRole('button', { name: 'Resume' }).click();
  await openBaton(page);
  await section(page, 'Runs').getByText('build-and-publish').click();
  await expectStep(page, 'Publish', 'Completed');
  await expectRun(page, 'Completed');
  expect(await effects()).toBe('prepare\nbuild\nbuild\npublish\n');
});
