import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programs } from './steps';
import { beginStory, photographFailure, type Story } from './story';
import {
  chooseFromMenu,
  choosePalette,
  expectRun,
  runFromExplorer,
  runPanel,
  showInExplorer,
  toast,
} from './workbench';

const wrong = 'name: wrong\nsteps:\n  - key: a\n    run: [node, note.mjs, a]\n    dependsOn: [b]\n';
const right = 'name: right\nsteps:\n  - key: a\n    name: Only step\n    run: [node, note.mjs, a]\n';

let story: Story;
beforeAll(async () => {
  const files = { ...programs, 'workflows/wrong.yaml': wrong, 'workflows/right.yaml': right };
  story = await beginStory({ files, examples: false, trusted: false });
});
afterAll(() => story.close());

test('a restricted folder can be validated and rehearsed, and runs only once it is trusted', async () => {
  photographFailure(() => story);
  const page = await story.openWindow();
  const effects = join(story.workspace.path, 'effects.log');

  await chooseFromMenu(page, await showInExplorer(page, 'workflows/right.yaml'), 'Run Workflow');
  await toast(page, /Restricted Mode|trust/i).waitFor();

  await chooseFromMenu(page, await showInExplorer(page, 'workflows/wrong.yaml'), 'Validate Workflow');
  await page.locator('.markers-panel').getByText('"b"').first().waitFor();

  await chooseFromMenu(page, await showInExplorer(page, 'workflows/right.yaml'), 'Rehearse Workflow');
  await expectRun(page, 'Completed');
  await runPanel(page).getByText('REHEARSAL').first().waitFor();
  expect(existsSync(effects)).toBe(false);

  await choosePalette(page, 'Workspaces: Manage Workspace Trust');
  await page.locator('.workspace-trust-editor .monaco-button').filter({ hasText: 'Trust' }).first().click();
  await page.keyboard.press('Escape');
  await runFromExplorer(page, 'workflows/right.yaml');
  await expectRun(page, 'Completed');
  expect(existsSync(effects)).toBe(true);
  expect(story.violations).toEqual([]);
});
