import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentSays, toldTo } from '../../../support/scripted-agents';
import { environmentOf, startVendorServer, type VendorServer } from '../../../support/vendor-servers';
import { extensionHosts } from '../../server/processes.mjs';
import { photograph } from '../accessible';
import { letGo, programs } from '../steps';
import { playStory } from '../story';
import { approvalsView, card, expectRun, openBaton, runFromExplorer, runPanel, toast } from '../workbench';
import { eventsOf, recordedEvents } from './recorded';

const workflow = `name: release
steps:
  - key: build
    name: Build the release
    agent: devops
    prompt: Build it.
`;

let claude: VendorServer;
beforeEach(async () => {
  claude = await startVendorServer();
  agentSays(claude, 'devops', [
    [['run_command', { program: 'node', arguments: ['hold.mjs', 'build'] }]],
    {
      json: {
        summary: 'It is built.',
        stages: [{ name: 'build', command: 'node hold.mjs build', needs: [], secrets: [] }],
        rollback: { trigger: 'The build is wrong', steps: ['Take the last one'], minutes: 1 },
        files: [],
        questions: [],
      },
    },
  ]);
});
afterEach(() => claude.stop());

test('the extension host is killed while a command of an agent runs: it is asked about, and not run again', () =>
  playStory(
    {
      files: { ...programs, 'workflows/release.yaml': workflow },
      examples: false,
      env: environmentOf({ claude }),
    },
    async (story) => {
      try {
        const page = await story.openWindow();
        await runFromExplorer(page, 'workflows/release.yaml');
        await openBaton(page);
        const asked = card(page, 'Build the release');
        await asked.getByRole('button', { name: /^Allow: devops/ }).click();
        await expect.poll(() => story.effects(), { timeout: 30_000 }).toBe('build\n');

        const [host, ...others] = extensionHosts(story.server.pid);
        expect(others).toEqual([]);
        process.kill(host ?? 0, 'SIGKILL');

        // What the agent did so far is kept; whether it may go on is found out when it does.
        await toast(page, 'interrupted').getByRole('button', { name: 'Resume' }).click();
        // The run says what is asked and leads there; nothing else would lead on.
        await expectRun(page, 'Waiting for you');
        const panel = runPanel(page);
        await panel.getByText('1 call may have happened').waitFor();
        await photograph(page, 'agents-crash-asked');
        expect(await panel.getByRole('button', { name: 'Resume' }).count()).toBe(0);
        await panel.getByRole('button', { name: 'Decide…' }).click();
        await panel.getByRole('button', { name: /^It Happened…/ }).waitFor();
        await asked.getByRole('button', { name: /^It Happened…/ }).click();
        await approvalsView(page).getByRole('textbox').fill('The build is in out/.');
        await photograph(page, 'agents-crash-uncertain');
        await asked.getByRole('button', { name: 'It Happened', exact: true }).click();
        await expectRun(page, 'Completed');
        // Answering is no new attempt.
        expect(await panel.getByText('Attempts', { exact: true }).count()).toBe(0);
        await photograph(page, 'agents-crash-completed');

        expect(await story.effects()).toBe('build\n');
        expect(toldTo(claude, 'devops').at(-1)).toContain('What came of it: The build is in out/.');
        // Each turn was asked for once: the first one was recorded.
        expect(claude.asked()).toBe(2);
        const events = await recordedEvents(story);
        expect(eventsOf(events, 'approval-requested').map(({ approval }) => approval.kind)).toEqual([
          'policy',
          'uncertain',
        ]);
      } finally {
        // It outlives the host that began it.
        await letGo(story.workspace.path, 'build');
      }
    },
  ));
