import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookInEveryTheme, nothingFound } from './accessible';
import { beginStory, photographFailure, type Story } from './story';
import { approvalsView, openBaton, section } from './workbench';

let story: Story;
beforeAll(async () => {
  story = await beginStory({ files: { 'readme.md': '# Empty\n' }, examples: false });
});
afterAll(() => story.close());

test('empty views say what to do, readable and accessible in four themes', async () => {
  photographFailure(() => story);
  const page = await story.openWindow();
  await openBaton(page);
  const approvals = approvalsView(page);
  await approvals.getByText('Nothing waits for you.').waitFor();
  await section(page, 'Workflows').getByRole('button', { name: 'Review This Folder' }).waitFor();
  await section(page, 'Runs').getByText('Nothing has run here yet').waitFor();
  expect(await lookInEveryTheme(page, 'empty', { approvals })).toEqual(nothingFound);
  expect(story.violations).toEqual([]);
});
