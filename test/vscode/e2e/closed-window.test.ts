import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extensionHosts } from '../server/processes.mjs';
import { gatedWorkflow, programs } from './steps';
import { beginStory, photographFailure, type Story } from './story';
import { approve, expectRun, expectStep, openBaton, runFromExplorer, section, toast } from './workbench';

let story: Story;
beforeAll(async () => {
  // Without a short reconnection time the extension host of a closed tab lives on for hours, holding the folder.
  story = await beginStory({ files: { ...programs, 'workflows/ship.yaml': gatedWorkflow }, examples: false });
});
afterAll(() => story.close());

test('a new window goes on with the run of a closed one whose extension host still lives', async () => {
  photographFailure(() => story);
  const closed = await story.openWindow();
  await runFromExplorer(closed, 'workflows/ship.yaml');
  await expectStep(closed, 'Pack', 'Waiting for you');
  const [ghost] = extensionHosts(story.server.pid);
  await closed.close();

  const page = await story.openWindow();
  await toast(page, 'Continued from a closed window').waitFor();
  expect(extensionHosts(story.server.pid)).toContain(ghost);
  await openBaton(page);
  await approve(page, 'Pack');
  await section(page, 'Runs').getByText('ship-it').click();
  await expectStep(page, 'Ship', 'Completed');
  await expectRun(page, 'Completed');
  expect(await readFile(join(story.workspace.path, 'effects.log'), 'utf8')).toBe('pack\nship\n');
  expect(story.violations).toEqual([]);
});
