import { expect, test } from 'vitest';
import { lookInEveryTheme, nothingFound } from './accessible';
import { playStory } from './story';
import { approvalsView, openBaton, section } from './workbench';

test('empty views say what to do, readable and accessible in four themes', () =>
  playStory({ files: { 'readme.md': '# Empty\n' }, examples: false }, async (story) => {
    const page = await story.openWindow();
    await openBaton(page);
    const approvals = approvalsView(page);
    await approvals.getByText('Nothing waits for you.').waitFor();
    await section(page, 'Workflows').getByRole('button', { name: 'Review This Folder' }).waitFor();
    await section(page, 'Runs').getByText('Nothing has run here yet').waitFor();
    expect(await lookInEveryTheme(page, 'empty', { approvals })).toEqual(nothingFound);
  }));
