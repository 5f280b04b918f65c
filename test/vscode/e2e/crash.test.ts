import { expect, test } from 'vitest';
import { extensionHosts } from '../server/processes.mjs';
import { harmlessHeldWorkflow, heldWorkflow, letGo, programs } from './steps';
import { playStory, type Story } from './story';
import { approvalsView, card, expectRun, expectStep, openBaton, runFromExplorer, toast } from './workbench';

/** SIGKILL to the process that runs Baton; VS Code starts another one by itself. */
function killExtensionHost({ server }: Story): void {
  const [host, ...others] = extensionHosts(server.pid);
  expect(others).toEqual([]);
  process.kill(host ?? 0, 'SIGKILL');
}

test('a step that may have happened is asked about after the extension host was killed, and the run ends', () =>
  playStory(
    { files: { ...programs, 'workflows/publish.yaml': heldWorkflow }, examples: false },
    async (story) => {
      const page = await story.openWindow();
      await runFromExplorer(page, 'workflows/publish.yaml');
      await expectStep(page, 'Build', 'Running');
      await openBaton(page);
      await approvalsView(page).getByText('Nothing waits for you.').waitFor();

      killExtensionHost(story);

      const asked = card(page, 'Build');
      await asked.getByRole('button', { name: 'Retry… Build' }).click();
      await letGo(story.workspace.path, 'build');
      await asked.getByRole('button', { name: 'Retry', exact: true }).click();
      // The panel that stood there lost its host; another one is in its place.
      await expectStep(page, 'Publish', 'Completed');
      await expectRun(page, 'Completed');
      // Prepare had ended before the kill: it is not done again. Build was asked about and done again.
      expect(await story.effects()).toBe('prepare\nbuild\nbuild\npublish\n');
    },
  ));

test('an interrupted run whose step is harmless goes on with Resume', () =>
  playStory(
    { files: { ...programs, 'workflows/publish.yaml': harmlessHeldWorkflow }, examples: false },
    async (story) => {
      const page = await story.openWindow();
      await runFromExplorer(page, 'workflows/publish.yaml');
      await expectStep(page, 'Build', 'Running');

      killExtensionHost(story);

      await expectRun(page, 'Interrupted');
      await toast(page, 'interrupted').getByRole('button', { name: 'Resume' }).click();
      await letGo(story.workspace.path, 'build');
      await expectStep(page, 'Publish', 'Completed');
      await expectRun(page, 'Completed');
      expect(await story.effects()).toBe('prepare\nbuild\nbuild\npublish\n');
    },
  ));
