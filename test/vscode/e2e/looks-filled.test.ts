import { expect, test } from 'vitest';
import { lookInEveryTheme, nothingFound } from './accessible';
import { crowdedWorkflow, letGo, programs } from './steps';
import { playStory } from './story';
import {
  approvalsView,
  approve,
  card,
  expectRun,
  expectStep,
  graphNode,
  openBaton,
  runFromExplorer,
  runPanel,
  section,
} from './workbench';

test('every view is readable and accessible in four themes with two gates, a failed, a running and a skipped step', () =>
  playStory(
    {
      files: { ...programs, 'workflows/nightly.yaml': crowdedWorkflow },
      examples: false,
    },
    async (story) => {
      const page = await story.openWindow();
      await runFromExplorer(page, 'workflows/nightly.yaml');
      const panel = runPanel(page);
      const approvals = approvalsView(page);
      await openBaton(page);
      await expectStep(page, 'Check licences', 'Waiting for you');
      await expectStep(page, 'Scan for secrets', 'Waiting for you');
      await expectStep(page, 'Compile on the build machine', 'Failed');
      await expectStep(page, 'Benchmark', 'Running');
      await expectStep(page, 'Notarize', 'Skipped');
      await card(page, 'Scan for secrets').waitFor();
      await section(page, 'Runs').getByText('nightly-checks').waitFor();
      expect(await lookInEveryTheme(page, 'filled', { panel, approvals })).toEqual(nothingFound);

      await graphNode(page, 'Compile on the build machine').click();
      await panel.getByRole('heading', { name: 'Compile on the build machine' }).waitFor();
      await card(page, 'Check licences').getByRole('button', { name: 'Retry… Check licences' }).click();
      await card(page, 'Check licences').getByRole('textbox').waitFor();
      expect(await lookInEveryTheme(page, 'failed-step', { panel, approvals })).toEqual(nothingFound);

      await card(page, 'Check licences').getByRole('textbox').press('Escape');
      await approve(page, 'Check licences');
      await approve(page, 'Scan for secrets');
      await letGo(story.workspace.path, 'benchmark');
      await expectRun(page, 'Failed');
      expect(await lookInEveryTheme(page, 'ended', { panel, approvals })).toEqual(nothingFound);
    },
  ));
