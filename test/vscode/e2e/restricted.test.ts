import { expect, test } from 'vitest';
import { programs } from './steps';
import { playStory } from './story';
import {
  chooseFromMenu,
  choosePalette,
  editorTab,
  expectRun,
  runFromExplorer,
  runPanel,
  showInExplorer,
  toast,
} from './workbench';

const wrong = 'name: wrong\nsteps:\n  - key: a\n    run: [node, note.mjs, a]\n    dependsOn: [b]\n';
const right = 'name: right\nsteps:\n  - key: a\n    name: Only step\n    run: [node, note.mjs, a]\n';
const files = { ...programs, 'workflows/wrong.yaml': wrong, 'workflows/right.yaml': right };

test('a restricted folder can be validated and rehearsed, and runs only once it is trusted', () =>
  playStory({ files, examples: false, trusted: false }, async ({ openWindow, effects }) => {
    const page = await openWindow();
    // Its banner slides in late, and a menu that is open then goes away.
    await page.locator('.part.banner').getByText('Restricted Mode').first().waitFor();
    await chooseFromMenu(page, await showInExplorer(page, 'workflows/right.yaml'), 'Run Workflow');
    await toast(page, 'Restricted Mode').waitFor();

    await chooseFromMenu(page, await showInExplorer(page, 'workflows/wrong.yaml'), 'Validate Workflow');
    await page.locator('.markers-panel').getByText('"b"').first().waitFor();

    await chooseFromMenu(page, await showInExplorer(page, 'workflows/right.yaml'), 'Rehearse Workflow');
    await expectRun(page, 'Completed');
    await runPanel(page).getByText('REHEARSAL').first().waitFor();
    expect(await effects()).toBe('');

    await choosePalette(page, 'Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-editor .monaco-button').filter({ hasText: 'Trust' }).first().click();
    await page.locator('.workspace-trust-editor').getByText('You trust this folder').waitFor();
    await page.locator('.monaco-modal-editor-block .codicon-close').last().click();
    await runFromExplorer(page, 'workflows/right.yaml');
    // The panel of the rehearsal is completed as well: it has to give way first.
    await editorTab(page, /^right · [\d:]+(?!.*rehearsal)/).waitFor();
    await runPanel(page).getByText('REHEARSAL').waitFor({ state: 'detached' });
    await expectRun(page, 'Completed');
    expect(await effects()).toBe('a\n');
  }));
