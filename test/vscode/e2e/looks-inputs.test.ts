import { expect, test } from 'vitest';
import { lookInEveryTheme, nothingFound } from './accessible';
import { playStory } from './story';
import { choosePalette, quickPickRow, runPanel } from './workbench';

const asking = `name: release
description: Builds a release and tells people about it.
inputs:
  version: { type: string, required: true, description: "Like 1.4.0" }
  channel: { type: choice, options: [stable, preview], required: true }
  announce: { type: boolean, required: true }
  retries: { type: number, required: true }
steps:
  - key: tag
    run: [node, note.mjs, tag]
`;

test('the form of a workflow with many required inputs is readable and accessible in four themes', () =>
  playStory({ files: { 'workflows/release.yaml': asking }, examples: false }, async (story) => {
    const page = await story.openWindow();
    await choosePalette(page, 'Baton: Run Workflow');
    await quickPickRow(page, 'release').first().click();
    const panel = runPanel(page);
    await panel.getByRole('button', { name: /Run/ }).waitFor();
    expect(await lookInEveryTheme(page, 'inputs', { panel })).toEqual(nothingFound);
  }));
