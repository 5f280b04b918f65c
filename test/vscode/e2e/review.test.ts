import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'vitest';
import { photograph } from './accessible';
import { playStory } from './story';
import {
  approve,
  card,
  editorTab,
  expectRun,
  expectStep,
  openBaton,
  preview,
  runFromExplorer,
  runPanel,
} from './workbench';

test('right-click a workflow, watch it run, approve in the sidebar, open the report, follow a link to the line', () =>
  playStory({}, async ({ workspace, openWindow }) => {
    const page = await openWindow();
    await runFromExplorer(page, 'workflows/comprehensive-code-review.yaml');
    for (const step of ['lint', 'security-scan', 'architecture-review', 'performance-check'])
      await expectStep(page, step, 'Completed');
    await expectStep(page, 'generate-report', 'Waiting for you');
    await expectRun(page, 'Waiting for you');

    await openBaton(page);
    await card(page, 'generate-report').getByText('Look at the findings').waitFor();
    await photograph(page, 'review-waits');
    await approve(page, 'generate-report');
    await expectRun(page, 'Completed');
    await photograph(page, 'review-done');

    await runPanel(page).getByRole('button', { name: 'Open Report' }).click();
    const report = preview(page);
    await report.getByRole('heading', { level: 1 }).waitFor();
    await report.getByText('local engine: rules, no AI model').first().waitFor();
    await photograph(page, 'report');

    const link = report.getByRole('link', { name: /^src\/.*:\d+$/ }).first();
    const [file = '', line = ''] = (await link.innerText()).split(':');
    await link.click();
    await editorTab(page, file.split('/').at(-1) ?? file).waitFor();
    await page.locator('.statusbar').getByText(`Ln ${line},`).waitFor();
    const text = (await readFile(join(workspace.path, file), 'utf8')).split('\n')[Number(line) - 1] ?? '';
    const shown = page.locator('.editor-instance .view-line').filter({ hasText: text.trim().slice(0, 20) });
    await shown.first().waitFor();
  }));
