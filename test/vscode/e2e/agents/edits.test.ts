import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentSays } from '../../../support/scripted-agents';
import { environmentOf, startVendorServer, type VendorServer } from '../../../support/vendor-servers';
import { photograph } from '../accessible';
import { playStory, type Story } from '../story';
import {
  approve,
  card,
  editorTab,
  expectRun,
  expectStep,
  graphNode,
  openBaton,
  runFromExplorer,
  runPanel,
} from '../workbench';
import { eventsOf, recordedEvents } from './recorded';

// Line ends of two kinds, and a last line without one: restored means each byte.
const PRICES = 'item,price\r\ntea,3.20\r\ncoffee,4.10\r\n';
const TERMS = 'Prices are as they are.\n\nTea is hot.';
const NEW_TERMS = 'Prices are rounded to cents.\n\nTea is hot.\n';

const workflow = `name: mend-prices
steps:
  - key: mend
    name: Mend the prices
    agent: backend
    writes: ['data/**']
    prompt: Tea costs 3.40 now, and the terms say that prices are rounded.
    approval:
      message: Keep these changes?
`;
const files = {
  'workflows/mend.yaml': workflow,
  'data/prices.csv': PRICES,
  'data/terms.txt': TERMS,
};

let claude: VendorServer;
beforeEach(async () => {
  claude = await startVendorServer();
  agentSays(claude, 'backend', [
    [
      ['read_file', { path: 'data/prices.csv' }],
      ['read_file', { path: 'data/terms.txt' }],
    ],
    [
      ['edit_file', { path: 'data/prices.csv', old_text: 'tea,3.20', new_text: 'tea,3.40' }],
      ['write_file', { path: 'data/terms.txt', content: NEW_TERMS }],
    ],
    {
      json: {
        summary: 'Tea costs 3.40, and the terms say that prices are rounded.',
        files: [
          { path: 'data/prices.csv', change: 'edited', purpose: 'The price of tea' },
          { path: 'data/terms.txt', change: 'edited', purpose: 'Says what is rounded' },
        ],
        failureModes: [{ when: 'A shop reads an old file', response: 'It sells at the old price' }],
        verifiedBy: ['Nothing was run.'],
        questions: [],
      },
    },
  ]);
});
afterEach(() => claude.stop());

const onDisk = ({ workspace }: Story, name: string) => readFile(join(workspace.path, name), 'utf8');

test('an agent edits two files: one is rejected at the gate, the other is taken back after the run', () =>
  playStory({ files, examples: false, env: environmentOf({ claude }) }, async (story) => {
    const page = await story.openWindow();
    await runFromExplorer(page, 'workflows/mend.yaml');
    await expectStep(page, 'Mend the prices', 'Waiting for you');
    expect(await onDisk(story, 'data/prices.csv')).toBe(PRICES.replace('3.20', '3.40'));
    expect(await onDisk(story, 'data/terms.txt')).toBe(NEW_TERMS);

    await graphNode(page, 'Mend the prices').click();
    const panel = runPanel(page);
    await panel.getByRole('button', { name: /^data\/prices.csv/ }).click();
    await panel.getByRole('button', { name: /^data\/terms.txt/ }).click();
    const prices = panel.getByRole('group', { name: /^Diff of data\/prices.csv, / });
    const terms = panel.getByRole('group', { name: /^Diff of data\/terms.txt, / });
    await prices.locator('.is-removed').getByText('tea,3.20').waitFor();
    await prices.locator('.is-added').getByText('tea,3.40').waitFor();
    await terms.locator('.is-added').getByText('rounded to cents').waitFor();
    await photograph(page, 'agents-edits-gate');

    await panel.getByRole('button', { name: 'Open Diff of data/prices.csv in Editor' }).click();
    await editorTab(page, /prices\.csv/).waitFor();
    await page.locator('.monaco-diff-editor .view-line').getByText('tea,3.40').waitFor();
    await photograph(page, 'agents-edits-diff');
    await editorTab(page, /^mend-prices ·/).click();

    await panel.getByRole('button', { name: 'Reject Changes of data/terms.txt' }).click();
    await panel.getByRole('button', { name: /^data\/terms.txt/ }).waitFor({ state: 'detached' });
    expect(await onDisk(story, 'data/terms.txt')).toBe(TERMS);
    expect(await onDisk(story, 'data/prices.csv')).toBe(PRICES.replace('3.20', '3.40'));
    await photograph(page, 'agents-edits-one-rejected');

    await openBaton(page);
    await card(page, 'Mend the prices')
      .getByRole('button', { name: /^data\/prices.csv/ })
      .waitFor();
    await photograph(page, 'agents-edits-sidebar');
    await approve(page, 'Mend the prices');
    await expectRun(page, 'Completed');
    await photograph(page, 'agents-edits-completed');
    expect(await onDisk(story, 'data/terms.txt')).toBe(TERMS);

    await panel.getByRole('button', { name: 'Undo Changes of data/prices.csv' }).click();
    await panel.getByRole('button', { name: /^data\/prices.csv/ }).waitFor({ state: 'detached' });
    expect(await onDisk(story, 'data/prices.csv')).toBe(PRICES);
    expect(await onDisk(story, 'data/terms.txt')).toBe(TERMS);
    await panel.getByText('Changed and put back: data/prices.csv, data/terms.txt').waitFor();
    await photograph(page, 'agents-edits-undone');

    const events = await recordedEvents(story);
    expect(eventsOf(events, 'changes-undone')).toHaveLength(2);
    expect(eventsOf(events, 'tool-started').map(({ tool, permit }) => `${tool} ${permit.rule}`)).toEqual([
      'read_file read',
      'read_file read',
      'edit_file writes',
      'write_file writes',
    ]);
  }));

test('a file that was changed since is named, and taken back only at the word of a person', () =>
  playStory({ files, examples: false, env: environmentOf({ claude }) }, async (story) => {
    const page = await story.openWindow();
    await runFromExplorer(page, 'workflows/mend.yaml');
    await openBaton(page);
    await approve(page, 'Mend the prices');
    await expectRun(page, 'Completed');
    const own = 'item,price\ntea,9.99\n';
    await writeFile(join(story.workspace.path, 'data/prices.csv'), own);

    await graphNode(page, 'Mend the prices').click();
    await runPanel(page).getByRole('button', { name: 'Undo All: 2 changed files' }).click();
    const asked = page.locator('.monaco-dialog-box');
    await asked.getByRole('button', { name: 'Undo 2 Files' }).click();
    await asked.getByText('data/prices.csv was changed since').waitFor();
    await photograph(page, 'agents-edits-changed-since');
    // What nobody else touched is as it was; the other stays until a person says so.
    expect(await onDisk(story, 'data/terms.txt')).toBe(TERMS);
    expect(await onDisk(story, 'data/prices.csv')).toBe(own);
    await asked.getByRole('button', { name: 'Keep' }).click();
    await asked.waitFor({ state: 'detached' });
    expect(await onDisk(story, 'data/prices.csv')).toBe(own);

    await runPanel(page).getByRole('button', { name: 'Undo Changes of data/prices.csv' }).click();
    await asked.getByRole('button', { name: 'Overwrite' }).click();
    await runPanel(page)
      .getByRole('button', { name: /^data\/prices.csv/ })
      .waitFor({ state: 'detached' });
    expect(await onDisk(story, 'data/prices.csv')).toBe(PRICES);
  }));
