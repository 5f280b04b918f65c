import { expect, test } from 'vitest';
import { gatedWorkflow, programs } from './steps';
import { playStory } from './story';
import { approve, expectRun, expectStep, openBaton, reloadWindow, runFromExplorer } from './workbench';

const files = { ...programs, 'workflows/ship.yaml': gatedWorkflow };

test('a gate waits through a reload of the window, in the same panel, and the run ends after it', () =>
  playStory({ files, examples: false }, async ({ openWindow, effects }) => {
    const page = await openWindow();
    await runFromExplorer(page, 'workflows/ship.yaml');
    await expectStep(page, 'Pack', 'Waiting for you');

    await reloadWindow(page);

    await expectStep(page, 'Pack', 'Waiting for you');
    await openBaton(page);
    await approve(page, 'Pack');
    await expectStep(page, 'Ship', 'Completed');
    await expectRun(page, 'Completed');
    expect(await effects()).toBe('pack\nship\n');
  }));
