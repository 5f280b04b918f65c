import { expect, test } from 'vitest';
import { photograph } from './accessible';
import { letGo, letter } from './steps';
import { playStory } from './story';
import {
  approvalsView,
  card,
  chooseFromMenu,
  editorTab,
  expectRun,
  expectStep,
  openFile,
  section,
  toast,
  treeRow,
  typingIn,
} from './workbench';

// What is typed is what stands there, whether the language of the editor is loaded yet or not.
const settings = { 'editor.autoClosingBrackets': 'never', 'editor.autoClosingQuotes': 'never' };

test('a toast leads to the card; retry with a comment, change the result in an editor, approve in the tree', () =>
  playStory({ files: letter, examples: false, settings }, async ({ openWindow, workspace, effects }) => {
    const page = await openWindow();
    await openFile(page, 'workflows/letter.yaml');
    await page.locator('.editor-actions').getByRole('button', { name: 'Run Workflow' }).click();
    await expectStep(page, 'Wait', 'Running');
    await editorTab(page, /^letter ·/).click({ button: 'middle' });

    await letGo(workspace.path, 'wait');
    await toast(page, 'Write waits for you').getByRole('button', { name: 'Review' }).click();
    const first = await card(page, 'Write').getAttribute('data-approval');
    await card(page, 'Write').getByRole('button', { name: 'Retry… Write' }).click();
    await typingIn(card(page, 'Write'));
    await page.keyboard.type('Shorter, please');
    await card(page, 'Write').getByRole('button', { name: 'Retry', exact: true }).click();
    await approvalsView(page).locator(`[data-approval="${first}"]`).waitFor({ state: 'detached' });

    await card(page, 'Write').getByRole('button', { name: 'Edit… Write' }).click();
    await editorTab(page, /^Write\.json/).waitFor();
    await page.locator('.editor-container .monaco-editor.focused').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    // A bracket typed over a selection would be put around it.
    await page.keyboard.press('Delete');
    await page.keyboard.type('{ "text": "Dear Ada" }');
    await photograph(page, 'edit-result');
    await page.locator('.editor-actions').getByRole('button', { name: 'Approve With Changes' }).click();
    await card(page, 'Send').getByText('node send.mjs').waitFor();

    await chooseFromMenu(page, treeRow(section(page, 'Runs'), 'Send'), 'Approve…');
    await card(page, 'Send').waitFor({ state: 'detached' });
    await treeRow(section(page, 'Runs'), 'letter').click();
    await expectRun(page, 'Completed');
    expect(await effects()).toBe('wait\nwritten\nwritten again: Shorter, please\nsent Dear Ada\n');
  }));
