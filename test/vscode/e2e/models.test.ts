import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentOf, startVendorServer, TEST_KEYS, type VendorServer } from '../../support/vendor-servers';
import { startKeyGate } from '../../support/key-gate';
import { photograph } from './accessible';
import { playStory } from './story';
import {
  approvalsView,
  choosePalette,
  editorTab,
  expectRun,
  expectStep,
  graphNode,
  openBaton,
  quickPickRow,
  runFromExplorer,
  runPanel,
  section,
  toast,
  treeRow,
} from './workbench';

const USAGE = {
  input_tokens: 2_500,
  output_tokens: 12,
  promptTokenCount: 2_500,
  candidatesTokenCount: 12,
};

const poem = (more = '') => `name: poem
steps:
  - key: write
    name: Write a poem
    prompt: "Say: Rain on the tin roof, and the kettle begins to sing before the morning does. Slowly."
${more}`;

const letter = `name: letter
config:
  budget: { tokens: 3000 }
steps:
  - key: draft
    name: Draft the letter
    prompt: Write a letter.
    maxTokens: 400
  - key: polish
    name: Polish it
    prompt: Make it shorter.
    maxTokens: 400
    dependsOn: [draft]
`;

let claude: VendorServer;
let gemini: VendorServer;

beforeEach(async () => {
  [claude, gemini] = await Promise.all([startVendorServer(), startVendorServer()]);
  claude.mock.onMessage(/./, { content: 'Claude wrote this.', usage: USAGE });
  gemini.mock.onMessage(/./, { content: 'Gemini wrote this.', usage: USAGE });
});
afterEach(() => Promise.all([claude.stop(), gemini.stop()]));

test('a run is answered by a model that another extension of the editor offers', () =>
  playStory(
    { files: { 'workflows/poem.yaml': poem() }, examples: false, models: true },
    async ({ openWindow }) => {
      const page = await openWindow();
      await runFromExplorer(page, 'workflows/poem.yaml');
      await openBaton(page);
      await section(page, 'Agents & Providers').locator('.pane-header').click();
      await graphNode(page, 'Write a poem').click();
      await runPanel(page).getByText('Rain on the tin').filter({ visible: true }).first().waitFor();
      await photograph(page, 'models-live');
      await expectRun(page, 'Completed');
      await runPanel(page).getByText('VS Code (test-large)').filter({ visible: true }).first().waitFor();
      const tree = section(page, 'Agents & Providers');
      await treeRow(tree, 'Automatic: VS Code').waitFor();
      await treeRow(tree, 'VS Code').filter({ hasText: 'ready' }).waitFor();
      await photograph(page, 'models-editor');
    },
  ));

test('a key is refused, mended where it was typed and kept; another model is chosen, and the next run is answered', async () => {
  const gate = await startKeyGate(claude.mock.url, TEST_KEYS.claude);
  await playStory(
    {
      files: { 'workflows/poem.yaml': poem() },
      examples: false,
      machineSettings: { 'baton.providers.claude.baseUrl': gate.url },
    },
    async ({ openWindow }) => {
      const page = await openWindow();
      await openBaton(page);
      const tree = section(page, 'Agents & Providers');
      await tree.locator('.pane-header').click();
      await tree.getByRole('button', { name: 'Set API Key…' }).waitFor();
      await photograph(page, 'models-nothing');
      await choosePalette(page, 'Baton: Set API Key…');
      await quickPickRow(page, 'Claude').click();
      const input = page.locator('.quick-input-widget input[type="password"]');
      await input.fill('two words');
      await page.keyboard.press('Enter');
      await page.getByText('A key has no spaces').waitFor();
      await input.fill('another-key-for-tests');
      await page.keyboard.press('Enter');
      await page.getByText('Claude refused this key (HTTP 401)').waitFor();
      await photograph(page, 'models-key-refused');
      // Somebody who gives up leaves nothing behind.
      await page.keyboard.press('Escape');
      await input.waitFor({ state: 'hidden' });
      await tree.getByRole('button', { name: 'Set API Key…' }).click();
      await quickPickRow(page, 'Claude').click();
      gate.isOpen(false);
      await input.fill('another-key-for-tests');
      await page.keyboard.press('Enter');
      await page.getByText('Press Enter to try again').waitFor();
      await photograph(page, 'models-key-untried');
      gate.isOpen(true);
      await page.keyboard.press('Enter');
      await page.getByText('Claude refused this key').waitFor();
      // What was refused is selected: the next paste takes its place.
      await page.keyboard.insertText(TEST_KEYS.claude);
      await page.keyboard.press('Enter');
      await toast(page, 'Claude takes the key').waitFor();
      await treeRow(tree, 'Automatic: Claude').waitFor();
      await photograph(page, 'models-key-stored');

      await toast(page, 'Claude takes the key').getByRole('button', { name: 'Choose Model…' }).click();
      await quickPickRow(page, 'claude-haiku-5-5').waitFor();
      await photograph(page, 'models-choose');
      await quickPickRow(page, 'claude-haiku-5-5').click();
      await toast(page, 'Claude is asked for claude-haiku-5-5 from now on').waitFor();
      await treeRow(tree, 'Automatic: Claude').filter({ hasText: 'claude-haiku-5-5' }).waitFor();

      await page
        .locator('.activitybar')
        .getByRole('tab', { name: /^Explorer/ })
        .click();
      await runFromExplorer(page, 'workflows/poem.yaml');
      await expectRun(page, 'Completed');
      expect(claude.asked()).toBe(1);
      expect(claude.mock.getRequests().at(-1)?.body?.model).toBe('claude-haiku-5-5');
      await openBaton(page);
      await treeRow(tree, 'Claude').filter({ hasText: 'today' }).waitFor();
      for (const other of ['Approvals', 'Workflows', 'Runs'])
        await section(page, other).locator('.pane-header').click();
      await treeRow(tree, 'Claude').click();
      await treeRow(tree, 'Today').waitFor();
      await photograph(page, 'models-today');
    },
  ).finally(() => gate.stop());
});

