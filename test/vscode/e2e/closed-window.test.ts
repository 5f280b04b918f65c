import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { extensionHosts } from '../server/processes.mjs';
import { photograph } from './accessible';
import { gatedWorkflow, heldAndGatedWorkflow, heldWorkflow, letGo, programs } from './steps';
import { playStory } from './story';
import { runInTerminal } from './terminal';
import {
  approve,
  card,
  expectRun,
  expectStep,
  openBaton,
  runFromExplorer,
  runPanel,
  section,
  toast,
} from './workbench';

const files = {
  ...programs,
  'workflows/ship.yaml': gatedWorkflow,
  'workflows/publish.yaml': heldWorkflow,
  'workflows/deliver.yaml': heldAndGatedWorkflow,
};

/**
 * Closes a tab that cannot say goodbye any more, as when its page crashed or the connection is lost.
 * Its extension host then lives on for hours and holds the folder.
 */
async function closeWithoutGoodbye(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Never answered: the page that would answer is gone.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

test('a window decides what a terminal runs, another one starts a run in it, and that goes on there when the first is closed', () =>
  playStory({ files, examples: false }, async ({ server, workspace, openWindow, effects }) => {
    const terminal = await runInTerminal(server, workspace.path, 'workflows/deliver.yaml');
    try {
      await terminal.says('pack  waits for you');
      const first = await openWindow();
      await openBaton(first);
      await card(first, 'Pack').getByText(`in terminal (pid ${terminal.pid})`).waitFor();
      terminal.freeze();
      await card(first, 'Pack').getByRole('button', { name: 'Approve Pack' }).click();
      await card(first, 'Pack').getByRole('alert').getByText('does not answer').waitFor();
      await photograph(first, 'beside-terminal');
      terminal.thaw();
      await approve(first, 'Pack');
      await letGo(workspace.path, 'build');
      expect(await terminal.ended).toBe(0);
      expect((await effects()).split('\n').sort()).toEqual(['', 'build', 'deliver', 'pack']);

      const second = await openWindow();
      await runFromExplorer(second, 'workflows/ship.yaml');
      await expectStep(second, 'Pack', 'Waiting for you');
      const place = runPanel(second).locator('.run-state').getByText('in another window');
      await place.waitFor();
      await photograph(second, 'beside-window');
      await first.close();
      await place.waitFor({ state: 'detached' });
      await openBaton(second);
      await approve(second, 'Pack');
      await expectStep(second, 'Ship', 'Completed');
      await expectRun(second, 'Completed');
      expect(await effects()).toMatch(/\npack\nship\n$/);
    } finally {
      terminal.end();
    }
  }));

test('a new window goes on with a run while the extension host of the old one still lives', () =>
  playStory({ files, examples: false }, async ({ server, workspace, openWindow, effects }) => {
    const closed = await openWindow();
    await runFromExplorer(closed, 'workflows/publish.yaml');
    await expectStep(closed, 'Build', 'Running');
    const [ghost] = extensionHosts(server.pid);
    await closeWithoutGoodbye(closed);

    const page = await openWindow();
    await toast(page, 'Continued from a closed window').waitFor();
    expect(extensionHosts(server.pid)).toContain(ghost);
    await openBaton(page);
    const asked = card(page, 'Build');
    await asked.getByRole('button', { name: 'Retry… Build' }).click();
    await letGo(workspace.path, 'build');
    await asked.getByRole('button', { name: 'Retry', exact: true }).click();
    await section(page, 'Runs').getByText('build-and-publish').click();
    await expectStep(page, 'Publish', 'Completed');
    await expectRun(page, 'Completed');
    expect(await effects()).toBe('prepare\nbuild\nbuild\npublish\n');
  }));
