import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { photograph } from './accessible';
import { playStory } from './story';
import { approve, choosePalette, expectRun, openBaton, preview, runPanel, section } from './workbench';

const files = {
  'src/login.js': "const sql = 'select * from users where name = ' + name;\nmodule.exports = eval(sql);\n",
};

test('Review This Folder works in a folder without workflows and writes nothing into it', () =>
  playStory({ files, examples: false }, async ({ openWindow, workspace }) => {
    const page = await openWindow();
    await choosePalette(page, 'Welcome: Open Walkthrough');
    await page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: 'Baton' }).first().click();
    await page.getByText('Get started with Baton').first().waitFor();
    await photograph(page, 'walkthrough');

    await openBaton(page);
    await section(page, 'Workflows').getByRole('button', { name: 'Review This Folder' }).click();
    await expectRun(page, 'Waiting for you');
    await runPanel(page).locator('[role="option"][aria-label*="Waiting for you"]').waitFor();
    const waiting = await runPanel(page)
      .locator('[role="option"][aria-label*="Waiting for you"]')
      .getAttribute('aria-label');
    await approve(page, waiting?.split(',')[0] ?? '');
    await expectRun(page, 'Completed');
    await runPanel(page).getByRole('button', { name: 'Open Report' }).click();
    await preview(page).getByText('src/login.js').first().waitFor();
    expect(await readdir(workspace.path, { recursive: true })).toEqual(['src', 'src/login.js']);
  }));
