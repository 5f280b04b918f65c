import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { extensionHosts } from '../server/processes.mjs';
import { gatedWorkflow, heldWorkflow, letGo, programs } from './steps';
import { playStory } from './story';
import {
  approve,
  card,
  expectRun,
  expectStep,
  openBaton,
  runFromExplorer,
  section,
  toast,
} from './workbench';

const files = { ...programs, 'workflows/ship.yaml': gatedWorkflow, 'workflows/publish.yaml': heldWorkflow };

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

test('a gate that waited in a closed window is decided in the next one', () =>
  playStory({ files, examples: false }, async ({ openWindow, effects }) => {
    const closed = await openWindow();
    await runFromExplorer(closed, 'workflows/ship.yaml');
    await expectStep(closed, 'Pack', 'Waiting for you');
    await closed.close();

    const page = await openWindow();
    await openBaton(page);
    await approve(page, 'Pack');
    await section(page, 'Runs').getByText('ship-it').click();
    await expectStep(page, 'Ship', 'Completed');
    await expectRun(page, 'Completed');
    expect(await effects()).toBe('pack\nship\n');
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