test('a run falls over from one provider to the next, and the panel says so', async () => {
  claude.mock
    .clearFixtures()
    .onMessage(/./, { error: { message: 'Overloaded', type: 'overloaded_error' }, status: 529 });
  await playStory(
    {
      files: {
        'workflows/poem.yaml': poem(),
        '.vscode/settings.json': '{ "baton.policy.commands": [{ "type": "exact", "argv": ["ls"] }] }',
      },
      examples: false,
      env: environmentOf({ claude, gemini }),
      settings: { 'baton.mcpServers': { wiki: { command: 'no-such-program-for-tests' } } },
    },
    async ({ openWindow }) => {
      const page = await openWindow();
      await runFromExplorer(page, 'workflows/poem.yaml');
      await expectRun(page, 'Completed');
      await graphNode(page, 'Write a poem').click();
      await runPanel(page)
        .getByText('Claude overloaded, answered by Gemini')
        .filter({ visible: true })
        .first()
        .waitFor();
      await openBaton(page);
      await section(page, 'Agents & Providers').locator('.pane-header').click();
      const tree = section(page, 'Agents & Providers');
      await treeRow(tree, 'Gemini').filter({ hasText: 'ready' }).waitFor();
      await treeRow(tree, 'Claude').filter({ hasText: 'last request: overload' }).waitFor();
      await photograph(page, 'models-fallback');

      // What has no effect, and what does not start, stands there too and leads to where it is mended.
      for (const other of ['Approvals', 'Workflows', 'Runs'])
        await section(page, other).locator('.pane-header').click();
      await treeRow(tree, 'Tool Servers').click();
      await treeRow(tree, 'wiki').filter({ hasText: 'starts when a step needs it' }).waitFor();
      await treeRow(tree, 'Tool Servers').hover();
      await treeRow(tree, 'Tool Servers').getByRole('button', { name: 'Ask Tool Servers Again' }).click();
      await toast(page, 'The tool server wiki').waitFor();
      await treeRow(tree, 'wiki').filter({ hasText: 'failed' }).waitFor();
      await treeRow(tree, '1 note about settings').click();
      await treeRow(tree, 'policy.commands').click();
      await editorTab(page, /^settings\.json/).waitFor();
      await photograph(page, 'models-notes');
    },
  );
});

test('a budget that is reached asks, is raised, and asked again the run is stopped', () =>
  playStory(
    { files: { 'workflows/letter.yaml': letter }, examples: false, env: environmentOf({ claude }) },
    async ({ openWindow }) => {
      const page = await openWindow();
      await runFromExplorer(page, 'workflows/letter.yaml');
      await openBaton(page);
      const cards = approvalsView(page);
      await cards.getByRole('button', { name: /^Raise to 6k tokens/ }).waitFor();
      expect(claude.asked()).toBe(0);
      await photograph(page, 'models-budget');
      await cards.getByRole('button', { name: /^Raise to 6k tokens/ }).click();
      await expectStep(page, 'Draft the letter', 'Completed');
      await cards.getByRole('button', { name: /^Raise to 9k tokens/ }).waitFor();
      await photograph(page, 'models-budget-again');
      await cards.getByRole('button', { name: /^Stop/ }).click();
      await cards.getByRole('button', { name: 'Stop Run', exact: true }).click();
      await expectRun(page, 'Cancelled');
      expect(claude.asked()).toBe(1);
      await photograph(page, 'models-budget-stopped');
    },
  ));
