import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentSays, toldTo } from '../../../support/scripted-agents';
import { environmentOf, startVendorServer, type VendorServer } from '../../../support/vendor-servers';
import { photograph } from '../accessible';
import { programs } from '../steps';
import { playStory } from '../story';
import {
  approvalsView,
  card,
  expectRun,
  expectStep,
  graphNode,
  openBaton,
  runFromExplorer,
  runPanel,
  section,
  typingIn,
} from '../workbench';
import { eventsOf, recordedEvents } from './recorded';

// No `writes:`: every change of a file is asked.
const workflow = `name: release
steps:
  - key: prepare
    name: Prepare the release
    agent: devops
    prompt: Set the version to 2.0.0, say so in the changes, and publish.
`;
const VERSION = 'version=1.4.0\n';
const CHANGES = '1.4.0\n  Tea is hot.\n';
const files = {
  ...programs,
  'workflows/release.yaml': workflow,
  'version.txt': VERSION,
  'changes.txt': CHANGES,
};
const PATCH = `--- a/version.txt
+++ b/version.txt
@@ -1 +1 @@
-version=1.4.0
+version=2.0.0
--- a/changes.txt
+++ b/changes.txt
@@ -1,2 +1,4 @@
+2.0.0
+  Everything is new.
 1.4.0
   Tea is hot.
`;

let claude: VendorServer;
beforeEach(async () => {
  claude = await startVendorServer();
  agentSays(claude, 'devops', [
    [['read_file', { path: 'version.txt' }]],
    [
      ['apply_patch', { patch: PATCH }],
      ['run_command', { program: 'node', arguments: ['note.mjs', 'checked'] }],
    ],
    [['run_command', { program: 'node', arguments: ['note.mjs', 'published'] }]],
    {
      json: {
        summary: 'The version is set; it is not published, and the changes are not told.',
        stages: [{ name: 'check', command: 'node note.mjs checked', needs: [], secrets: [] }],
        rollback: { trigger: 'The version is wrong', steps: ['Set it to 1.4.0'], minutes: 1 },
        files: ['version.txt'],
        questions: [],
      },
    },
  ]);
});
afterEach(() => claude.stop());

test('an agent asks: of two files one is written, a command is not run, and it goes on knowing why', () =>
  playStory({ files, examples: false, env: environmentOf({ claude }) }, async (story) => {
    const { workspace, openWindow, effects } = story;
    const onDisk = (name: string) => readFile(join(workspace.path, name), 'utf8');
    const page = await openWindow();
    await runFromExplorer(page, 'workflows/release.yaml');
    await expectStep(page, 'Prepare the release', 'Waiting for you');
    await graphNode(page, 'Prepare the release').click();
    const panel = runPanel(page);
    const diff = panel.getByRole('group', { name: /^Diff of version.txt, / });
    await diff.locator('.is-removed').getByText('version=1.4.0').waitFor();
    await diff.locator('.is-added').getByText('version=2.0.0').waitFor();
    await panel
      .getByRole('group', { name: /^Diff of changes.txt, / })
      .getByText('Everything is new.')
      .waitFor();
    await panel.getByText('node note.mjs checked').first().waitFor();
    await photograph(page, 'agents-asks-panel');
    // Nothing has happened yet.
    expect([await onDisk('version.txt'), await onDisk('changes.txt'), await effects()]).toEqual([
      VERSION,
      CHANGES,
      '',
    ]);

    await openBaton(page);
    const asked = card(page, 'Prepare the release');
    await asked.getByRole('checkbox', { name: 'Accept changes of changes.txt' }).click();
    await asked
      .getByRole('textbox', { name: /^Why not the others/ })
      .fill('The changes are written by hand.');
    await photograph(page, 'agents-asks-card');
    // However long the card is, its answers are on the screen.
    const pane = await section(page, 'Approvals').boundingBox();
    const allow = await asked.getByRole('button', { name: /^Allow 2 of 3/ }).boundingBox();
    expect((allow?.y ?? Infinity) + (allow?.height ?? 0)).toBeLessThanOrEqual(
      (pane?.y ?? 0) + (pane?.height ?? 0),
    );
    const first = await asked.getAttribute('data-approval');
    await asked.getByRole('button', { name: /^Allow 2 of 3/ }).click();
    await approvalsView(page).locator(`[data-approval="${first}"]`).waitFor({ state: 'detached' });

    await asked.getByText('node note.mjs published').first().waitFor();
    expect([await onDisk('version.txt'), await onDisk('changes.txt'), await effects()]).toEqual([
      'version=2.0.0\n',
      CHANGES,
      'checked\n',
    ]);
    await asked.getByRole('button', { name: /^Don't Allow…/ }).click();
    await typingIn(asked);
    await page.keyboard.type('Not on a Friday');
    await photograph(page, 'agents-asks-refuse');
    await asked.getByRole('button', { name: "Don't Allow", exact: true }).click();
    await expectRun(page, 'Completed');
    expect(await panel.getByText('Attempts', { exact: true }).count()).toBe(0);
    await photograph(page, 'agents-asks-completed');

    expect(await effects()).toBe('checked\n');
    expect(await onDisk('changes.txt')).toBe(CHANGES);
    const [, , afterCard = '', atLast = ''] = toldTo(claude, 'devops');
    expect(afterCard).toContain('left as they are: changes.txt. They say: The changes are written by hand.');
    expect(atLast).toContain('A person refused this call. Go on without it. They say: Not on a Friday');

    const events = await recordedEvents(story);
    expect(eventsOf(events, 'approval-requested').map(({ approval }) => approval.kind)).toEqual([
      'policy',
      'policy',
    ]);
    expect(
      eventsOf(events, 'approval-decided').map(({ decision, by }) => `${decision.action} ${by.channel}`),
    ).toEqual(['approve editor', 'retry editor']);
    expect(
      eventsOf(events, 'tool-completed').map(
        ({ changes, refused }) => changes?.map(({ path }) => path) ?? refused?.by,
      ),
    ).toEqual([undefined, ['version.txt'], undefined, 'person']);
    // The model was asked once for each of its turns, though the step was held twice.
    expect(claude.asked()).toBe(4);
  }));
